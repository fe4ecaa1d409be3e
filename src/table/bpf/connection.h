/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_CONNECTION_H
#define CTAGG_TABLE_BPF_CONNECTION_H

/* An entry of the connection table -> the key and the facts that message.h, end.h and extras.h make of
 * the message that ctnetlink writes about the entry (net/netfilter/nf_conntrack_netlink.c). */

#include "flow/tcp_end.h"
#include "table/bpf/nf_conn.h"
#include "table/bpf/scratch.h"

#define ORIGINAL 0	/* IP_CT_DIR_ORIGINAL and IP_CT_DIR_REPLY, places in tuplehash */
#define REPLY 1

static __always_inline int is_icmp(__u8 l4)
{
	return l4 == IPPROTO_ICMP || l4 == IPPROTO_ICMPV6;
}

/* Whether ctnetlink writes ports. A kernel without a tracker for the protocol writes none, and has 0 for
 * both: TCP and UDP have trackers always. */
static __always_inline int ports_known(__u8 l4, __be16 sport, __be16 dport)
{
	return has_ports(l4) && (l4 == IPPROTO_TCP || l4 == IPPROTO_UDP || (sport | dport));
}

/* The key's addresses, protocol, destination port and type of ICMP, and real_daddr. */
static __always_inline void read_tuples(struct scratch *s, const struct nf_conn *ct, int v6)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[REPLY].tuple;
	__u8 l4 = orig->dst.protonum;

	copy_address(s->key.saddr, orig->src.u3.all, v6);
	copy_address(s->key.daddr, orig->dst.u3.all, v6);
	copy_address(s->real_daddr.w, reply->src.u3.all, v6);
	TAIL(&s->key) = KEY_TAIL(0, l4, v6 ? AF_INET6 : AF_INET, 0, 0, 0);
	if (is_icmp(l4)) {
		__be16 type_code = orig->dst.u.all;

		TAIL(&s->key) |= KEY_TAIL(0, 0, 0, *(const __u8 *)&type_code, 0, 1);
	} else if (ports_known(l4, orig->src.u.all, orig->dst.u.all)) {
		TAIL(&s->key) |= KEY_TAIL(orig->dst.u.all, 0, 0, 0, 1, 0);
	}
}

/* Read an extension of the entry of so many bytes. Returns 0 where the entry has none. */
static __always_inline int extension(const struct nf_conn *ct, __u32 id, void *to, __u32 bytes)
{
	const struct nf_ct_ext *ext = ct->ext;
	const __u8 *offsets;
	__u8 at;

	if (!ext)
		return 0;
	offsets = ext->offset;
	at = offsets[id];
	return at && !bpf_probe_read_kernel(to, bytes, (const __u8 *)ext + at);
}

static __always_inline void read_counters(struct facts *f, const struct nf_conn *ct)
{
	struct nf_conn_acct acct;

	if (bpf_core_type_size(struct nf_conn_acct) != sizeof(acct) ||
	    !extension(ct, bpf_core_enum_value(enum nf_ct_ext_id, NF_CT_EXT_ACCT), &acct, sizeof(acct)))
		return;
	f->orig_packets = acct.counter[0];
	f->orig_bytes = acct.counter[1];
	f->reply_packets = acct.counter[2];
	f->reply_bytes = acct.counter[3];
	f->has_counters = 1;
}

/* As lifetime() in end.h does. A stop that is 0 is not written. */
static __always_inline void read_lifetime(struct facts *f, const struct nf_conn *ct, __u64 *start_ns)
{
	struct nf_conn_tstamp times;

	if (!bpf_core_enum_value_exists(enum nf_ct_ext_id, NF_CT_EXT_TSTAMP) ||
	    bpf_core_type_size(struct nf_conn_tstamp) != sizeof(times) ||
	    !extension(ct, bpf_core_enum_value(enum nf_ct_ext_id, NF_CT_EXT_TSTAMP), &times, sizeof(times)))
		return;
	if (!times.start || times.stop < times.start)
		return;
	f->timed = 1;
	f->duration_us = (times.stop - times.start) / 1000;
	f->time_ns = times.stop;
	*start_ns = times.start;
}

/* Returns when the connection began; 0: unknown. */
static __always_inline __u64 read_end(struct facts *f, const struct nf_conn *ct, __u8 l4)
{
	__u64 start_ns = 0;

	f->unreplied = !(ct->status & IPS_SEEN_REPLY);
	read_counters(f, ct);
	read_lifetime(f, ct, &start_ns);
	if (l4 == IPPROTO_TCP) {
		__u8 state = ct->proto.tcp.state;

		f->tcp_state = state < TCP_CONNTRACK_MAX ? state : TCP_CONNTRACK_NONE;
	}
	return start_ns;
}

/* The zone of the original direction. ctnetlink writes the zone of an entry whose directions have the
 * same zone, or that of the direction that has one; `dir' is a set with one bit a direction. */
static __always_inline __u16 zone_of(const struct nf_conn *ct)
{
	if (!bpf_core_field_exists(ct->zone) || !(ct->zone.dir & 1 << ORIGINAL))
		return 0;
	return ct->zone.id;
}

static __always_inline __u32 mark_of(const struct nf_conn *ct)
{
	return bpf_core_field_exists(ct->mark) ? ct->mark : 0;
}

static __always_inline void read_translation(struct flow_key *key, const struct nf_conn *ct, int v6)
{
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[REPLY].tuple;

	copy_address(key->nat_saddr, reply->dst.u3.all, v6);
	copy_address(key->nat_daddr, reply->src.u3.all, v6);
	if (!key->has_ports)
		return;
	if (config.fields & FIELD_NAT_SPORT)
		key->nat_sport = reply->dst.u.all;
	if (config.fields & FIELD_NAT_DPORT)
		key->nat_dport = reply->src.u.all;
}

/* What a selection, or a key other than the default one, needs besides. */
static __always_inline void read_extras(struct flow_key *key, const struct nf_conn *ct, int v6)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[ORIGINAL].tuple;

	if (key->has_ports)
		key->sport = orig->src.u.all;
	if (key->has_icmp) {
		__be16 type_code = orig->dst.u.all;

		key->icmp_code = ((const __u8 *)&type_code)[1];
	}
	if (config.fields & FIELD_ZONE || config.selects & SELECT_ZONE)
		key->zone = zone_of(ct);
	if (config.fields & FIELD_MARK || config.selects & SELECT_MARK)
		key->mark = mark_of(ct);
	if (config.fields & FIELDS_NAT)
		read_translation(key, ct, v6);
}

#endif
