/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "flow/proto.h"
#include "source/conntrack.h"
#include "source/netlink.h"

/* An event is about 150 bytes; labels, a helper's name and a security context
 * can make it a few hundred more. */
#define MESSAGE_SIZE 4096
#define MESSAGES 64

/* linux/netfilter/nfnetlink_conntrack.h of Linux 6.14, older headers lack it: the
 * highest attribute type that matters here, at any level. */
#define TIMESTAMP_EVENT 27

struct conntrack {
	struct mnl_socket *nl;
	bool joined;
	size_t asked_bytes, granted_bytes;
	conntrack_prepare_fn *prepare;
	void *prepare_arg;
	struct conntrack_stats stats;

	struct netlink_ring *ring;
	/* Drops are a 32-bit counter of the socket. */
	uint32_t seen_drops;
	/* As of the last conntrack_watch(). */
	uint64_t watch_messages, messages, watch_lost;
};

static int join(int fd, int group)
{
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* Connected to the kernel: nobody else can send to this socket alone. */
static int connect_to_kernel(int fd)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		return -errno;
	return 0;
}

/* Without ENOBUFS an overrun costs just what did not fit, and the socket's drop
 * counter says how much; with it, everything until the queue has been emptied. */
static int prepare(struct conntrack *c, struct mnl_socket *nl)
{
	int fd = mnl_socket_get_fd(nl), on = 1, err;

	c->granted_bytes = netlink_set_buffer(fd, c->asked_bytes);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)))
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	err = connect_to_kernel(fd);
	if (!err && c->prepare)
		err = c->prepare(fd, c->prepare_arg);
	return err;
}

static int subscribe(int fd)
{
	int err = join(fd, NFNLGRP_CONNTRACK_NEW);

	return err ? err : join(fd, NFNLGRP_CONNTRACK_DESTROY);
}

static void count_drops(struct conntrack *c, uint32_t meminfo[SK_MEMINFO_VARS])
{
	if (netlink_meminfo(conntrack_fd(c), meminfo))
		return;
	c->stats.lost += (uint32_t)(meminfo[SK_MEMINFO_DROPS] - c->seen_drops);
	c->seen_drops = meminfo[SK_MEMINFO_DROPS];
}

static void leave(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	if (!c->nl)
		return;
	count_drops(c, meminfo);
	mnl_socket_close(c->nl);
	c->nl = NULL;
}

/* Open the socket, or put a new one in the place of the old. While both are
 * members, what the old one refuses the new one receives: such events are called
 * lost and are not, and none is lost unsaid. With a filter both would count them,
 * so the old one goes first, and what happens in between is seen by neither. */
static int open_socket(struct conntrack *c)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int err;

	if (!nl)
		return -errno;
	err = prepare(c, nl);
	if (err) {
		mnl_socket_close(nl);
		return err;
	}
	if (c->prepare)
		leave(c);
	err = subscribe(mnl_socket_get_fd(nl));
	leave(c);
	c->nl = nl;
	c->seen_drops = 0;
	c->joined = !err;
	return err;
}

int conntrack_open(struct conntrack **out, size_t buffer_bytes, conntrack_prepare_fn *prepare_fn,
		   void *arg)
{
	struct conntrack *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->asked_bytes = buffer_bytes;
	c->prepare = prepare_fn;
	c->prepare_arg = arg;
	err = netlink_ring_open(&c->ring, MESSAGES, MESSAGE_SIZE);
	if (!err)
		err = open_socket(c);
	if (err) {
		conntrack_close(c);
		return err;
	}
	*out = c;
	return 0;
}

int conntrack_fd(const struct conntrack *c)
{
	return mnl_socket_get_fd(c->nl);
}

size_t conntrack_buffer(const struct conntrack *c)
{
	return c->granted_bytes;
}

ssize_t conntrack_read(struct conntrack *c, struct flow_event *ev, size_t max)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;
	int received;

	if (!netlink_ring_has(c->ring)) {
		received = netlink_receive(c->ring, conntrack_fd(c));
		if (received < 0)
			return received;
		c->messages += received;
	}
	while (n < max &&
	       (nlh = netlink_next(c->ring, &c->stats.foreign, &c->stats.undecoded))) {
		if (conntrack_decode(nlh, nlh->nlmsg_len, &ev[n]))
			c->stats.undecoded++;
		else
			n++;
	}
	c->stats.received += n;
	return n;
}

const struct conntrack_stats *conntrack_stats(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	count_drops(c, meminfo);
	return &c->stats;
}

/* A netlink socket is marked congested when a message finds no room, and freed
 * of the mark when its reader empties the queue. Both can happen in the wrong
 * order (netdev, August 2023): then the queue is empty, nothing is ever read
 * again and every message is a drop. */
int conntrack_watch(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];
	bool silent, dropping;
	int err;

	count_drops(c, meminfo);
	silent = c->messages == c->watch_messages && !meminfo[SK_MEMINFO_RMEM_ALLOC];
	dropping = c->stats.lost != c->watch_lost;
	c->watch_messages = c->messages;
	c->watch_lost = c->stats.lost;
	if (c->joined && (!silent || !dropping))
		return 0;
	err = open_socket(c);
	if (err)
		return err;
	c->stats.reopens++;
	return 1;
}

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

static bool take_protocol(const struct attributes *proto, struct flow_key *key)
{
	if (!take(proto, CTA_PROTO_NUM, &key->l4, 1))
		return false;
	/* A kernel without a tracker for one of these sends no ports, and GRE's key
	 * comes in their place. */
	if (proto_has_ports(key->l4))
		key->has_ports = take(proto, CTA_PROTO_DST_PORT, &key->dport, sizeof(key->dport));
	if (key->l4 == IPPROTO_ICMP)
		key->has_icmp = take(proto, CTA_PROTO_ICMP_TYPE, &key->icmp_type, 1);
	else if (key->l4 == IPPROTO_ICMPV6)
		key->has_icmp = take(proto, CTA_PROTO_ICMPV6_TYPE, &key->icmp_type, 1);
	else
		return true;
	return key->has_icmp;
}

static bool take_tuples(const struct attributes *msg, struct flow_event *ev)
{
	struct attributes tuple, ip, proto;

	list_nested(&tuple, msg->of[CTA_TUPLE_ORIG]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	list_nested(&proto, tuple.of[CTA_TUPLE_PROTO]);
	if (!take_address(&ip, ev->key.family, true, ev->key.saddr) ||
	    !take_address(&ip, ev->key.family, false, ev->key.daddr) ||
	    !take_protocol(&proto, &ev->key))
		return false;
	list_nested(&tuple, msg->of[CTA_TUPLE_REPLY]);
	list_nested(&ip, tuple.of[CTA_TUPLE_IP]);
	return take_address(&ip, ev->key.family, true, ev->real_daddr);
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

int conntrack_decode(const void *data, size_t len, struct flow_event *ev)
{
	const struct nlmsghdr *nlh = data;
	const struct nfgenmsg *nfg;
	struct attributes msg;
	int kind;

	if (!netlink_message_ok(nlh, len) || mnl_nlmsg_get_payload_len(nlh) < sizeof(*nfg))
		return -EBADMSG;
	kind = kind_of(nlh);
	if (kind < 0)
		return kind;
	nfg = mnl_nlmsg_get_payload(nlh);
	memset(ev, 0, sizeof(*ev));
	flow_key_init(&ev->key);
	ev->kind = kind;
	ev->key.family = nfg->nfgen_family;
	list_attributes(&msg, mnl_nlmsg_get_payload_offset(nlh, sizeof(*nfg)),
			mnl_nlmsg_get_payload_len(nlh) - NLMSG_ALIGN(sizeof(*nfg)));
	if (!take_tuples(&msg, ev))
		return -EBADMSG;
	ev->has_time = take_be64(&msg, TIMESTAMP_EVENT, &ev->time_ns);
	if (kind == FLOW_END && !take_end(&msg, ev))
		return -EBADMSG;
	return 0;
}

void conntrack_close(struct conntrack *c)
{
	if (!c)
		return;
	if (c->nl)
		mnl_socket_close(c->nl);
	free(c);
}
