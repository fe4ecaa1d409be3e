/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/key.h"

/* A connection of which every fact is known and other than 0. No real one has ports and an
 * ICMP type as well. */
static struct flow_event full_event(__u8 family)
{
	struct flow_event ev = {
		.orig = { .sport = htons(40000), .dport = htons(443) },
		.reply = { .sport = htons(8443), .dport = htons(1024) },
		.family = family, .l4 = IPPROTO_TCP, .dir = FLOW_DIR_OUT,
		.icmp_type = 8, .icmp_code = 3, .has_ports = true, .has_icmp = true,
		.conntrack = true, .zone = 7, .mark = 0x12345678, .rule = 9,
	};

	flow_addr_v4(ev.orig.saddr, "\x0a\x01\x02\x03");
	flow_addr_v4(ev.orig.daddr, "\xc0\x00\x02\x0a");
	flow_addr_v4(ev.reply.saddr, "\x0a\x04\x05\x06");
	flow_addr_v4(ev.reply.daddr, "\xc6\x33\x64\x01");
	return ev;
}

/* A packet, which has devices in place of a translation, zone and mark. */
static struct flow_event full_packet(__u8 family)
{
	struct flow_event ev = full_event(family);

	ev.conntrack = false;
	ev.zone = ev.mark = 0;
	memset(&ev.reply, 0, sizeof(ev.reply));
	strcpy(ev.devices.iif, "in");
	strcpy(ev.devices.oif, "out");
	return ev;
}

static struct flow_key key_for(const struct flow_spec *spec, const struct flow_event *ev)
{
	struct flow_mask mask;
	struct flow_key key;

	memset(&key, 0xa5, sizeof(key));	/* every byte is to be written */
	flow_mask_init(&mask, spec);
	flow_key_of(&mask, ev, &key);
	return key;
}

static bool same_key(const struct flow_spec *spec, const struct flow_event *a,
		     const struct flow_event *b)
{
	struct flow_key key_a = key_for(spec, a), key_b = key_for(spec, b);

	return !memcmp(&key_a, &key_b, sizeof(key_a));
}

static struct flow_spec spec_of(__u32 fields)
{
	struct flow_spec spec = flow_spec_default;

	spec.fields = fields;
	return spec;
}

static __u32 all_fields(void)
{
	__u32 all = 0;

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++)
		all |= f->field;
	return all;
}

Test(key, the_default_one)
{
	struct flow_event ev = full_event(AF_INET);
	struct flow_key key = key_for(&flow_spec_default, &ev), expected;

	flow_key_init(&expected);
	flow_addr_v4(expected.saddr, "\x0a\x01\x02\x03");
	flow_addr_v4(expected.daddr, "\xc0\x00\x02\x0a");
	expected.dport = htons(443);
	expected.l4 = IPPROTO_TCP;
	expected.family = AF_INET;
	expected.dir = FLOW_DIR_OUT;
	expected.icmp_type = 8;
	expected.has_ports = expected.has_icmp = 1;
	expected.rule = 9;
	cr_expect(!memcmp(&key, &expected, sizeof(key)));
}

Test(key, with_every_field)
{
	struct flow_event ev = full_event(AF_INET);
	struct flow_spec spec = spec_of(all_fields());
	struct flow_key key = key_for(&spec, &ev), expected = key_for(&flow_spec_default, &ev);

	expected.sport = htons(40000);
	expected.zone = 7;
	expected.mark = 0x12345678;
	expected.icmp_code = 3;
	flow_addr_v4(expected.nat_saddr, "\xc6\x33\x64\x01");
	flow_addr_v4(expected.nat_daddr, "\x0a\x04\x05\x06");
	expected.nat_sport = htons(1024);
	expected.nat_dport = htons(8443);
	cr_expect(!memcmp(&key, &expected, sizeof(key)));
}

/* Which byte of an event each field is about. */
static const struct {
	const char *name;
	size_t at;
} facts[] = {
	{ "src", offsetof(struct flow_event, orig.saddr) + 15 },
	{ "dst", offsetof(struct flow_event, orig.daddr) + 15 },
	{ "sport", offsetof(struct flow_event, orig.sport) },
	{ "dport", offsetof(struct flow_event, orig.dport) },
	{ "proto", offsetof(struct flow_event, l4) },
	{ "icmp", offsetof(struct flow_event, icmp_type) },
	{ "icmp-code", offsetof(struct flow_event, icmp_code) },
	{ "dir", offsetof(struct flow_event, dir) },
	{ "nat-src", offsetof(struct flow_event, reply.daddr) + 15 },
	{ "nat-sport", offsetof(struct flow_event, reply.dport) },
	{ "nat-dst", offsetof(struct flow_event, reply.saddr) + 15 },
	{ "nat-dport", offsetof(struct flow_event, reply.sport) },
	{ "zone", offsetof(struct flow_event, zone) },
	{ "mark", offsetof(struct flow_event, mark) },
	{ "rule", offsetof(struct flow_event, rule) },
	{ "iif", offsetof(struct flow_event, devices.iif) + 14 },
	{ "oif", offsetof(struct flow_event, devices.oif) + 14 },
};

/* Two events that differ in one fact are of different flows with that fact's field in the
 * key, and of one flow with all other fields in the key. */
Test(key, a_field_tells_flows_apart_by_its_own_fact)
{
	size_t n = 0;

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++, n++) {
		struct flow_spec only = spec_of(f->field), others = spec_of(all_fields() & ~f->field);
		struct flow_event a = f->field & FIELDS_DEVICE ? full_packet(AF_INET) :
								 full_event(AF_INET), b = a;

		if (f->field & FIELDS_LABEL)	/* no event has them */
			break;
		cr_assert_lt(n, sizeof(facts) / sizeof(facts[0]));
		cr_assert_str_eq(f->name, facts[n].name);
		((unsigned char *)&b)[facts[n].at] ^= 2;
		cr_expect_not(same_key(&only, &a, &b), "%s", f->name);
		cr_expect(same_key(&others, &a, &b), "%s", f->name);
	}
	cr_expect_eq(n, sizeof(facts) / sizeof(facts[0]));
}

/* An event has no labels; a key can be given some. */
Test(key, has_labels_when_it_is_given_some)
{
	struct flow_spec both = spec_of(FIELD_PROTO | FIELDS_LABEL), dst = spec_of(FIELD_DST_LABEL);
	struct flow_event ev = full_event(AF_INET6);
	struct flow_key key = key_for(&both, &ev), given;
	struct flow_mask mask;

	cr_expect_eq(key.src_label | key.dst_label, 0);
	key.src_label = 0x12345678;
	key.dst_label = 0x87654321;
	for (int packet = 0; packet < 2; packet++) {
		given = key;
		flow_mask_init(&mask, &both);
		flow_mask_key(&mask, &given, false, packet);
		cr_expect(!memcmp(&given, &key, sizeof(key)));
		flow_mask_init(&mask, &dst);
		flow_mask_key(&mask, &given, false, packet);
		cr_expect_eq(given.src_label, 0);
		cr_expect_eq(given.dst_label, 0x87654321);
	}
	cr_expect_eq(flow_spec_bytes(&both), FLOW_KEY_LABEL_BYTES);
	cr_expect_eq(flow_spec_bytes(&flow_spec_default), FLOW_KEY_DEFAULT_BYTES);
}

Test(key, what_is_unknown_is_not_what_is_0)
{
	struct flow_event known = full_event(AF_INET), unknown;
	struct flow_spec dport = spec_of(FIELD_DPORT), icmp = spec_of(FIELD_ICMP);
	struct flow_spec zone = spec_of(FIELD_ZONE), proto = spec_of(FIELD_PROTO);

	known.orig.dport = known.icmp_type = known.zone = 0;
	unknown = known;
	unknown.has_ports = unknown.has_icmp = unknown.conntrack = false;
	cr_expect_not(same_key(&dport, &known, &unknown));
	cr_expect_not(same_key(&icmp, &known, &unknown));
	cr_expect_not(same_key(&zone, &known, &unknown));
	cr_expect(same_key(&proto, &known, &unknown), "that is for fields of the key only");
}

/* Translations and devices share their bytes in keys. */
Test(key, of_a_packet_has_its_devices_and_of_a_connection_its_translation)
{
	struct flow_spec spec = spec_of(all_fields());
	struct flow_event packet = full_packet(AF_INET6), connection = full_event(AF_INET6);
	struct flow_key key = key_for(&spec, &packet);

	spec.nat_src = spec.nat_dst = (struct flow_prefix){ 8, 8 };
	cr_expect_str_eq(key.iif, "in");
	cr_expect_str_eq(key.oif, "out");
	cr_expect_eq(key.no_conntrack, 1);
	key = key_for(&spec, &packet);
	cr_expect_str_eq(key.iif, "in", "prefixes are for addresses");
	cr_expect_eq(key.nat_sport | key.nat_dport, 0);
	spec = spec_of(FIELD_SRC | FIELD_IIF);
	key = key_for(&spec, &packet);
	cr_expect_str_eq(key.iif, "in");
	cr_expect_str_eq(key.oif, "");
	key = key_for(&spec, &connection);
	cr_expect_str_eq(key.iif, "", "a connection has no device");
	spec = spec_of(FIELDS_NAT);
	key = key_for(&spec, &packet);
	cr_expect_str_eq(key.iif, "", "nobody has asked for devices");
}

/* Of two records that look the same nobody could say which flow is which. */
Test(key, a_packet_without_a_port_is_of_the_flow_of_a_connection_without_one)
{
	struct flow_spec translated = spec_of(FIELD_NAT_SPORT), both = spec_of(FIELD_SPORT | FIELD_NAT_SPORT),
			 zone = spec_of(FIELD_NAT_SPORT | FIELD_ZONE);
	struct flow_event packet = full_packet(AF_INET), connection = full_event(AF_INET);

	cr_expect_not(same_key(&translated, &packet, &connection), "the port of the connection is known");
	connection.has_ports = false;
	connection.orig.sport = connection.orig.dport = connection.reply.sport = connection.reply.dport = 0;
	connection.zone = 0;
	cr_expect(same_key(&translated, &packet, &connection), "the key has no port of a packet");
	cr_expect_not(same_key(&both, &packet, &connection), "the packet has a source port");
	packet.has_ports = false;
	packet.orig.sport = packet.orig.dport = 0;
	cr_expect(same_key(&both, &packet, &connection));
	cr_expect_not(same_key(&zone, &packet, &connection), "the connection has a zone");
}

/* --- prefixes ---------------------------------------------------------------- */

/* How many leading bits of the source address the key keeps. */
static unsigned int kept_bits(const struct flow_spec *spec, __u8 family)
{
	struct flow_event a = full_event(family);
	unsigned int bits = 0;

	for (unsigned int bit = 0; bit < 128; bit++) {
		struct flow_event b = a;

		b.orig.saddr[bit / 8] ^= 0x80 >> bit % 8;
		if (same_key(spec, &a, &b))
			continue;
		cr_assert_eq(bit, bits, "bit %u is kept, and bit %u is not", bit, bits);
		bits++;
	}
	return bits;
}

Test(key, an_address_is_kept_as_far_as_its_prefix)
{
	struct flow_spec spec = spec_of(FIELD_SRC | FIELD_PROTO);

	for (unsigned int bits = 0; bits <= 128; bits++) {
		spec.src = (struct flow_prefix){ bits <= 32 ? bits : 32, bits };
		cr_expect_eq(kept_bits(&spec, AF_INET), 96u + spec.src.v4, "%u", bits);
		cr_expect_eq(kept_bits(&spec, AF_INET6), bits, "%u", bits);
	}
	cr_expect_not(flow_spec_is_default(&spec));
	spec = flow_spec_default;
	cr_expect(flow_spec_is_default(&spec));
	spec.dst.v6 = 64;
	cr_expect_not(flow_spec_is_default(&spec));
}

Test(key, a_mark_is_kept_as_far_as_its_mask)
{
	struct flow_event a = full_event(AF_INET), packet = full_packet(AF_INET);
	struct flow_spec spec = spec_of(FIELD_MARK | FIELD_ZONE);

	cr_expect_eq(key_for(&spec, &a).mark, 0x12345678);
	spec.mark = 0xff00f;
	cr_expect_eq(key_for(&spec, &a).mark, 0x45008);
	cr_expect_eq(key_for(&spec, &a).zone, 7);
	for (unsigned int bit = 0; bit < 32; bit++) {
		struct flow_event b = a;

		b.mark ^= 1U << bit;
		cr_expect_eq(same_key(&spec, &a, &b), !(spec.mark >> bit & 1), "bit %u", bit);
	}
	spec.mark = 0;
	a.mark = 0;
	cr_expect_not(same_key(&spec, &a, &packet), "a mark of which nothing is kept is not unknown");
}

/* --- how much of a key there is --------------------------------------------- */

/* Tables hash and compare only these bytes. */
Test(key, is_0_behind_the_bytes_that_its_spec_has)
{
	static const unsigned char zero[sizeof(struct flow_key)];
	struct flow_event ev = full_event(AF_INET6);

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		struct flow_spec spec = spec_of(FIELDS_DEFAULT | f->field);
		struct flow_key key = key_for(&spec, &ev);
		size_t bytes = flow_spec_bytes(&spec);

		cr_expect_geq(bytes, f->at + f->bytes, "%s", f->name);
		cr_expect(!memcmp((char *)&key + bytes, zero, sizeof(key) - bytes), "%s", f->name);
	}
}
