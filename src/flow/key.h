/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_KEY_H
#define CTAGG_FLOW_KEY_H

#include <stddef.h>

#include "flow/event.h"
#include "flow/key_layout.h"

/* How many bits of an address are kept, of IPv4 (0 to 32) and of IPv6 (0 to 128). */
struct flow_prefix {
	__u8 v4, v6;
};

/* What tells one flow from another, as --key asks for it.
 *
 * fields  a set of enum flow_field
 * src...  how much of an address is kept, if that address is one of the fields
 * mark    the bits of the mark that are kept, if the mark is one of the fields
 */
struct flow_spec {
	__u32 fields, mark;
	struct flow_prefix src, dst, nat_src, nat_dst;
};

extern const struct flow_spec flow_spec_default;
#define FLOW_KEY_DEFAULT "src,dst,dport,proto,icmp,dir,rule"	/* as --key would ask for it */

/* Whether spec asks for the same keys as flow_spec_default. */
bool flow_spec_is_default(const struct flow_spec *spec);

/* How many bytes at the beginning of a key can be other than 0: one of the FLOW_KEY_*_BYTES
 * or the whole key. */
size_t flow_spec_bytes(const struct flow_spec *spec);

/* All there is to know of one field that a key can have.
 *
 * name       on the command line
 * field      its bit
 * needs      bits of the fields that come with this one
 * at, bytes  where struct flow_key holds the field's value, and how many bytes the value has
 * prefix     where struct flow_spec holds the number of bits that are kept; 0: the field
 *            is no address
 */
struct flow_key_field {
	const char *name;
	enum flow_field field;
	__u32 needs;
	size_t at, bytes, prefix;
};

/* The fields, in the order of their bits; a row without a name follows the last one. */
extern const struct flow_key_field flow_key_fields[];

/* How much a spec keeps of an address; lent. Only for a field that is an address. */
static inline struct flow_prefix *flow_spec_prefix(const struct flow_spec *spec,
						   const struct flow_key_field *field)
{
	return (struct flow_prefix *)((uintptr_t)spec + field->prefix);
}

/* A spec, made ready for flow_key_of().
 *
 * v4, v6      a bit is set for each bit that the spec keeps of a connection's key of this family
 * packet_v*   the same for a packet's key
 * is_default  flow_spec_is_default()
 * nat_ports   translated ports are all that a key has of connections alone
 * ports       the key has ports of packets, too
 */
struct flow_mask {
	struct flow_key v4, v6, packet_v4, packet_v6;
	bool is_default, nat_ports, ports;
};

void flow_mask_init(struct flow_mask *mask, const struct flow_spec *spec);

/* Keep what the mask keeps of a key. v4: the key's addresses are of IPv4, or the key has none;
 * packet: the key is of a packet. */
void flow_mask_key(const struct flow_mask *mask, struct flow_key *key, bool v4, bool packet);

/* The key of the flow that an event belongs to: the one place where facts become a key.
 * ev->dir must be known. Every byte of *key is written; src_label and dst_label are 0, since an
 * event has no labels of networks (intake/intake.h writes them). */
void flow_key_of(const struct flow_mask *mask, const struct flow_event *ev, struct flow_key *key);

#endif
