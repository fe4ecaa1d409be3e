/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/socket.h>

#include "flow/key.h"

#define WHOLE { 32, 128 }

const struct flow_spec flow_spec_default = {
	.fields = FIELDS_DEFAULT,
	.src = WHOLE, .dst = WHOLE, .nat_src = WHOLE, .nat_dst = WHOLE,
	.mark = 0xffffffff,
};

/* --- the fields -------------------------------------------------------------- */

#define HELD_IN(member) offsetof(struct flow_key, member), sizeof(((struct flow_key *)0)->member)
#define PREFIX(member) offsetof(struct flow_spec, member)

const struct flow_key_field flow_key_fields[] = {
	{ "src", FIELD_SRC, 0, HELD_IN(saddr), PREFIX(src) },
	{ "dst", FIELD_DST, 0, HELD_IN(daddr), PREFIX(dst) },
	{ "sport", FIELD_SPORT, 0, HELD_IN(sport), 0 },
	{ "dport", FIELD_DPORT, 0, HELD_IN(dport), 0 },
	{ "proto", FIELD_PROTO, 0, HELD_IN(l4), 0 },
	{ "icmp", FIELD_ICMP, 0, HELD_IN(icmp_type), 0 },
	{ "icmp-code", FIELD_ICMP_CODE, FIELD_ICMP, HELD_IN(icmp_code), 0 },
	{ "dir", FIELD_DIR, 0, HELD_IN(dir), 0 },
	{ "nat-src", FIELD_NAT_SRC, 0, HELD_IN(nat_saddr), PREFIX(nat_src) },
	{ "nat-sport", FIELD_NAT_SPORT, 0, HELD_IN(nat_sport), 0 },
	{ "nat-dst", FIELD_NAT_DST, 0, HELD_IN(nat_daddr), PREFIX(nat_dst) },
	{ "nat-dport", FIELD_NAT_DPORT, 0, HELD_IN(nat_dport), 0 },
	{ "zone", FIELD_ZONE, 0, HELD_IN(zone), 0 },
	{ "mark", FIELD_MARK, 0, HELD_IN(mark), 0 },
	{ "rule", FIELD_RULE, 0, HELD_IN(rule), 0 },
	{ "iif", FIELD_IIF, 0, HELD_IN(iif), 0 },
	{ "oif", FIELD_OIF, 0, HELD_IN(oif), 0 },
	{ "src-label", FIELD_SRC_LABEL, 0, HELD_IN(src_label), 0 },
	{ "dst-label", FIELD_DST_LABEL, 0, HELD_IN(dst_label), 0 },
	{ "netns", FIELD_NETNS, 0, HELD_IN(netns), 0 },
	{ "drop_reason", FIELD_DROP_REASON, 0, HELD_IN(drop_reason), 0 },
	{ NULL, 0, 0, 0, 0, 0 },
};

static bool is_whole(const struct flow_prefix *p)
{
	return p->v4 == 32 && p->v6 == 128;
}

bool flow_spec_is_default(const struct flow_spec *spec)
{
	return spec->fields == FIELDS_DEFAULT && is_whole(&spec->src) && is_whole(&spec->dst);
}

size_t flow_spec_bytes(const struct flow_spec *spec)
{
	size_t end = 0;

	for (const struct flow_key_field *f = flow_key_fields; f->name; f++)
		if (spec->fields & f->field && f->at + f->bytes > end)
			end = f->at + f->bytes;
	if (end > FLOW_KEY_LABEL_BYTES)
		return sizeof(struct flow_key);
	if (end > FLOW_KEY_WIDE_BYTES)
		return FLOW_KEY_LABEL_BYTES;
	/* The filter's keys end before the rule, so they have room for the default fields
	 * only; and whether a zone is known stands behind the zone. */
	return spec->fields & ~FIELDS_DEFAULT ? FLOW_KEY_WIDE_BYTES : FLOW_KEY_DEFAULT_BYTES;
}

/* --- the mask ---------------------------------------------------------------- */

/* Set the first `bits' bits of a mask that is all 0. */
static void set_bits(unsigned int bits, __u8 mask[16])
{
	memset(mask, 0xff, bits / 8);
	if (bits % 8)
		mask[bits / 8] = 0xff00 >> bits % 8;
}

/* The first 96 bits of a v4-mapped address are always the same, and always kept. */
static unsigned int kept_bits(const struct flow_prefix *prefix, bool v4)
{
	return v4 ? 96 + prefix->v4 : prefix->v6;
}

#define NAT_PORTS (FIELD_NAT_SPORT | FIELD_NAT_DPORT)

/* One family's mask, of connections or of packets: translations of the one and devices of the
 * other share their bytes. The key says besides whether the values of its fields are known: a
 * port of 0 is not the same as no port. */
static void set_mask(struct flow_key *mask, const struct flow_spec *spec, bool v4, bool packet)
{
	__u32 fields = spec->fields & ~(packet ? FIELDS_NAT : FIELDS_DEVICE);

	memset(mask, 0, sizeof(*mask));
	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		__u8 *value = (__u8 *)mask + f->at;

		if (!(fields & f->field))
			continue;
		if (f->prefix)
			set_bits(kept_bits(flow_spec_prefix(spec, f), v4), value);
		else if (f->field == FIELD_MARK)
			mask->mark = spec->mark;
		else
			memset(value, 0xff, f->bytes);
	}
	mask->family = spec->fields & FIELDS_ADDRESS ? 0xff : 0;
	mask->has_ports = spec->fields & FIELDS_PORT ? 0xff : 0;
	mask->has_icmp = spec->fields & (FIELD_ICMP | FIELD_ICMP_CODE) ? 0xff : 0;
	mask->no_conntrack = spec->fields & FIELDS_CONNTRACK ? 0xff : 0;
}

void flow_mask_init(struct flow_mask *mask, const struct flow_spec *spec)
{
	set_mask(&mask->v4, spec, true, false);
	set_mask(&mask->v6, spec, false, false);
	set_mask(&mask->packet_v4, spec, true, true);
	set_mask(&mask->packet_v6, spec, false, true);
	mask->is_default = flow_spec_is_default(spec);
	mask->nat_ports = spec->fields & NAT_PORTS && !(spec->fields & FIELDS_CONNTRACK & ~NAT_PORTS);
	mask->ports = spec->fields & FIELDS_PORT & ~NAT_PORTS;
}

/* --- the key ----------------------------------------------------------------- */

/* A fact that is unknown is 0 in the event, and so the field is 0 in the key. */
static void take_default_facts(struct flow_key *key, const struct flow_event *ev)
{
	memcpy(key->saddr, ev->orig.saddr, sizeof(key->saddr));
	memcpy(key->daddr, ev->orig.daddr, sizeof(key->daddr));
	key->dport = ev->orig.dport;
	key->l4 = ev->l4;
	key->family = ev->family;
	key->dir = ev->dir;
	key->icmp_type = ev->icmp_type;
	key->has_ports = ev->has_ports;
	key->has_icmp = ev->has_icmp;
	key->rule = ev->rule;
}

/* The facts from sport on, which the default key does not have. The reply goes from the real
 * destination to the translated source. */
static void take_other_facts(struct flow_key *key, const struct flow_event *ev)
{
	key->sport = ev->orig.sport;
	key->zone = ev->zone;
	key->mark = ev->mark;
	key->icmp_code = ev->icmp_code;
	key->no_conntrack = !ev->conntrack;
	key->drop_reason = ev->drop_reason;
	key->pad = 0;
	key->src_label = key->dst_label = 0;	/* the intake writes labels */
	key->netns = ev->netns;
	if (!ev->conntrack) {
		memcpy(key->iif, ev->devices.iif, sizeof(key->iif));
		memcpy(key->oif, ev->devices.oif, sizeof(key->oif));
		key->nat_sport = key->nat_dport = 0;
		return;
	}
	memcpy(key->nat_saddr, ev->reply.daddr, sizeof(key->nat_saddr));
	memcpy(key->nat_daddr, ev->reply.saddr, sizeof(key->nat_daddr));
	key->nat_sport = ev->reply.dport;
	key->nat_dport = ev->reply.sport;
}

/* Eight bytes of a key, whatever members they belong to: may_alias allows that in C. */
typedef __u64 __attribute__((may_alias)) key_word;

/* A packet has no translated port, and a connection of a protocol without ports has none either. Where
 * the rest of the key is the same, their records would be, too: so both have the same key. */
static void forget_packet(const struct flow_mask *mask, struct flow_key *key)
{
	if (!mask->ports)
		key->has_ports = 0;
	if (!key->has_ports && !*key->iif && !*key->oif)
		key->no_conntrack = 0;
}

void flow_mask_key(const struct flow_mask *mask, struct flow_key *key, bool v4, bool packet)
{
	const struct flow_key *kept = packet ? (v4 ? &mask->packet_v4 : &mask->packet_v6) :
					       (v4 ? &mask->v4 : &mask->v6);
	const key_word *from = (const key_word *)kept;
	key_word *word = (key_word *)key;

	for (size_t i = 0; i < sizeof(*key) / sizeof(*word); i++)
		word[i] &= from[i];
	if (mask->nat_ports && key->no_conntrack)
		forget_packet(mask, key);
}

/* The default key needs no mask: it has all the facts up to sport, and no other. */
void flow_key_of(const struct flow_mask *mask, const struct flow_event *ev, struct flow_key *key)
{
	take_default_facts(key, ev);
	if (mask->is_default) {
		memset((char *)key + offsetof(struct flow_key, sport), 0,
		       sizeof(*key) - offsetof(struct flow_key, sport));
		return;
	}
	take_other_facts(key, ev);
	flow_mask_key(mask, key, ev->family == AF_INET, !ev->conntrack);
}
