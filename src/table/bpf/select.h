/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_SELECT_H
#define CTAGG_TABLE_BPF_SELECT_H

#include "table/bpf/scratch.h"

/* --- selection: the same as flow_select_holds() ----------------------------- */

static __always_inline int bit_of(const volatile __u64 *words, __u32 n)
{
	return words[n / 64] >> n % 64 & 1;
}

static __always_inline int port_selected(const struct flow_key *key, const volatile __u64 *words,
				       __be16 port, __u32 select)
{
	if (!key->has_ports)
		return (config.inverted & select) != 0;
	return bit_of(words, bpf_ntohs(port));
}

/* Neither end is in an inverted list where the bits of both ends are set. */
static __always_inline int either_port_selected(const struct flow_key *key)
{
	int source = port_selected(key, port_bits, key->sport, SELECT_PORT);
	int destination = port_selected(key, port_bits, key->dport, SELECT_PORT);

	return config.inverted & SELECT_PORT ? source & destination : source | destination;
}

/* Whether the list has a network that holds the address. */
static __always_inline int in_network(__u16 family, const __u8 addr[16], __u32 select)
{
	const __u32 *from = (const __u32 *)addr;
	/* A struct filter_network, eight bytes at a time: see TAIL. */
	__u64 network[3] = {
		two_words(32 + 128, HALVES(select, family)),
		two_words(from[0], from[1]),
		two_words(from[2], from[3]),
	};

	return bpf_map_lookup_elem(&networks, network) != 0;
}

static __always_inline int network_selected(__u16 family, const __u8 addr[16], __u32 select)
{
	return in_network(family, addr, select) != ((config.inverted & select) != 0);
}

static __always_inline int either_network_selected(const struct flow_key *key)
{
	int found = in_network(key->family, key->saddr, SELECT_ADDR) ||
		    in_network(key->family, key->daddr, SELECT_ADDR);

	return found != ((config.inverted & SELECT_ADDR) != 0);
}

static __always_inline int in_ranges(const volatile struct filter_range *ranges, __u32 n,
				   __u32 value)
{
	int found = 0;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < FILTER_RANGES; i++)
		if (i < n && (value & ranges[i].mask) >= ranges[i].first &&
		    (value & ranges[i].mask) <= ranges[i].last)
			found = 1;
	return found;
}

/* Whether the event of this key is selected. A global function: see rest() in message.h. */
__attribute__((noinline)) int selected(const struct flow_key *key)
{
	if (!key)
		return 0;
	if (config.selects & SELECT_PROTO && !bit_of(config.protocols, key->l4))
		return 0;
	if (config.selects & SELECT_DIR && !(config.directions >> (key->dir & 7) & 1))
		return 0;
	if (config.selects & SELECT_DPORT &&
	    !port_selected(key, dport_bits, key->dport, SELECT_DPORT))
		return 0;
	if (config.selects & SELECT_SPORT &&
	    !port_selected(key, sport_bits, key->sport, SELECT_SPORT))
		return 0;
	if (config.selects & SELECT_PORT && !either_port_selected(key))
		return 0;
	if (config.selects & SELECT_SRC &&
	    !network_selected(key->family, key->saddr, SELECT_SRC))
		return 0;
	if (config.selects & SELECT_DST &&
	    !network_selected(key->family, key->daddr, SELECT_DST))
		return 0;
	if (config.selects & SELECT_ADDR && !either_network_selected(key))
		return 0;
	if (config.selects & SELECT_ZONE && in_ranges(config.zones, config.n_zones, key->zone) ==
					    ((config.inverted & SELECT_ZONE) != 0))
		return 0;
	if (config.selects & SELECT_MARK && in_ranges(config.marks, config.n_marks, key->mark) ==
					    ((config.inverted & SELECT_MARK) != 0))
		return 0;
	return 1;
}

/* --- the key: the same as flow_key_of() ---------------------------------- */

static __always_inline void mask_address(__u8 addr[16], const volatile __u64 mask[2])
{
	__u64 *words = (__u64 *)addr;

	words[0] &= mask[0];
	words[1] &= mask[1];
}

static __always_inline void mask_addresses(struct flow_key *key, int v6)
{
	mask_address(key->saddr, config.src_mask[v6]);
	mask_address(key->daddr, config.dst_mask[v6]);
	if (config.fields & FIELDS_NAT) {
		mask_address(key->nat_saddr, config.nat_src_mask[v6]);
		mask_address(key->nat_daddr, config.nat_dst_mask[v6]);
	}
}

__attribute__((noinline)) int make_key(struct flow_key *key)
{
	if (!key)
		return 0;
	if (key->family == AF_INET6)
		mask_addresses(key, 1);
	else
		mask_addresses(key, 0);
	TAIL(key) &= config.tail_mask;
	WIDE0(key) &= config.wide_mask[0];
	WIDE1(key) &= config.wide_mask[1];
	return 0;
}

#endif
