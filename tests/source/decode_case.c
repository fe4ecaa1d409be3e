/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "source/conntrack.h"
#include "source/decode_case.h"

int decode(const void *bytes, size_t len, struct flow_event *ev)
{
	void *exact = malloc(len ? len : 1);
	int err;

	memcpy(exact, bytes, len);
	err = conntrack_decode(exact, len, ev);
	free(exact);
	return err;
}

int decode_message(const struct message *m, struct flow_event *ev)
{
	return decode(m->bytes, m->len, ev);
}

int decode_spec(const struct message_spec *s, struct flow_event *ev)
{
	struct message m;

	message_build(&m, s);
	return decode_message(&m, ev);
}

void expect_event(const struct flow_event *ev, const struct message_spec *s)
{
	struct flow_event expected;

	message_event(s, &expected);
	cr_assert(message_same_connection(ev, &expected));
	cr_assert_eq(ev->id, expected.id);
	cr_assert_eq(ev->kind, expected.kind);
	cr_assert_eq(ev->replied, expected.replied);
	cr_assert_eq(ev->tcp_state, expected.tcp_state);
	cr_assert_eq(ev->injected, expected.injected);
	cr_assert_eq(ev->clash, expected.clash);
	cr_assert_eq(ev->has_time, expected.has_time);
	cr_assert_eq(ev->timed, expected.timed);
	cr_assert_eq(ev->has_counters, expected.has_counters);
	if (expected.has_time)
		cr_assert_eq(ev->time_ns, expected.time_ns);
	if (expected.timed)
		cr_assert_eq(ev->duration_ns, expected.duration_ns);
	if (!expected.has_counters)
		return;
	cr_assert_eq(ev->orig_packets, expected.orig_packets);
	cr_assert_eq(ev->orig_bytes, expected.orig_bytes);
	cr_assert_eq(ev->reply_packets, expected.reply_packets);
	cr_assert_eq(ev->reply_bytes, expected.reply_bytes);
}

struct message_spec rich_spec(int i)
{
	static const __u8 l4[] = { IPPROTO_TCP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_GRE };
	bool v6 = i & 1;
	struct message_spec s = message_spec(i & 2 ? MESSAGE_NEW : MESSAGE_DESTROY, l4[i >> 2 & 3],
					     v6 ? "2001:db8::7" : "10.0.0.7",
					     v6 ? "2001:db8::10" : "192.0.2.10");

	s.mark = 7;
	s.zone = 9;
	s.zone_in = 1 + i % 3;
	s.protoinfo = s.l4 == IPPROTO_TCP;
	s.labels = s.kind == MESSAGE_NEW;
	s.event_ns = 1795236616890462040;
	if (s.kind == MESSAGE_NEW)
		return s;
	s.timeout_s = 30;
	s.counted = true;
	s.orig_packets = 6;
	s.orig_bytes = 1320;
	s.reply_packets = 4;
	s.reply_bytes = 5216;
	s.start_ns = 1795236616562309193;
	s.stop_ns = 1795236616890461970;
	return s;
}
