/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/distinct.h"
#include "random.h"
#include "source/message.h"

static struct flow_key key_for(const struct flow_spec *spec, const struct flow_event *ev)
{
	struct flow_mask mask;
	struct flow_key key;

	flow_mask_init(&mask, spec);
	flow_key_of(&mask, ev, &key);
	return key;
}

static const struct flow_key_field *field_of(enum flow_field bit)
{
	const struct flow_key_field *f = flow_key_fields;

	while (f->field != bit)
		f++;
	return f;
}

/* --distinct of a field, of whole addresses and marks. */
static struct flow_distinct distinct_of(enum flow_field bit)
{
	return (struct flow_distinct){ field_of(bit), { 32, 128 }, 0xffffffff };
}

static struct flow_spec spec_of(__u32 fields)
{
	struct flow_spec spec = flow_spec_default;

	spec.fields = fields;
	return spec;
}

/* A packet of the same facts as a connection, with devices. */
static void make_packet(struct flow_event *ev)
{
	ev->conntrack = false;
	ev->zone = ev->mark = 0;
	memset(&ev->reply, 0, sizeof(ev->reply));
	strcpy(ev->devices.iif, "eth0");
	ev->rule = 9;
}

/* The oracle is the key that the event has without a finer one. */
Test(distinct, what_is_left_is_the_key_of_the_record)
{
	struct random r = random_from(1);
	int finer = 0;

	for (int i = 0; i < 100000; i++) {
		struct flow_spec spec = spec_of(random_next(&r) & (2 * FIELD_OIF - 1)), fine;
		struct flow_distinct d = distinct_of(1 << random_below(&r, 17));
		__u8 value[FLOW_CUT_BYTES];
		struct message_spec message;
		struct flow_key key, left;
		struct flow_event ev;
		struct flow_cut cut;

		spec.src = (struct flow_prefix){ random_below(&r, 33), random_below(&r, 129) };
		if (!flow_distinct_is_finer(&spec, &d))
			continue;
		finer++;
		message_random(&message, &r);
		message_event(&message, &ev);
		if (random_below(&r, 3) == 0)
			make_packet(&ev);
		fine = flow_distinct_spec(&spec, &d);
		flow_cut_init(&cut, &spec, &d);
		left = key_for(&fine, &ev);
		flow_cut_key(&cut, &left, value);
		key = key_for(&spec, &ev);
		cr_assert(!memcmp(&left, &key, sizeof(key)), "%d: %s, fields %x", i, d.field->name, spec.fields);
	}
	cr_expect_gt(finer, 50000);
}

static size_t cut(__u32 fields, enum flow_field bit, const struct flow_event *ev,
		  __u8 value[FLOW_CUT_BYTES])
{
	struct flow_spec spec = spec_of(fields), fine;
	struct flow_distinct d = distinct_of(bit);
	struct flow_cut c;
	struct flow_key key;

	fine = flow_distinct_spec(&spec, &d);
	flow_cut_init(&c, &spec, &d);
	key = key_for(&fine, ev);
	memset(value, 0, FLOW_CUT_BYTES);
	return flow_cut_key(&c, &key, value);
}

static struct flow_event connection(uint8_t l4, const char *src)
{
	struct message_spec s = message_spec(MESSAGE_NEW, l4, src, strchr(src, ':') ? "2001:db8::1" : "192.0.2.1");
	struct flow_event ev;

	message_event(&s, &ev);
	return ev;
}

Test(distinct, values_have_the_same_bytes_everywhere)
{
	struct flow_event ev = connection(IPPROTO_TCP, "10.0.0.7");
	__u8 value[FLOW_CUT_BYTES];

	ev.zone = 0x0102;
	ev.mark = 0x01020304;
	cr_expect_eq(cut(FIELD_SRC, FIELD_DPORT, &ev, value), 2);
	cr_expect_arr_eq(value, "\x01\xbb", 2);
	cr_expect_eq(cut(FIELD_SRC, FIELD_ZONE, &ev, value), 4);
	cr_expect_arr_eq(value, "\0\0\x01\x02", 4);
	cr_expect_eq(cut(FIELD_SRC, FIELD_MARK, &ev, value), 4);
	cr_expect_arr_eq(value, "\x01\x02\x03\x04", 4);
	cr_expect_eq(cut(FIELD_DST, FIELD_SRC, &ev, value), FLOW_CUT_BYTES);
	cr_expect_arr_eq(value, "\x02\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x07", FLOW_CUT_BYTES);
}

/* A port is one value, whichever family it is used with; an IPv6 address never is an IPv4 one. */
Test(distinct, families)
{
	struct flow_event v4 = connection(IPPROTO_TCP, "10.0.0.7"), v6 = connection(IPPROTO_TCP, "::ffff:10.0.0.7");
	__u8 of_v4[FLOW_CUT_BYTES], of_v6[FLOW_CUT_BYTES];

	cr_expect_eq(cut(FIELD_SRC, FIELD_DPORT, &v4, of_v4), cut(FIELD_SRC, FIELD_DPORT, &v6, of_v6));
	cr_expect_arr_eq(of_v4, of_v6, 2);
	cut(FIELD_DST, FIELD_SRC, &v4, of_v4);
	cut(FIELD_DST, FIELD_SRC, &v6, of_v6);
	cr_expect(!memcmp(of_v4 + 1, of_v6 + 1, 16));
	cr_expect(memcmp(of_v4, of_v6, FLOW_CUT_BYTES));
}

Test(distinct, values_that_are_not_known)
{
	struct flow_event icmp = connection(IPPROTO_ICMP, "10.0.0.7"), tcp = connection(IPPROTO_TCP, "10.0.0.7");
	struct flow_event packet = tcp;
	__u8 value[FLOW_CUT_BYTES];

	make_packet(&packet);
	cr_expect_eq(cut(FIELD_SRC, FIELD_DPORT, &icmp, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_ICMP, &icmp, value), 1);
	cr_expect_eq(cut(FIELD_SRC, FIELD_ICMP_CODE, &tcp, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_PROTO, &tcp, value), 1);
	cr_expect_eq(cut(FIELD_SRC, FIELD_DIR, &tcp, value), 1);
	cr_expect_eq(cut(FIELD_SRC, FIELD_MARK, &tcp, value), 4, "a mark of 0 is one");
	cr_expect_eq(cut(FIELD_SRC, FIELD_MARK, &packet, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_NAT_SRC, &packet, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_NAT_SPORT, &packet, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_RULE, &tcp, value), 0);
	cr_expect_eq(cut(FIELD_SRC, FIELD_RULE, &packet, value), 4);
	cr_expect_eq(cut(FIELD_SRC, FIELD_IIF, &packet, value), DEVICE_NAME_BYTES);
	cr_expect_eq(cut(FIELD_SRC, FIELD_OIF, &packet, value), 0, "there is none");
	strcpy(packet.devices.iif, DEVICE_UNKNOWN);
	cr_expect_eq(cut(FIELD_SRC, FIELD_IIF, &packet, value), 0);
	cr_expect_eq(cut(FIELD_NAT_SRC, FIELD_IIF, &tcp, value), 0, "translations stand there");
	packet.family = AF_INET6;
	packet.l4 = 0;
	cr_expect_eq(cut(FIELD_SRC, FIELD_PROTO, &packet, value), 0);
}

Test(distinct, a_label_is_a_value)
{
	struct flow_distinct d = distinct_of(FIELD_DST_LABEL);
	struct flow_spec spec = spec_of(FIELD_SRC_LABEL);
	__u8 value[FLOW_CUT_BYTES];
	struct flow_key key;
	struct flow_cut cut;

	flow_cut_init(&cut, &spec, &d);
	flow_key_init(&key);
	key.src_label = 7;
	key.dst_label = 0x01020304;
	cr_expect_eq(flow_cut_key(&cut, &key, value), 4);
	cr_expect_arr_eq(value, "\x01\x02\x03\x04", 4);
	cr_expect_eq(key.src_label, 7);
	cr_expect_eq(key.dst_label, 0);
	cr_expect_eq(flow_cut_key(&cut, &key, value), 0, "there is no label");
}

Test(distinct, is_finer_where_the_key_keeps_less)
{
	struct flow_distinct src = distinct_of(FIELD_SRC), dport = distinct_of(FIELD_DPORT);
	struct flow_spec spec = spec_of(FIELD_SRC | FIELD_DST);

	cr_expect_not(flow_distinct_is_finer(&spec, &src));
	cr_expect(flow_distinct_is_finer(&spec, &dport));
	spec.fields |= FIELD_DPORT;
	cr_expect_not(flow_distinct_is_finer(&spec, &dport));
	spec.src = (struct flow_prefix){ 24, 64 };
	cr_expect(flow_distinct_is_finer(&spec, &src));
	src.prefix = (struct flow_prefix){ 24, 128 };
	cr_expect(flow_distinct_is_finer(&spec, &src));
	src.prefix = (struct flow_prefix){ 32, 63 };
	cr_expect_not(flow_distinct_is_finer(&spec, &src));
	src.prefix = (struct flow_prefix){ 16, 64 };
	cr_expect_not(flow_distinct_is_finer(&spec, &src));
	spec.fields &= ~FIELD_SRC;
	cr_expect(flow_distinct_is_finer(&spec, &src));
}

/* --distinct=mark/0xff where records have mark/0xf. */
Test(distinct, values_of_a_mark_are_the_bits_of_its_mask)
{
	struct flow_distinct d = distinct_of(FIELD_MARK);
	struct flow_spec spec = spec_of(FIELD_MARK), finer;
	struct flow_event ev = { .conntrack = true, .family = AF_INET, .mark = 0x12345678 };
	__u8 value[FLOW_CUT_BYTES];
	struct flow_key key;
	struct flow_cut cut;

	cr_expect_not(flow_distinct_is_finer(&spec, &d));
	d.mark = 0xff;
	cr_expect_not(flow_distinct_is_finer(&spec, &d));
	spec.mark = 0xf;
	cr_assert(flow_distinct_is_finer(&spec, &d));
	finer = flow_distinct_spec(&spec, &d);
	key = key_for(&finer, &ev);
	flow_cut_init(&cut, &spec, &d);
	cr_assert_eq(flow_cut_key(&cut, &key, value), 4);
	cr_expect(!memcmp(value, "\0\0\0\x78", 4));
	cr_expect_eq(key.mark, 8);
}
