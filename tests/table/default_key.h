/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_DEFAULT_KEY_H
#define CTAGG_TESTS_TABLE_DEFAULT_KEY_H

#include "flow/key.h"
#include "table/memory.h"

/* The key of an event, as without --key. */
static inline struct flow_key default_key(const struct flow_event *ev)
{
	struct flow_mask mask;
	struct flow_key key;

	flow_mask_init(&mask, &flow_spec_default);
	flow_key_of(&mask, ev, &key);
	return key;
}

/* Add up to 64 events at once, each to the flow of its default key. */
static inline void add_events(struct memory *m, const struct flow_event *events, size_t n)
{
	struct flow_key keys[64];

	for (size_t i = 0; i < n; i++)
		keys[i] = default_key(&events[i]);
	memory_add(m, keys, events, n);
}

#endif
