/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include <criterion/criterion.h>

#include "interim/interim_case.h"

struct flow_event carrying(enum flow_kind kind, __u32 id, uint64_t packets)
{
	return (struct flow_event){
		.kind = kind,
		.id = id,
		.orig = { .sport = 1, .dport = 2 },
		.has_counters = true,
		.orig_packets = packets,
		.orig_bytes = 100 * packets,
		.reply_packets = packets / 2,
		.reply_bytes = 50 * packets,
	};
}

uint64_t left_of(const struct flow_event *ev)
{
	cr_expect_eq(ev->orig_bytes, 100 * ev->orig_packets);
	cr_expect_eq(ev->reply_bytes, 50 * ev->orig_packets);
	return ev->orig_packets;
}

uint64_t live_packets(struct interim *i, __u32 id, uint64_t packets)
{
	struct flow_event ev = carrying(FLOW_LIVE, id, packets);

	cr_assert_eq(interim_live(i, &ev, true), 0);
	return left_of(&ev);
}

uint64_t end_packets(struct interim *i, __u32 id, uint64_t packets)
{
	struct flow_event ev = carrying(FLOW_END, id, packets);

	interim_end(i, &ev);
	return left_of(&ev);
}

struct interim *opened_interim(void)
{
	struct interim *i;

	cr_assert_eq(interim_open(&i), 0);
	return i;
}

void expect_losses(struct interim *i, uint64_t vanished, uint64_t zeroed)
{
	struct interim_losses losses = interim_take_losses(i);

	cr_expect_eq(losses.vanished, vanished, "vanished %" PRIu64 ", not %" PRIu64,
		     losses.vanished, vanished);
	cr_expect_eq(losses.zeroed, zeroed, "zeroed %" PRIu64 ", not %" PRIu64,
		     losses.zeroed, zeroed);
}
