/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "source/message.h"

/* linux/netfilter/nfnetlink_conntrack.h of Linux 6.14; older headers lack it. */
#define TIMESTAMP_EVENT 27

uint8_t message_address(uint8_t to[16], const char *text)
{
	memset(to, 0, 16);
	if (inet_pton(AF_INET, text, to) == 1)
		return AF_INET;
	memset(to, 0, 16);
	assert(inet_pton(AF_INET6, text, to) == 1);
	return AF_INET6;
}

static bool ports_in_tuple(uint8_t l4)
{
	switch (l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_GRE:
		return true;
	}
	return false;
}

static bool ports_in_event(uint8_t l4)
{
	return ports_in_tuple(l4) && l4 != IPPROTO_GRE;
}

static bool is_icmp(uint8_t l4)
{
	return l4 == IPPROTO_ICMP || l4 == IPPROTO_ICMPV6;
}

static void reverse(struct message_tuple *to, const struct message_tuple *from, uint8_t l4)
{
	memcpy(to->src, from->dst, 16);
	memcpy(to->dst, from->src, 16);
	to->sport = from->dport;
	to->dport = from->sport;
	to->icmp_id = from->icmp_id;
	to->icmp_code = 0;
	to->icmp_type = l4 == IPPROTO_ICMP ? 0 : 129;	/* echo reply */
}

struct message_spec message_spec(enum message_kind kind, uint8_t l4, const char *src,
				 const char *dst)
{
	struct message_spec s = {
		.kind = kind,
		.l4 = l4,
		.id = 0x12345678,
		.status = IPS_SEEN_REPLY | IPS_CONFIRMED | (kind == MESSAGE_DESTROY ? IPS_DYING : 0),
		.timeout_s = kind == MESSAGE_DESTROY ? 0 : 120,
	};

	s.family = message_address(s.orig.src, src);
	message_address(s.orig.dst, dst);
	s.orig.sport = 40000;
	s.orig.dport = 443;
	s.orig.icmp_id = 99;
	s.orig.icmp_type = l4 == IPPROTO_ICMP ? 8 : 128;	/* echo request */
	reverse(&s.reply, &s.orig, l4);
	return s;
}

static void random_tuple(struct message_tuple *t, uint8_t family, struct random *r)
{
	memset(t, 0, sizeof(*t));
	random_bytes(r, t->src, family == AF_INET ? 4 : 16);
	random_bytes(r, t->dst, family == AF_INET ? 4 : 16);
	t->sport = random_next(r);
	t->dport = random_next(r);
	t->icmp_id = random_next(r);
	t->icmp_type = random_next(r);
	t->icmp_code = random_next(r);
}

/* 0 half of the time: the attribute is not there */
static uint64_t sometimes(struct random *r, uint64_t value)
{
	return random_below(r, 2) ? value : 0;
}

/* The kernel tells the state of these. */
static bool has_state(const struct message_spec *s)
{
	return s->l4 == IPPROTO_TCP ||
	       (s->kind == MESSAGE_DESTROY && (s->l4 == IPPROTO_SCTP || s->l4 == IPPROTO_DCCP));
}

void message_random(struct message_spec *s, struct random *r)
{
	static const uint8_t common[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP,
		IPPROTO_DCCP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_GRE,
	};
	uint64_t begin_ns = 1700000000000000000 + random_below(r, 1ULL << 56);

	memset(s, 0, sizeof(*s));
	s->kind = random_below(r, 2) ? MESSAGE_NEW : MESSAGE_DESTROY;
	s->family = random_below(r, 2) ? AF_INET : AF_INET6;
	s->l4 = random_below(r, 4) ? common[random_below(r, sizeof(common))] : random_next(r);
	random_tuple(&s->orig, s->family, r);
	reverse(&s->reply, &s->orig, s->l4);
	if (random_below(r, 2))
		random_tuple(&s->reply, s->family, r);
	s->zone_in = random_below(r, 4);
	s->zone = sometimes(r, 1 + random_below(r, 65535));
	s->id = random_next(r);
	s->status = random_next(r);
	s->timeout_s = s->kind == MESSAGE_NEW ? random_next(r) : sometimes(r, random_next(r));
	s->mark = sometimes(r, random_next(r));
	s->protoinfo = has_state(s) && random_below(r, 2);
	s->tcp_state = random_below(r, 16);
	s->port = random_below(r, 4) ? 0 : random_next(r);
	s->labels = s->kind == MESSAGE_NEW && random_below(r, 4) == 0;
	s->event_ns = sometimes(r, begin_ns);
	if (s->kind == MESSAGE_NEW)
		return;
	s->counted = random_below(r, 2);
	s->orig_packets = random_next(r) >> random_below(r, 64);
	s->orig_bytes = random_next(r) >> random_below(r, 64);
	s->reply_packets = random_next(r) >> random_below(r, 64);
	s->reply_bytes = random_next(r) >> random_below(r, 64);
	s->start_ns = sometimes(r, begin_ns);
	s->stop_ns = s->start_ns && random_below(r, 8) ? begin_ns - 1000 + random_below(r, 1ULL << 50) : 0;
}

/* --- attributes ------------------------------------------------------------- */

static void put_be16(struct nlmsghdr *nlh, int type, uint16_t value)
{
	mnl_attr_put_u16(nlh, type, htons(value));
}

static void put_be32(struct nlmsghdr *nlh, int type, uint32_t value)
{
	mnl_attr_put_u32(nlh, type, htonl(value));
}

static void put_be64(struct nlmsghdr *nlh, int type, uint64_t value)
{
	mnl_attr_put_u64(nlh, type, htobe64(value));
}

static void put_protocol(struct nlmsghdr *nlh, const struct message_tuple *t, uint8_t l4)
{
	bool v4 = l4 == IPPROTO_ICMP;

	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, l4);
	if (ports_in_tuple(l4)) {
		put_be16(nlh, CTA_PROTO_SRC_PORT, t->sport);
		put_be16(nlh, CTA_PROTO_DST_PORT, t->dport);
	} else if (is_icmp(l4)) {
		put_be16(nlh, v4 ? CTA_PROTO_ICMP_ID : CTA_PROTO_ICMPV6_ID, t->icmp_id);
		mnl_attr_put_u8(nlh, v4 ? CTA_PROTO_ICMP_TYPE : CTA_PROTO_ICMPV6_TYPE, t->icmp_type);
		mnl_attr_put_u8(nlh, v4 ? CTA_PROTO_ICMP_CODE : CTA_PROTO_ICMPV6_CODE, t->icmp_code);
	}
}

static void put_tuple(struct nlmsghdr *nlh, int type, const struct message_spec *s,
		      const struct message_tuple *t, uint16_t zone)
{
	struct nlattr *tuple = mnl_attr_nest_start(nlh, type), *nest;
	bool v4 = s->family == AF_INET;

	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put(nlh, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, v4 ? 4 : 16, t->src);
	mnl_attr_put(nlh, v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, v4 ? 4 : 16, t->dst);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	put_protocol(nlh, t, s->l4);
	mnl_attr_nest_end(nlh, nest);
	if (zone)
		put_be16(nlh, CTA_TUPLE_ZONE, zone);
	mnl_attr_nest_end(nlh, tuple);
}

static void put_tuples(struct nlmsghdr *nlh, const struct message_spec *s)
{
	put_tuple(nlh, CTA_TUPLE_ORIG, s, &s->orig, s->zone_in == MESSAGE_ZONE_ORIG ? s->zone : 0);
	put_tuple(nlh, CTA_TUPLE_REPLY, s, &s->reply, s->zone_in == MESSAGE_ZONE_REPLY ? s->zone : 0);
	if (s->zone_in == MESSAGE_ZONE_BOTH && s->zone)
		put_be16(nlh, CTA_ZONE, s->zone);
}

static void put_counters(struct nlmsghdr *nlh, int type, uint64_t packets, uint64_t bytes)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	put_be64(nlh, CTA_COUNTERS_PACKETS, packets);
	put_be64(nlh, CTA_COUNTERS_BYTES, bytes);
	mnl_attr_nest_end(nlh, nest);
}

static void put_lifetime(struct nlmsghdr *nlh, const struct message_spec *s)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, CTA_TIMESTAMP);

	put_be64(nlh, CTA_TIMESTAMP_START, s->start_ns);
	if (s->stop_ns)
		put_be64(nlh, CTA_TIMESTAMP_STOP, s->stop_ns);
	mnl_attr_nest_end(nlh, nest);
}

/* Of a connection that has just begun, or has been closed, unless the description says otherwise. */
static uint8_t tcp_state(const struct message_spec *s)
{
	if (s->tcp_state)
		return s->tcp_state;
	return s->kind == MESSAGE_DESTROY ? TCP_CONNTRACK_TIME_WAIT : TCP_CONNTRACK_SYN_SENT;
}

/* CTA_PROTOINFO_SCTP_STATE and CTA_PROTOINFO_DCCP_STATE have the same number as that of TCP, and
 * of these protocols a DESTROY says no more. */
static int protoinfo_of(const struct message_spec *s)
{
	return s->l4 == IPPROTO_SCTP ? CTA_PROTOINFO_SCTP :
	       s->l4 == IPPROTO_DCCP ? CTA_PROTOINFO_DCCP : CTA_PROTOINFO_TCP;
}

static void put_protoinfo(struct nlmsghdr *nlh, const struct message_spec *s)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, CTA_PROTOINFO);
	struct nlattr *tcp = mnl_attr_nest_start(nlh, protoinfo_of(s));
	struct nf_ct_tcp_flags orig = { .flags = 3 }, reply = { 0 };
	bool over = s->kind == MESSAGE_DESTROY;

	mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_STATE, tcp_state(s));
	if (!over) {
		mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, 10);
		mnl_attr_put_u8(nlh, CTA_PROTOINFO_TCP_WSCALE_REPLY, 0);
		mnl_attr_put(nlh, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, sizeof(orig), &orig);
		mnl_attr_put(nlh, CTA_PROTOINFO_TCP_FLAGS_REPLY, sizeof(reply), &reply);
	}
	mnl_attr_nest_end(nlh, tcp);
	mnl_attr_nest_end(nlh, info);
}

/* --- messages --------------------------------------------------------------- */

static struct nlmsghdr *begin(struct message *m, int type, int flags, uint8_t family)
{
	struct nlmsghdr *nlh;
	struct nfgenmsg *nfg;

	memset(m->bytes, 0, sizeof(m->bytes));	/* what libmnl leaves between attributes */
	nlh = mnl_nlmsg_put_header(m->bytes);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type;
	nlh->nlmsg_flags = flags;
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	return nlh;
}

static void end(struct message *m, const struct nlmsghdr *nlh)
{
	assert(nlh->nlmsg_len <= sizeof(m->bytes));
	m->len = nlh->nlmsg_len;
}

static void put_end(struct nlmsghdr *nlh, const struct message_spec *s)
{
	if (s->timeout_s)
		put_be32(nlh, CTA_TIMEOUT, s->timeout_s);
	if (s->counted) {
		put_counters(nlh, CTA_COUNTERS_ORIG, s->orig_packets, s->orig_bytes);
		put_counters(nlh, CTA_COUNTERS_REPLY, s->reply_packets, s->reply_bytes);
	}
	if (s->start_ns)
		put_lifetime(nlh, s);
	if (s->protoinfo)
		put_protoinfo(nlh, s);
}

static void put_start(struct nlmsghdr *nlh, const struct message_spec *s)
{
	static const uint8_t labels[16] = { 1, 2, 3 };

	put_be32(nlh, CTA_TIMEOUT, s->timeout_s);
	if (s->protoinfo)
		put_protoinfo(nlh, s);
	if (s->labels)
		mnl_attr_put(nlh, CTA_LABELS, sizeof(labels), labels);
}

void message_build(struct message *m, const struct message_spec *s)
{
	struct nlmsghdr *nlh =
		begin(m, s->kind == MESSAGE_DESTROY ? IPCTNL_MSG_CT_DELETE : IPCTNL_MSG_CT_NEW,
		      s->kind == MESSAGE_NEW ? NLM_F_CREATE | NLM_F_EXCL : 0, s->family);

	nlh->nlmsg_pid = s->port;
	put_tuples(nlh, s);
	put_be32(nlh, CTA_ID, s->id);
	put_be32(nlh, CTA_STATUS, s->status);
	if (s->kind == MESSAGE_DESTROY)
		put_end(nlh, s);
	else
		put_start(nlh, s);
	if (s->mark)
		put_be32(nlh, CTA_MARK, s->mark);
	if (s->event_ns)
		put_be64(nlh, TIMESTAMP_EVENT, s->event_ns);
	end(m, nlh);
}

void message_create(struct message *m, const struct message_spec *s)
{
	struct nlmsghdr *nlh = begin(m, IPCTNL_MSG_CT_NEW, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL,
				     s->family);

	put_tuples(nlh, s);
	put_be32(nlh, CTA_STATUS, s->status);
	put_be32(nlh, CTA_TIMEOUT, s->timeout_s);
	if (s->mark)
		put_be32(nlh, CTA_MARK, s->mark);
	end(m, nlh);
}

void message_delete(struct message *m, const struct message_spec *s)
{
	struct nlmsghdr *nlh = begin(m, IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST, s->family);

	put_tuple(nlh, CTA_TUPLE_ORIG, s, &s->orig, s->zone_in == MESSAGE_ZONE_ORIG ? s->zone : 0);
	if (s->zone_in == MESSAGE_ZONE_BOTH && s->zone)
		put_be16(nlh, CTA_ZONE, s->zone);
	end(m, nlh);
}

/* --- what it stands for ------------------------------------------------------ */

static void event_address(__u8 to[16], const struct message_spec *s, const uint8_t from[16])
{
	if (s->family == AF_INET)
		flow_addr_v4(to, from);
	else
		memcpy(to, from, 16);
}

static void event_tuple(const struct message_spec *s, const struct message_tuple *from,
			struct flow_tuple *to)
{
	event_address(to->saddr, s, from->src);
	event_address(to->daddr, s, from->dst);
	if (ports_in_event(s->l4)) {
		to->sport = htons(from->sport);
		to->dport = htons(from->dport);
	}
}

static void event_end(const struct message_spec *s, struct flow_event *ev)
{
	ev->kind = FLOW_END;
	ev->replied = s->status & IPS_SEEN_REPLY;
	ev->clash = s->status & IPS_UNTRACKED;
	if (s->protoinfo && protoinfo_of(s) == CTA_PROTOINFO_TCP)
		ev->tcp_state = tcp_state(s);
	ev->has_counters = s->counted;
	if (s->counted) {
		ev->orig_packets = s->orig_packets;
		ev->orig_bytes = s->orig_bytes;
		ev->reply_packets = s->reply_packets;
		ev->reply_bytes = s->reply_bytes;
	}
	if (s->start_ns && s->stop_ns >= s->start_ns) {
		ev->timed = ev->has_time = true;
		ev->duration_ns = s->stop_ns - s->start_ns;
		ev->time_ns = s->stop_ns;
	}
}

void message_event(const struct message_spec *s, struct flow_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = FLOW_START;
	ev->injected = s->kind != MESSAGE_DESTROY && s->port;
	ev->conntrack = true;
	ev->family = s->family;
	ev->l4 = s->l4;
	ev->has_ports = ports_in_event(s->l4);
	event_tuple(s, &s->orig, &ev->orig);
	event_tuple(s, &s->reply, &ev->reply);
	if (is_icmp(s->l4)) {
		ev->icmp_type = s->orig.icmp_type;
		ev->icmp_code = s->orig.icmp_code;
		ev->has_icmp = true;
	}
	if (s->zone_in == MESSAGE_ZONE_BOTH || s->zone_in == MESSAGE_ZONE_ORIG)
		ev->zone = s->zone;
	ev->mark = s->mark;
	ev->id = htonl(s->id);
	ev->has_time = s->event_ns != 0;
	ev->time_ns = s->event_ns;
	if (s->kind == MESSAGE_DESTROY)
		event_end(s, ev);
}

bool message_same_connection(const struct flow_event *a, const struct flow_event *b)
{
	return !memcmp(&a->orig, &b->orig, sizeof(a->orig)) &&
	       !memcmp(&a->reply, &b->reply, sizeof(a->reply)) &&
	       a->family == b->family && a->l4 == b->l4 && a->dir == b->dir &&
	       a->has_ports == b->has_ports && a->has_icmp == b->has_icmp &&
	       a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code &&
	       a->zone == b->zone && a->mark == b->mark && a->conntrack == b->conntrack;
}
