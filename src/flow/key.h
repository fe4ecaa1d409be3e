/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_KEY_H
#define CTAGG_FLOW_KEY_H

#include <stddef.h>

#include "flow/event.h"
#include "flow/key_layout.h"

/* How many bits of an address are kept, of IPv4 and of IPv6. */
struct flow_prefix {
	__u8 v4, v6;
};

/* What makes a flow: which fields, and of source, destination and the translated
 * ones how many bits. */
struct flow_spec {
	__u32 fields;
	struct flow_prefix src, dst, nat_src, nat_dst;
};

extern const struct flow_spec flow_spec_default;

/* Whether it is the default: then flow_spec_apply() has nothing to do. */
bool flow_spec_is_default(const struct flow_spec *spec);

/* How much of a key is not always 0. */
size_t flow_spec_bytes(const struct flow_spec *spec);

/* Make ev->key, which holds the default fields, what the spec asks for. */
void flow_spec_apply(const struct flow_spec *spec, struct flow_event *ev);

#endif
