/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "host/namespace.h"
#include "intake/intake.h"

/* In an empty namespace 127.0.0.0/8 is ours, and nothing else. */
TestSuite(intake, .init = namespace_enter, .timeout = 60);

#define OURS "\x7f\x00\x00\x01"
#define FOREIGN "\xc0\x00\x02\x0a"
#define OTHER "\xc6\x33\x64\x01"

/* A connection from one address to another that answers itself. */
static struct flow_event connection(enum flow_kind kind, const char *src, const char *dst)
{
	struct flow_event ev = {
		.kind = kind, .conntrack = true, .family = AF_INET, .l4 = IPPROTO_TCP,
		.has_ports = true, .orig = { .sport = htons(40000), .dport = htons(443) },
		.id = 77,
	};

	flow_addr_v4(ev.orig.saddr, src);
	flow_addr_v4(ev.orig.daddr, dst);
	flow_addr_v4(ev.reply.saddr, dst);
	flow_addr_v4(ev.reply.daddr, src);
	return ev;
}

static struct flow_event packet(enum flow_way way, const char *src, const char *dst)
{
	struct flow_event ev = connection(FLOW_DROP, src, dst);

	ev.conntrack = false;
	ev.id = 0;
	ev.way = way;
	memset(&ev.reply, 0, sizeof(ev.reply));
	return ev;
}

static struct intake opened(const struct flow_select *select)
{
	struct addresses *a = NULL;
	struct intake in;

	cr_assert_eq(addresses_open(&a), 0);
	intake_init(&in, &flow_spec_default, select, a);
	return in;
}

/* Closes what opened() has opened; the intake has only lent it. */
static void close_all(struct intake *in)
{
	interim_close(in->interim);
	addresses_close((struct addresses *)in->addresses);
}

static enum flow_dir direction(struct flow_event ev)
{
	struct intake in = opened(NULL);

	cr_assert_eq(intake_choose(&in, &ev, 1), 1);
	close_all(&in);
	return ev.dir;
}

/* --- direction --------------------------------------------------------------- */

Test(intake, a_connection_goes_where_its_replies_come_from)
{
	struct flow_event forwarded = connection(FLOW_START, OTHER, OURS);

	cr_expect_eq(direction(connection(FLOW_START, OURS, FOREIGN)), FLOW_DIR_OUT);
	cr_expect_eq(direction(connection(FLOW_START, FOREIGN, OURS)), FLOW_DIR_IN);
	cr_expect_eq(direction(connection(FLOW_START, OURS, OURS)), FLOW_DIR_LOCAL);
	cr_expect_eq(direction(connection(FLOW_START, FOREIGN, OTHER)), FLOW_DIR_FORWARD);
	flow_addr_v4(forwarded.reply.saddr, FOREIGN);	/* a port forward */
	cr_expect_eq(direction(forwarded), FLOW_DIR_FORWARD);
}

Test(intake, a_hook_knows_more_than_addresses)
{
	const struct {
		enum flow_way way;
		const char *src, *dst;
		enum flow_dir dir;
	} cases[] = {
		{ FLOW_WAY_UNKNOWN, FOREIGN, OTHER, FLOW_DIR_FORWARD },
		{ FLOW_WAY_UNKNOWN, FOREIGN, OURS, FLOW_DIR_IN },
		{ FLOW_WAY_IN, FOREIGN, OTHER, FLOW_DIR_IN },
		{ FLOW_WAY_IN, OURS, OURS, FLOW_DIR_LOCAL },
		{ FLOW_WAY_IN, OURS, FOREIGN, FLOW_DIR_IN },
		{ FLOW_WAY_OUT, FOREIGN, OTHER, FLOW_DIR_OUT },
		{ FLOW_WAY_OUT, OURS, OURS, FLOW_DIR_LOCAL },
		{ FLOW_WAY_THROUGH, FOREIGN, OURS, FLOW_DIR_FORWARD },
		{ FLOW_WAY_THROUGH, OURS, OURS, FLOW_DIR_FORWARD },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(direction(packet(cases[i].way, cases[i].src, cases[i].dst)),
			     cases[i].dir, "case %zu", i);
}

/* --- selection --------------------------------------------------------------- */

Test(intake, a_selection_may_ask_for_the_direction)
{
	static struct flow_select select;
	struct flow_event ev[] = {
		connection(FLOW_START, OURS, FOREIGN), connection(FLOW_START, FOREIGN, OURS),
	};
	struct intake in;

	select.direction.list[0] = (struct flow_range){ FLOW_DIR_IN, FLOW_DIR_IN };
	select.direction.n = 1;
	in = opened(&select);
	cr_expect_eq(intake_choose(&in, ev, 2), 1);
	cr_expect_eq(ev[0].dir, FLOW_DIR_IN);
	close_all(&in);
}

#define MANY 100

/* A flow for each port, the ports in order. */
Test(intake, selected_events_are_added_in_their_order)
{
	static struct flow_select select;
	static struct flow_event ev[MANY];
	struct memory *m = NULL;
	struct intake in;
	size_t n;

	select.dport.list[0] = (struct flow_range){ 11, 90 };
	select.dport.n = 1;
	in = opened(&select);
	cr_assert_eq(memory_open(&m, MANY), 0);
	for (unsigned int i = 0; i < MANY; i++) {
		ev[i] = connection(FLOW_START, OURS, FOREIGN);
		ev[i].orig.dport = htons(i);
		ev[i].time_ns = 1000 + i;
	}
	n = intake_choose(&in, ev, MANY);
	cr_assert_eq(n, 80);
	intake_add(&in, m, ev, n);
	cr_assert_eq(memory_rows(m), 80);
	for (size_t i = 0; i < 80; i++) {
		const struct flow_row *row = memory_row(m, i);

		cr_expect_eq(ntohs(row->key.dport), i + 11);
		cr_expect_eq(row->key.dir, FLOW_DIR_OUT);
		cr_expect_eq(row->key.sport, 0, "not in the default key");
		cr_expect_eq(row->sum.starts, 1);
		cr_expect_eq(row->sum.first_ns, 1000 + i + 11);
	}
	memory_close(m);
	close_all(&in);
}

/* --- interim ----------------------------------------------------------------- */

static struct flow_event carried(enum flow_kind kind, uint64_t packets)
{
	struct flow_event ev = connection(kind, OURS, FOREIGN);

	ev.has_counters = true;
	ev.orig_packets = packets;
	return ev;
}

/* What the intake leaves of the packets that an event carries. */
static uint64_t left(struct intake *in, enum flow_kind kind, uint64_t packets, size_t kept)
{
	struct flow_event ev = carried(kind, packets);

	cr_assert_eq(intake_choose(in, &ev, 1), kept);
	return ev.orig_packets;
}

Test(intake, without_interim_events_carry_all)
{
	struct intake in = opened(NULL);

	cr_expect_eq(left(&in, FLOW_LIVE, 10, 1), 10);
	cr_expect_eq(left(&in, FLOW_LIVE, 10, 1), 10);
	cr_expect_eq(left(&in, FLOW_END, 15, 1), 15);
	close_all(&in);
}

Test(intake, with_interim_events_carry_what_is_new)
{
	struct intake in = opened(NULL);

	cr_assert_eq(interim_open(&in.interim), 0);
	cr_expect_eq(left(&in, FLOW_LIVE, 10, 1), 10);
	interim_finish(in.interim);
	cr_expect_eq(left(&in, FLOW_LIVE, 25, 1), 15);
	interim_finish(in.interim);
	cr_expect_eq(left(&in, FLOW_DROP, 25, 1), 25, "of no connection");
	cr_expect_eq(left(&in, FLOW_END, 30, 1), 5);
	cr_expect_eq(interim_connections(in.interim), 0);
	cr_expect_not(in.untracked);
	close_all(&in);
}

/* What such a connection has carried is never counted, also when it is selected later. */
Test(intake, a_connection_that_is_not_selected_is_followed)
{
	static struct flow_select select;
	struct intake in;

	select.dport.list[0] = (struct flow_range){ 80, 80 };
	select.dport.n = 1;
	in = opened(&select);
	cr_assert_eq(interim_open(&in.interim), 0);
	left(&in, FLOW_LIVE, 10, 0);
	interim_finish(in.interim);
	cr_expect_eq(interim_connections(in.interim), 1);
	select.dport.list[0] = (struct flow_range){ 443, 443 };
	cr_expect_eq(left(&in, FLOW_LIVE, 25, 1), 15);
	interim_finish(in.interim);
	select.dport.inverted = true;
	left(&in, FLOW_END, 30, 0);
	cr_expect_eq(interim_connections(in.interim), 0);
	close_all(&in);
}

Test(intake, the_baseline_is_of_all_connections)
{
	static struct flow_select select;
	struct intake in;

	select.dport.list[0] = (struct flow_range){ 80, 80 };
	select.dport.n = 1;
	in = opened(&select);
	cr_assert_eq(interim_open(&in.interim), 0);
	interim_baseline(in.interim, INTERIM_BEFORE);
	left(&in, FLOW_LIVE, 10, 0);
	interim_baseline(in.interim, INTERIM_SINCE);
	left(&in, FLOW_LIVE, 11, 0);
	interim_finish(in.interim);
	interim_settled(in.interim);
	select.dport.list[0] = (struct flow_range){ 443, 443 };
	cr_expect_eq(left(&in, FLOW_LIVE, 12, 1), 2);
	close_all(&in);
}
