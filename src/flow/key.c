/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/socket.h>

#include "flow/key.h"

#define WHOLE { 32, 128 }

const struct flow_spec flow_spec_default = {
	.fields = FIELDS_DEFAULT,
	.src = WHOLE, .dst = WHOLE, .nat_src = WHOLE, .nat_dst = WHOLE,
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
	if (spec->fields & FIELDS_NAT)
		return sizeof(struct flow_key);
	if (spec->fields & ~FIELDS_DEFAULT)
		return FLOW_KEY_WIDE_BYTES;
	return FLOW_KEY_DEFAULT_BYTES;
}

/* Clear all but the first v4 bits of an IPv4 address, or v6 of another. */
static void shorten(const struct flow_prefix *prefix, __u8 family, __u8 addr[16])
{
	unsigned int bits = family == AF_INET ? 96 + prefix->v4 : prefix->v6, byte = bits / 8;

	if (byte == 16)
		return;
	addr[byte] &= 0xff00 >> bits % 8;
	memset(addr + byte + 1, 0, 15 - byte);
}

static void address(const struct flow_spec *spec, __u32 field, const struct flow_prefix *prefix,
		    __u8 family, __u8 addr[16])
{
	if (spec->fields & field)
		shorten(prefix, family, addr);
	else
		memset(addr, 0, 16);
}

static void add_conntrack(const struct flow_spec *spec, struct flow_event *ev)
{
	const struct flow_extra *extra = &ev->extra;
	struct flow_key *key = &ev->key;

	if (!(spec->fields & (FIELDS_NAT | FIELD_ZONE | FIELD_MARK)))
		return;
	if (!extra->conntrack) {
		key->no_conntrack = 1;
		return;
	}
	if (spec->fields & FIELD_ZONE)
		key->zone = extra->zone;
	if (spec->fields & FIELD_MARK)
		key->mark = extra->mark;
	if (spec->fields & FIELD_NAT_SRC) {
		memcpy(key->nat_saddr, extra->nat_saddr, 16);
		shorten(&spec->nat_src, key->family, key->nat_saddr);
	}
	if (spec->fields & FIELD_NAT_DST) {
		memcpy(key->nat_daddr, ev->real_daddr, 16);
		shorten(&spec->nat_dst, key->family, key->nat_daddr);
	}
	if (key->has_ports && spec->fields & FIELD_NAT_SPORT)
		key->nat_sport = extra->nat_sport;
	if (key->has_ports && spec->fields & FIELD_NAT_DPORT)
		key->nat_dport = extra->nat_dport;
}

void flow_spec_apply(const struct flow_spec *spec, struct flow_event *ev)
{
	struct flow_key *key = &ev->key;

	if (key->has_ports && spec->fields & FIELD_SPORT)
		key->sport = ev->extra.sport;
	if (key->has_icmp && spec->fields & FIELD_ICMP_CODE)
		key->icmp_code = ev->extra.icmp_code;
	add_conntrack(spec, ev);
	address(spec, FIELD_SRC, &spec->src, key->family, key->saddr);
	address(spec, FIELD_DST, &spec->dst, key->family, key->daddr);
	if (!(spec->fields & FIELDS_ADDRESS))
		key->family = 0;
	if (!(spec->fields & FIELD_DPORT))
		key->dport = 0;
	if (!(spec->fields & FIELDS_PORT))
		key->has_ports = 0;
	if (!(spec->fields & FIELD_PROTO))
		key->l4 = 0;
	if (!(spec->fields & (FIELD_ICMP | FIELD_ICMP_CODE)))
		key->has_icmp = 0;
	if (!(spec->fields & FIELD_ICMP))
		key->icmp_type = 0;
	if (!(spec->fields & FIELD_DIR))
		key->dir = 0;
	if (!(spec->fields & FIELD_RULE))
		key->rule = 0;
}
