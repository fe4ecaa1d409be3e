/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/distinct.h"
#include "flow/proto.h"

struct flow_spec flow_distinct_spec(const struct flow_spec *spec, const struct flow_distinct *d)
{
	struct flow_spec finer = *spec;

	if (!d->field)
		return finer;
	finer.fields |= d->field->field;
	if (d->field->prefix)
		*flow_spec_prefix(&finer, d->field) = d->prefix;
	if (d->field->field == FIELD_MARK)
		finer.mark = d->mark;
	return finer;
}

bool flow_distinct_is_finer(const struct flow_spec *spec, const struct flow_distinct *d)
{
	const struct flow_prefix *kept;

	if (!(spec->fields & d->field->field))
		return true;
	if (d->field->field == FIELD_MARK)
		return spec->mark != d->mark && !(spec->mark & ~d->mark);
	if (!d->field->prefix)
		return false;
	kept = flow_spec_prefix(spec, d->field);
	return d->prefix.v4 >= kept->v4 && d->prefix.v6 >= kept->v6 &&
	       (d->prefix.v4 > kept->v4 || d->prefix.v6 > kept->v6);
}

void flow_cut_init(struct flow_cut *cut, const struct flow_spec *spec,
		   const struct flow_distinct *d)
{
	cut->field = d->field;
	cut->tells_packets = (spec->fields | d->field->field) & FIELDS_CONNTRACK;
	flow_mask_init(&cut->mask, spec);
}

/* Where a finer key does not say so, it has nothing that only a connection has, and may be a
 * packet's. */
static bool may_be_packet(const struct flow_cut *cut, const struct flow_key *key)
{
	return key->no_conntrack || !cut->tells_packets;
}

static bool is_known(const struct flow_cut *cut, const struct flow_key *key, const __u8 *value)
{
	enum flow_field field = cut->field->field;

	if (field & FIELDS_CONNTRACK && key->no_conntrack)
		return false;
	if (field & FIELDS_PORT)
		return key->has_ports;
	if (field & (FIELD_ICMP | FIELD_ICMP_CODE))
		return key->has_icmp;
	if (field & FIELDS_DEVICE)
		return may_be_packet(cut, key) && *value && *value != *DEVICE_UNKNOWN;
	if (field == FIELD_PROTO)
		return proto_is_known(key->family, key->l4);
	if (field == FIELD_RULE)
		return key->rule;
	if (field == FIELD_DROP_REASON)
		return key->drop_reason;
	if (field == FIELD_DIR)
		return key->dir != FLOW_DIR_UNKNOWN;
	return !(field & (FIELDS_LABEL | FIELD_NETNS)) || *(const __u32 *)(const void *)value;
}

/* The bytes of a value; numbers of the host's order become big endian. An address has its family
 * before it, since an IPv6 packet can carry a v4-mapped address. */
static size_t copy(const struct flow_cut *cut, const struct flow_key *key, __u8 *to)
{
	const __u8 *value = (const __u8 *)key + cut->field->at;
	__u32 number = cut->field->field == FIELD_ZONE ? key->zone : 0;

	if (cut->field->field & (FIELD_ZONE | FIELD_MARK | FIELD_RULE | FIELDS_LABEL | FIELD_NETNS)) {
		if (cut->field->bytes == sizeof(number))
			memcpy(&number, value, sizeof(number));
		number = htonl(number);
		memcpy(to, &number, sizeof(number));
		return sizeof(number);
	}
	if (cut->field->prefix)
		*to++ = key->family;
	memcpy(to, value, cut->field->bytes);
	return cut->field->bytes + !!cut->field->prefix;
}

size_t flow_cut_key(const struct flow_cut *cut, struct flow_key *key, __u8 value[FLOW_CUT_BYTES])
{
	size_t bytes = 0;

	if (is_known(cut, key, (const __u8 *)key + cut->field->at))
		bytes = copy(cut, key, value);
	flow_mask_key(&cut->mask, key, key->family == AF_INET, may_be_packet(cut, key));
	return bytes;
}
