/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_NETNS_H
#define CTAGG_TABLE_BPF_NETNS_H

/* Of the tracing program, when it counts every network namespace: which namespace an event is of, and the
 * direction there. */

#include "table/bpf/direction.h"
#include "table/bpf/nf_conn.h"

/* The namespaces that user space knows, and their enum kernel_netns. An event of another one goes to user
 * space, which finds out about the namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KERNEL_MAX_NETNS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} namespaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KERNEL_MAX_NETNS_ADDRESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct netns_address);
	__type(value, __u32);
} netns_addresses SEC(".maps");

/* As kind_of() in direction.h. */
static __always_inline __u32 netns_kind_of(__u32 netns, const struct address *a)
{
	struct netns_address key = { netns, { a->w[0], a->w[1], a->w[2], a->w[3] } };
	__u32 bit = netns_address_bit(netns, key.addr);
	const __u32 *kind;

	if (!(address_bits[bit / 64] >> bit % 64 & 1))
		return NO_ADDRESS;
	kind = bpf_map_lookup_elem(&netns_addresses, &key);
	return kind ? *kind : NO_ADDRESS;
}

/* As direction() in direction.h, where the source is `ours' or not. */
static __always_inline __u8 netns_direction(__u32 netns, const struct address *src, const struct address *real)
{
	__u32 kind;

	if (is_loopback(src->w, 0) || netns_kind_of(netns, src) == ADDRESS_OURS) {
		if (is_loopback(real->w, 0) || netns_kind_of(netns, real) == ADDRESS_OURS)
			return FLOW_DIR_LOCAL;
		return FLOW_DIR_OUT;
	}
	if (is_group(real->w, 0) || is_loopback(real->w, 0))
		return FLOW_DIR_IN;
	kind = netns_kind_of(netns, real);
	return kind == NO_ADDRESS ? FLOW_DIR_FORWARD : FLOW_DIR_IN;
}

/* The direction in a namespace whose addresses are known. A global function: see rest() in message.h. */
__attribute__((noinline)) int direction_in(__u32 netns, const struct address *src, const struct address *real)
{
	if (!src || !real)
		return FLOW_DIR_UNKNOWN;
	return netns_direction(netns, src, real);
}

/* Whether the key or the selection has to know of namespaces. */
static __always_inline int asks_netns(void)
{
	return config.netns_all && (config.fields & (FIELD_NETNS | FIELD_DIR) || config.selects & SELECT_DIR);
}

/* Write the namespace and the direction into the key. Returns -1, or PASSED_NETNS. */
static __always_inline int place(struct scratch *s, const struct nf_conn *ct)
{
	__u32 netns = ct->ct_net.net->net_cookie;
	const __u32 *known = bpf_map_lookup_elem(&namespaces, &netns);

	if (!known)
		return PASSED_NETNS;
	if (config.fields & FIELD_DIR || config.selects & SELECT_DIR)
		TAIL(&s->key) |= KEY_DIR(*known == NETNS_KNOWN ?
					 direction_in(netns, (const struct address *)s->key.saddr, &s->real_daddr) :
					 FLOW_DIR_UNKNOWN);
	if (config.fields & FIELD_NETNS)
		s->key.netns = netns;
	return -1;
}

#endif
