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
static __always_inline int ports_known(const struct nf_conntrack_tuple *orig, __u8 l4)
{
	return l4 == IPPROTO_TCP || l4 == IPPROTO_UDP ||
	       (has_ports(l4) && (orig->src.u.all || orig->dst.u.all));
}

/* The key's addresses, protocol, destination port and type of ICMP, and real_daddr. Returns the protocol. */
static __always_inline __u8 read_tuples(struct scratch *s, const struct nf_conn *ct, int v6)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[REPLY].tuple;
	__u8 l4 = orig->dst.protonum;

	copy_address(s->key.saddr, orig->src.u3.all, v6);
	copy_address(s->key.daddr, orig->dst.u3.all, v6);
	copy_address(s->real_daddr.w, reply->src.u3.all, v6);
	TAIL(&s->key) = KEY_TAIL(0, l4, v6 ? AF_INET6 : AF_INET, 0, 0, 0);
	if (ports_known(orig, l4)) {
		TAIL(&s->key) |= KEY_TAIL(orig->dst.u.all, 0, 0, 0, 1, 0);
	} else if (is_icmp(l4)) {
		__be16 type_code = orig->dst.u.all;

		TAIL(&s->key) |= KEY_TAIL(0, 0, 0, *(const __u8 *)&type_code, 0, 1);
	}
	return l4;
}

/* What the extensions of an entry tell of its life. */
struct life {
	struct nf_conn_acct acct;
	struct nf_conn_tstamp times;
};
#define LIFE_ACCT 1
#define LIFE_TIMES 2

/* Read packets and bytes, and when the connection began and stopped. Returns a set of LIFE_*: what is
 * known. Times that contradict each other are not known, as in lifetime() in end.h, nor is a stop that is 0,
 * which ctnetlink does not write.
 *
 * The kernel adds the two extensions one after the other (init_conntrack() in nf_conntrack_core.c,
 * ctnetlink_create_conntrack()), so one call mostly reads both. */
static __always_inline int read_life(const struct nf_conn *ct, struct life *life)
{
	const struct nf_ct_ext *ext = ct->ext;
	const __u8 *offsets, *begin = (const __u8 *)ext;
	__u8 acct_at = 0, times_at = 0;
	int found = 0;

	if (!ext)
		return 0;
	offsets = ext->offset;
	if (bpf_core_type_size(struct nf_conn_acct) == sizeof(life->acct))
		acct_at = offsets[bpf_core_enum_value(enum nf_ct_ext_id, NF_CT_EXT_ACCT)];
	if (bpf_core_enum_value_exists(enum nf_ct_ext_id, NF_CT_EXT_TSTAMP) &&
	    bpf_core_type_size(struct nf_conn_tstamp) == sizeof(life->times))
		times_at = offsets[bpf_core_enum_value(enum nf_ct_ext_id, NF_CT_EXT_TSTAMP)];
	if (acct_at && times_at == acct_at + sizeof(life->acct)) {
		if (!bpf_probe_read_kernel(life, sizeof(*life), begin + acct_at))
			found = LIFE_ACCT | LIFE_TIMES;
	} else {
		if (acct_at && !bpf_probe_read_kernel(&life->acct, sizeof(life->acct), begin + acct_at))
			found = LIFE_ACCT;
		if (times_at && !bpf_probe_read_kernel(&life->times, sizeof(life->times), begin + times_at))
			found |= LIFE_TIMES;
	}
	if (found & LIFE_TIMES && (!life->times.start || life->times.stop < life->times.start))
		found &= ~LIFE_TIMES;
	return found;
}

/* The state of TCP in which the connection has ended. */
static __always_inline __u8 read_state(const struct nf_conn *ct, __u8 l4)
{
	__u8 state;

	if (l4 != IPPROTO_TCP)
		return TCP_CONNTRACK_NONE;
	state = ct->proto.tcp.state;
	return state < TCP_CONNTRACK_MAX ? state : TCP_CONNTRACK_NONE;
}

static __always_inline void read_end(struct facts *f, const struct nf_conn *ct, __u8 l4)
{
	struct life life;
	int found = read_life(ct, &life);

	f->unreplied = !(ct->status & IPS_SEEN_REPLY);
	f->clash = is_clash(ct->status);
	f->tcp_state = read_state(ct, l4);
	if (found & LIFE_ACCT) {
		f->orig_packets = life.acct.counter[0];
		f->orig_bytes = life.acct.counter[1];
		f->reply_packets = life.acct.counter[2];
		f->reply_bytes = life.acct.counter[3];
		f->has_counters = 1;
	}
	if (found & LIFE_TIMES) {
		f->timed = 1;
		f->duration_us = (life.times.stop - life.times.start) / 1000;
		f->time_ns = life.times.stop;
	}
}

/* The zone of a direction. ctnetlink writes the zone of an entry whose directions have the same zone, or
 * that of the direction that has one; `dir' is a set with one bit a direction. */
static __always_inline __u16 zone_of(const struct nf_conn *ct, int direction)
{
	if (!bpf_core_field_exists(ct->zone) || !(ct->zone.dir & 1 << direction))
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
		key->zone = zone_of(ct, ORIGINAL);
	if (config.fields & FIELD_MARK || config.selects & SELECT_MARK)
		key->mark = mark_of(ct);
	if (config.fields & FIELDS_NAT)
		read_translation(key, ct, v6);
}

#endif
