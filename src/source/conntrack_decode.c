/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "flow/proto.h"
#include "host/netlink.h"
#include "source/conntrack.h"

/* linux/netfilter/nfnetlink_conntrack.h of Linux 6.14, older headers lack it: the
 * highest attribute type that matters here, at any level. */
#define TIMESTAMP_EVENT 27

#ifndef IPS_HW_OFFLOAD	/* linux/netfilter/nf_conntrack_common.h of Linux 5.7 */
#define IPS_HW_OFFLOAD (1 << 15)
#endif

/* The attributes of one level, the first of each type: slot n is type n. A
 * repeated type and what follows a damaged header do not count. The kernel table
 * reads messages by the same rules (table/agg.bpf.c). */
struct attributes {
	const struct nlattr *of[TIMESTAMP_EVENT + 1];
};

static void list_attributes(struct attributes *list, const void *data, size_t len)
{
	const struct nlattr *attr = data;
	int left = len;

	memset(list, 0, sizeof(*list));
	for (; mnl_attr_ok(attr, left); attr = mnl_attr_next(attr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= TIMESTAMP_EVENT && !list->of[type])
			list->of[type] = attr;
		left -= MNL_ALIGN(attr->nla_len);
	}
}

/* The attributes inside of one, none when it is missing. */
static void list_nested(struct attributes *list, const struct nlattr *parent)
{
	if (parent)
		list_attributes(list, mnl_attr_get_payload(parent), mnl_attr_get_payload_len(parent));
	else
		memset(list, 0, sizeof(*list));
}

/* Copy an attribute's payload, which is exactly so long; false when it is not,
 * or missing. */
static bool take(const struct attributes *list, int type, void *to, size_t len)
{
	const struct nlattr *attr = list->of[type];

	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}

static bool take_be64(const struct attributes *list, int type, uint64_t *host)
{
	__be64 wire;

	if (!take(list, type, &wire, sizeof(wire)))
		return false;
	*host = be64toh(wire);
	return true;
}

static bool take_address(const struct attributes *ip, __u8 family, bool source, __u8 addr[16])
{
	__be32 ip4;

	if (family == AF_INET6)
		return take(ip, source ? CTA_IP_V6_SRC : CTA_IP_V6_DST, addr, 16);
	if (family != AF_INET || !take(ip, source ? CTA_IP_V4_SRC : CTA_IP_V4_DST, &ip4, 4))
		return false;
	flow_addr_v4(addr, &ip4);
	return true;
}

static bool take_protocol(const struct attributes *proto, struct flow_event *ev)
{
	struct flow_key *key = &ev->key;

	if (!take(proto, CTA_PROTO_NUM, &key->l4, 1))
		return false;
	/* A kernel without a tracker for one of these sends no ports, and GRE's key
	 * comes in their place. */
	if (proto_has_ports(key->l4))
		key->has_ports = take(proto, CTA_PROTO_DST_PORT, &key->dport, sizeof(key->dport));
	if (key->has_ports)
		take(proto, CTA_PROTO_SRC_PORT, &ev->extra.sport, sizeof(ev->extra.sport));
	if (key->l4 != IPPROTO_ICMP && key->l4 != IPPROTO_ICMPV6)
		return true;
	if (key->l4 == IPPROTO_ICMP) {
		key->has_icmp = take(proto, CTA_PROTO_ICMP_TYPE, &key->icmp_type, 1);
		take(proto, CTA_PROTO_ICMP_CODE, &ev->extra.icmp_code, 1);
	} else {
		key->has_icmp = take(proto, CTA_PROTO_ICMPV6_TYPE, &key->icmp_type, 1);
		take(proto, CTA_PROTO_ICMPV6_CODE, &ev->extra.icmp_code, 1);
	}
	return key->has_icmp;
}

/* The zone of both directions, or that of the original one; none is zone 0. And the
 * mark, which is not sent when it is 0. */
static void take_zone(const struct attributes *msg, const struct attributes *orig,
		      struct flow_extra *extra)
{
	__be32 mark = 0;
	__be16 zone = 0;

	if (!take(msg, CTA_ZONE, &zone, sizeof(zone)))
		take(orig, CTA_TUPLE_ZONE, &zone, sizeof(zone));
	take(msg, CTA_MARK, &mark, sizeof(mark));
	extra->zone = ntohs(zone);
	extra->mark = ntohl(mark);
	extra->conntrack = true;
}

static bool take_tuples(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes tuple, ip, proto;

	list_nested(&tuple, msg->of[CTA_TUPLE_ORIG]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	list_nested(&proto, tuple.of[CTA_TUPLE_PROTO]);
	if (!take_address(&ip, ev->key.family, true, ev->key.saddr) ||
	    !take_address(&ip, ev->key.family, false, ev->key.daddr) ||
	    !take_protocol(&proto, ev))
		return false;
	take_zone(msg, &tuple, &ev->extra);
	list_nested(&tuple, msg->of[CTA_TUPLE_REPLY]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	if (ev->key.has_ports) {
		list_nested(&proto, tuple.of[CTA_TUPLE_PROTO]);
		take(&proto, CTA_PROTO_SRC_PORT, &ev->extra.nat_dport, sizeof(ev->extra.nat_dport));
		take(&proto, CTA_PROTO_DST_PORT, &ev->extra.nat_sport, sizeof(ev->extra.nat_sport));
	}
	take_address(&ip, ev->key.family, false, ev->extra.nat_saddr);
	return take_address(&ip, ev->key.family, true, ev->real_daddr);
}

static void take_identity(const struct attributes *msg, struct flow_event *ev)
{
	struct flow_identity *identity = &ev->identity;

	take(msg, CTA_ID, &identity->id, sizeof(identity->id));
	identity->sport = ev->extra.sport;
	identity->dport = ev->key.dport;
	memcpy(&identity->saddr, ev->key.saddr + 12, sizeof(identity->saddr));
	memcpy(&identity->daddr, ev->key.daddr + 12, sizeof(identity->daddr));
}

static void take_counters(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes orig, reply;

	list_nested(&orig, msg->of[CTA_COUNTERS_ORIG]);
	list_nested(&reply, msg->of[CTA_COUNTERS_REPLY]);
	ev->counted = take_be64(&orig, CTA_COUNTERS_PACKETS, &ev->orig_packets) &&
		      take_be64(&orig, CTA_COUNTERS_BYTES, &ev->orig_bytes) &&
		      take_be64(&reply, CTA_COUNTERS_PACKETS, &ev->reply_packets) &&
		      take_be64(&reply, CTA_COUNTERS_BYTES, &ev->reply_bytes);
}

static void take_lifetime(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes times;
	uint64_t start_ns, stop_ns;

	list_nested(&times, msg->of[CTA_TIMESTAMP]);
	if (!take_be64(&times, CTA_TIMESTAMP_START, &start_ns) ||
	    !take_be64(&times, CTA_TIMESTAMP_STOP, &stop_ns))
		return;
	if (!start_ns || stop_ns < start_ns)	/* the clock was set in between */
		return;
	ev->timed = true;
	ev->duration_ns = stop_ns - start_ns;
	ev->has_time = true;
	ev->time_ns = stop_ns;
}

static bool take_end(const struct attributes *msg, struct flow_event *ev)
{
	__be32 status;

	if (!take(msg, CTA_STATUS, &status, sizeof(status)))
		return false;
	ev->replied = ntohl(status) & IPS_SEEN_REPLY;
	take_counters(msg, ev);
	take_lifetime(msg, ev);
	return true;
}

/* What kind of event a message is, by its header. */
static int kind_of(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW:
		/* without it, an update */
		return nlh->nlmsg_flags & NLM_F_CREATE ? FLOW_START : -EBADMSG;
	case NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE:
		return FLOW_END;
	}
	return -EBADMSG;
}

/* The attributes of a message, and of the event what every kind has. */
static int take_common(const void *data, size_t len, struct attributes *msg, struct flow_event *ev)
{
	const struct nlmsghdr *nlh = data;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	if (!netlink_message_ok(nlh, len) || mnl_nlmsg_get_payload_len(nlh) < sizeof(*nfg))
		return -EBADMSG;
	memset(ev, 0, sizeof(*ev));
	flow_key_init(&ev->key);
	ev->key.family = nfg->nfgen_family;
	list_attributes(msg, mnl_nlmsg_get_payload_offset(nlh, sizeof(*nfg)),
			mnl_nlmsg_get_payload_len(nlh) - NLMSG_ALIGN(sizeof(*nfg)));
	if (!take_tuples(msg, ev))
		return -EBADMSG;
	take_identity(msg, ev);
	return 0;
}

int conntrack_decode(const void *data, size_t len, struct flow_event *ev)
{
	struct attributes msg;
	int kind, err = take_common(data, len, &msg, ev);

	if (err)
		return err;
	kind = kind_of(data);
	if (kind < 0)
		return kind;
	ev->kind = kind;
	ev->has_time = take_be64(&msg, TIMESTAMP_EVENT, &ev->time_ns);
	if (kind == FLOW_END && !take_end(&msg, ev))
		return -EBADMSG;
	return 0;
}

int conntrack_decode_entry(const void *data, size_t len, struct conntrack_entry *entry)
{
	const struct nlmsghdr *nlh = data;
	struct flow_event *ev = &entry->event;
	struct attributes msg, times;
	__be32 status;
	int err = take_common(data, len, &msg, ev);

	if (err)
		return err;
	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
	    !take(&msg, CTA_STATUS, &status, sizeof(status)))
		return -EBADMSG;
	ev->kind = FLOW_LIVE;
	ev->replied = ntohl(status) & IPS_SEEN_REPLY;
	take_counters(&msg, ev);
	list_nested(&times, msg.of[CTA_TIMESTAMP]);
	ev->has_time = take_be64(&times, CTA_TIMESTAMP_START, &ev->time_ns);
	entry->ending = ntohl(status) & IPS_DYING;
	entry->offloaded = ntohl(status) & (IPS_OFFLOAD | IPS_HW_OFFLOAD);
	return 0;
}
