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

#include "flow/identity.h"
#include "flow/proto.h"
#include "hash/siphash.h"
#include "host/netlink.h"
#include "source/conntrack.h"

/* CTA_TIMESTAMP_EVENT of linux/netfilter/nfnetlink_conntrack.h, which headers before Linux 6.14
 * lack. The highest attribute type that is read here, at any level of nesting. */
#define TIMESTAMP_EVENT 27

#ifndef IPS_HW_OFFLOAD	/* linux/netfilter/nf_conntrack_common.h of Linux 5.7 */
#define IPS_HW_OFFLOAD (1 << 15)
#endif

/* The attributes of one level of nesting: of[n] is the one of type n, or NULL. If a type is
 * repeated, the first attribute is listed. Attributes behind a damaged header are not listed.
 * The kernel table reads messages by the same rules (table/bpf/agg.bpf.c). */
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

/* The attributes inside parent; none when parent is missing (NULL). */
static void list_nested(struct attributes *list, const struct nlattr *parent)
{
	if (parent)
		list_attributes(list, mnl_attr_get_payload(parent), mnl_attr_get_payload_len(parent));
	else
		memset(list, 0, sizeof(*list));
}

/* Copy the payload of an attribute. False when the attribute is missing, or its payload
 * is not exactly len bytes long. */
static bool copy(const struct attributes *list, int type, void *to, size_t len)
{
	const struct nlattr *attr = list->of[type];

	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}

static bool copy_be64(const struct attributes *list, int type, uint64_t *host)
{
	__be64 wire;

	if (!copy(list, type, &wire, sizeof(wire)))
		return false;
	*host = be64toh(wire);
	return true;
}

static bool read_address(const struct attributes *ip, __u8 family, bool source, __u8 addr[16])
{
	__be32 ip4;

	if (family == AF_INET6)
		return copy(ip, source ? CTA_IP_V6_SRC : CTA_IP_V6_DST, addr, 16);
	if (family != AF_INET || !copy(ip, source ? CTA_IP_V4_SRC : CTA_IP_V4_DST, &ip4, 4))
		return false;
	flow_addr_v4(addr, &ip4);
	return true;
}

static bool read_icmp(const struct attributes *proto, struct flow_event *ev)
{
	bool v4 = ev->l4 == IPPROTO_ICMP;

	copy(proto, v4 ? CTA_PROTO_ICMP_CODE : CTA_PROTO_ICMPV6_CODE, &ev->icmp_code, 1);
	return copy(proto, v4 ? CTA_PROTO_ICMP_TYPE : CTA_PROTO_ICMPV6_TYPE, &ev->icmp_type, 1);
}

/* The protocol of the original direction. Ports are read only of protocols that have ports, because
 * a GRE key comes in the attributes of ports; and only if the destination's port is there, because
 * a kernel without a tracker for the protocol sends no ports. */
static bool read_protocol(const struct attributes *proto, struct flow_event *ev)
{
	struct flow_tuple *orig = &ev->orig;

	if (!copy(proto, CTA_PROTO_NUM, &ev->l4, 1))
		return false;
	if (proto_has_ports(ev->l4))
		ev->has_ports = copy(proto, CTA_PROTO_DST_PORT, &orig->dport, sizeof(orig->dport));
	if (ev->has_ports)
		copy(proto, CTA_PROTO_SRC_PORT, &orig->sport, sizeof(orig->sport));
	if (ev->l4 != IPPROTO_ICMP && ev->l4 != IPPROTO_ICMPV6)
		return true;
	ev->has_icmp = read_icmp(proto, ev);
	return ev->has_icmp;
}

/* CTA_ZONE is the zone of both directions. If the directions have different zones, each tuple
 * carries its own in CTA_TUPLE_ZONE. Zone 0 and mark 0 are not sent. */
static void read_zone_and_mark(const struct attributes *msg, const struct attributes *orig,
			       struct flow_event *ev)
{
	__be32 mark = 0;
	__be16 zone = 0;

	if (!copy(msg, CTA_ZONE, &zone, sizeof(zone)))
		copy(orig, CTA_TUPLE_ZONE, &zone, sizeof(zone));
	copy(msg, CTA_MARK, &mark, sizeof(mark));
	ev->zone = ntohs(zone);
	ev->mark = ntohl(mark);
}

static bool read_orig(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes tuple, ip, proto;

	list_nested(&tuple, msg->of[CTA_TUPLE_ORIG]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	list_nested(&proto, tuple.of[CTA_TUPLE_PROTO]);
	if (!read_address(&ip, ev->family, true, ev->orig.saddr) ||
	    !read_address(&ip, ev->family, false, ev->orig.daddr) || !read_protocol(&proto, ev))
		return false;
	read_zone_and_mark(msg, &tuple, ev);
	return true;
}

/* Of the reply direction only the source address has to be there: the intake needs it to tell where
 * the flow goes. */
static bool read_reply(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes tuple, ip, proto;

	list_nested(&tuple, msg->of[CTA_TUPLE_REPLY]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	if (ev->has_ports) {
		list_nested(&proto, tuple.of[CTA_TUPLE_PROTO]);
		copy(&proto, CTA_PROTO_SRC_PORT, &ev->reply.sport, sizeof(ev->reply.sport));
		copy(&proto, CTA_PROTO_DST_PORT, &ev->reply.dport, sizeof(ev->reply.dport));
	}
	read_address(&ip, ev->family, false, ev->reply.daddr);
	return read_address(&ip, ev->family, true, ev->reply.saddr);
}

static void read_counters(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes orig, reply;

	list_nested(&orig, msg->of[CTA_COUNTERS_ORIG]);
	list_nested(&reply, msg->of[CTA_COUNTERS_REPLY]);
	ev->has_counters = copy_be64(&orig, CTA_COUNTERS_PACKETS, &ev->orig_packets) &&
			   copy_be64(&orig, CTA_COUNTERS_BYTES, &ev->orig_bytes) &&
			   copy_be64(&reply, CTA_COUNTERS_PACKETS, &ev->reply_packets) &&
			   copy_be64(&reply, CTA_COUNTERS_BYTES, &ev->reply_bytes);
}

static void read_tcp_state(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes info, tcp;

	if (!msg->of[CTA_PROTOINFO])
		return;
	list_nested(&info, msg->of[CTA_PROTOINFO]);
	list_nested(&tcp, info.of[CTA_PROTOINFO_TCP]);
	copy(&tcp, CTA_PROTOINFO_TCP_STATE, &ev->tcp_state, 1);
}

/* The start and stop times of a connection that has ended: the stop time becomes the event's time.
 * Times that contradict each other are left out. */
static void read_lifetime(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes times;
	uint64_t start_ns, stop_ns;

	list_nested(&times, msg->of[CTA_TIMESTAMP]);
	if (!copy_be64(&times, CTA_TIMESTAMP_START, &start_ns) ||
	    !copy_be64(&times, CTA_TIMESTAMP_STOP, &stop_ns))
		return;
	if (!start_ns || stop_ns < start_ns)	/* unknown; the clock was set in between */
		return;
	ev->timed = true;
	ev->duration_ns = stop_ns - start_ns;
	ev->has_time = true;
	ev->time_ns = stop_ns;
}

static bool read_end(const struct attributes *msg, struct flow_event *ev)
{
	__be32 status;

	if (!copy(msg, CTA_STATUS, &status, sizeof(status)))
		return false;
	ev->replied = ntohl(status) & IPS_SEEN_REPLY;
	/* IPS_NAT_CLASH, by the name that the bit has outside of the kernel */
	ev->clash = ntohl(status) & IPS_UNTRACKED;
	read_counters(msg, ev);
	read_tcp_state(msg, ev);
	read_lifetime(msg, ev);
	return true;
}

/* The kind of a message's event, or -EBADMSG. Updates of a connection come as NEW too, but without
 * NLM_F_CREATE, and are no events here. */
static int kind_of(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW:
		return nlh->nlmsg_flags & NLM_F_CREATE ? FLOW_START : -EBADMSG;
	case NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE:
		return FLOW_END;
	}
	return -EBADMSG;
}

static void list_message(struct attributes *msg, const struct nlmsghdr *nlh)
{
	list_attributes(msg, mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg)),
			mnl_nlmsg_get_payload_len(nlh) - NLMSG_ALIGN(sizeof(struct nfgenmsg)));
}

/* List the attributes of a message, and read the facts that events of every kind have.
 * Returns 0 or -EBADMSG. */
static int read_common(const void *data, size_t len, struct attributes *msg, struct flow_event *ev)
{
	const struct nlmsghdr *nlh = data;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	if (!netlink_message_ok(nlh, len) || mnl_nlmsg_get_payload_len(nlh) < sizeof(*nfg))
		return -EBADMSG;
	memset(ev, 0, sizeof(*ev));
	ev->family = nfg->nfgen_family;
	ev->conntrack = true;
	list_message(msg, nlh);
	if (!read_orig(msg, ev) || !read_reply(msg, ev))
		return -EBADMSG;
	copy(msg, CTA_ID, &ev->id, sizeof(ev->id));
	return 0;
}

int conntrack_decode(const void *data, size_t len, struct flow_event *ev)
{
	struct attributes msg;
	int kind, err = read_common(data, len, &msg, ev);

	if (err)
		return err;
	kind = kind_of(data);
	if (kind < 0)
		return kind;
	ev->kind = kind;
	ev->injected = kind == FLOW_START && ((const struct nlmsghdr *)data)->nlmsg_pid;
	ev->has_time = copy_be64(&msg, TIMESTAMP_EVENT, &ev->time_ns);
	if (kind == FLOW_END && !read_end(&msg, ev))
		return -EBADMSG;
	return 0;
}

int conntrack_decode_entry(const void *data, size_t len, struct conntrack_entry *entry)
{
	const struct nlmsghdr *nlh = data;
	struct flow_event *ev = &entry->event;
	struct attributes msg, times;
	__be32 status;
	int err = read_common(data, len, &msg, ev);

	if (err)
		return err;
	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
	    !copy(&msg, CTA_STATUS, &status, sizeof(status)))
		return -EBADMSG;
	ev->kind = FLOW_LIVE;
	ev->replied = ntohl(status) & IPS_SEEN_REPLY;
	read_counters(&msg, ev);
	read_tcp_state(&msg, ev);
	list_nested(&times, msg.of[CTA_TIMESTAMP]);
	ev->has_time = copy_be64(&times, CTA_TIMESTAMP_START, &ev->time_ns);
	entry->ending = ntohl(status) & IPS_DYING;
	entry->offloaded = ntohl(status) & (IPS_OFFLOAD | IPS_HW_OFFLOAD);
	entry->message = data;
	return 0;
}

/* What the kernel's tuple has in u.all. ICMP has its type and its code in a byte each. */
static void read_all(const struct attributes *tuple, __u8 l4, __be16 *source, __be16 *destination)
{
	__u8 *type_code = (__u8 *)destination;
	struct attributes proto;

	list_nested(&proto, tuple->of[CTA_TUPLE_PROTO]);
	if (l4 == IPPROTO_ICMP) {
		copy(&proto, CTA_PROTO_ICMP_ID, source, sizeof(*source));
		copy(&proto, CTA_PROTO_ICMP_TYPE, &type_code[0], 1);
		copy(&proto, CTA_PROTO_ICMP_CODE, &type_code[1], 1);
	} else if (l4 == IPPROTO_ICMPV6) {
		copy(&proto, CTA_PROTO_ICMPV6_ID, source, sizeof(*source));
		copy(&proto, CTA_PROTO_ICMPV6_TYPE, &type_code[0], 1);
		copy(&proto, CTA_PROTO_ICMPV6_CODE, &type_code[1], 1);
	} else {
		copy(&proto, CTA_PROTO_SRC_PORT, source, sizeof(*source));
		copy(&proto, CTA_PROTO_DST_PORT, destination, sizeof(*destination));
	}
}

uint64_t conntrack_identity(const struct conntrack_entry *entry, const uint64_t secret[2])
{
	const struct flow_event *ev = &entry->event;
	struct flow_identity is = { .zone = ev->zone, .l4 = ev->l4, .family = ev->family };
	struct attributes msg, tuple;
	__be16 zone = 0;

	memcpy(is.saddr, ev->orig.saddr, sizeof(is.saddr));
	memcpy(is.daddr, ev->orig.daddr, sizeof(is.daddr));
	memcpy(is.reply_saddr, ev->reply.saddr, sizeof(is.reply_saddr));
	memcpy(is.reply_daddr, ev->reply.daddr, sizeof(is.reply_daddr));
	list_message(&msg, entry->message);
	list_nested(&tuple, msg.of[CTA_TUPLE_ORIG]);
	read_all(&tuple, ev->l4, &is.source, &is.destination);
	list_nested(&tuple, msg.of[CTA_TUPLE_REPLY]);
	read_all(&tuple, ev->l4, &is.reply_source, &is.reply_destination);
	if (!copy(&msg, CTA_ZONE, &zone, sizeof(zone)))
		copy(&tuple, CTA_TUPLE_ZONE, &zone, sizeof(zone));
	is.reply_zone = ntohs(zone);
	return siphash(secret, &is, sizeof(is));
}
