/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "source/conntrack.h"

/* An event is about 150 bytes; labels, a helper's name and a security context
 * can make it a few hundred more. */
#define MESSAGE_SIZE 4096
#define MESSAGES 64

/* linux/netfilter/nfnetlink_conntrack.h of Linux 6.14; older headers lack it. */
#define TIMESTAMP_EVENT 27

struct conntrack {
	struct mnl_socket *nl;
	size_t asked_bytes, granted_bytes;
	struct conntrack_stats stats;

	/* What the last system call read and has not been decoded yet. */
	struct mmsghdr hdr[MESSAGES];
	struct iovec iov[MESSAGES];
	struct sockaddr_nl from[MESSAGES];
	unsigned int have, next;
	size_t offset;

	/* Drops are a 32-bit counter of the socket. */
	uint32_t seen_drops;
	/* As of the last conntrack_watch(). */
	uint64_t watch_messages, messages, watch_lost;

	char buf[MESSAGES][MESSAGE_SIZE] __attribute__((aligned(8)));
};

static void set_buffer(struct conntrack *c, int fd)
{
	int asked = c->asked_bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)c->asked_bytes;
	int granted = 0;
	socklen_t len = sizeof(granted);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &asked, sizeof(asked)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &asked, sizeof(asked));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &len);
	c->granted_bytes = granted;
}

static int join(int fd, int group)
{
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* Without ENOBUFS an overrun costs just what did not fit, and the socket's drop
 * counter says how much; with it, everything until the queue has been emptied. */
static int subscribe(struct conntrack *c, struct mnl_socket *nl)
{
	int fd = mnl_socket_get_fd(nl), on = 1, err;

	set_buffer(c, fd);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)))
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	err = join(fd, NFNLGRP_CONNTRACK_NEW);
	if (!err)
		err = join(fd, NFNLGRP_CONNTRACK_DESTROY);
	return err;
}

static void count_drops(struct conntrack *c, uint32_t meminfo[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(*meminfo);

	memset(meminfo, 0, len);
	if (getsockopt(conntrack_fd(c), SOL_SOCKET, SO_MEMINFO, meminfo, &len))
		return;
	c->stats.lost += (uint32_t)(meminfo[SK_MEMINFO_DROPS] - c->seen_drops);
	c->seen_drops = meminfo[SK_MEMINFO_DROPS];
}

/* Open the socket, or put a new one in its place. What comes while there are
 * two is refused by the old one and received by the new: a few events may be
 * called lost that are not, none is lost unsaid. */
static int open_socket(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int err;

	if (!nl)
		return -errno;
	err = subscribe(c, nl);
	if (err) {
		mnl_socket_close(nl);
		return err;
	}
	if (c->nl) {
		count_drops(c, meminfo);
		mnl_socket_close(c->nl);
	}
	c->nl = nl;
	c->seen_drops = 0;
	return 0;
}

int conntrack_open(struct conntrack **out, size_t buffer_bytes)
{
	struct conntrack *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->asked_bytes = buffer_bytes;
	for (int i = 0; i < MESSAGES; i++) {
		c->iov[i] = (struct iovec){ c->buf[i], MESSAGE_SIZE };
		c->hdr[i].msg_hdr = (struct msghdr){
			.msg_name = &c->from[i],
			.msg_iov = &c->iov[i],
			.msg_iovlen = 1,
		};
	}
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

static int receive(struct conntrack *c)
{
	int n;

	for (int i = 0; i < MESSAGES; i++)
		c->hdr[i].msg_hdr.msg_namelen = sizeof(c->from[i]);
	do {
		n = recvmmsg(conntrack_fd(c), c->hdr, MESSAGES, MSG_DONTWAIT, NULL);
		/* An allocation failed somewhere in the kernel: what can be
		 * counted of it is in the drop counter. */
	} while (n < 0 && (errno == EINTR || errno == ENOBUFS));
	if (n < 0)
		return -errno;
	c->have = n;
	c->next = 0;
	c->offset = 0;
	c->messages += n;
	return 0;
}

/* Whether message i, as recvmmsg() left it, can be looked into. */
static bool trusted(struct conntrack *c, unsigned int i)
{
	const struct msghdr *h = &c->hdr[i].msg_hdr;

	if (h->msg_namelen != sizeof(c->from[i]) || c->from[i].nl_pid != 0) {
		c->stats.foreign++;
		return false;
	}
	if (h->msg_flags & MSG_TRUNC) {
		c->stats.undecoded++;
		return false;
	}
	return true;
}

/* The next netlink message of what was received, or NULL. ctnetlink sends one
 * in each datagram; more would be in order, and a rest is not. */
static const struct nlmsghdr *next_message(struct conntrack *c)
{
	for (; c->next < c->have; c->next++, c->offset = 0) {
		const char *data = c->buf[c->next];
		int left = c->hdr[c->next].msg_len - c->offset;
		const struct nlmsghdr *nlh = (const void *)(data + c->offset);

		if (!c->offset && !trusted(c, c->next))
			continue;
		if (mnl_nlmsg_ok(nlh, left)) {
			c->offset += MNL_ALIGN(nlh->nlmsg_len);
			return nlh;
		}
		if (left > 0)
			c->stats.undecoded++;
	}
	return NULL;
}

ssize_t conntrack_read(struct conntrack *c, struct flow_event *ev, size_t max)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;
	int err;

	if (c->next == c->have) {
		err = receive(c);
		if (err)
			return err;
	}
	while (n < max && (nlh = next_message(c))) {
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
	if (!silent || !dropping)
		return 0;
	err = open_socket(c);
	if (err)
		return err;
	c->stats.reopens++;
	return 1;
}

static bool has_ports(uint8_t l4)
{
	switch (l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	/* GRE sends its key in the place of the ports. */
	return false;
}

static int decode_addresses(const struct nf_conntrack *ct, struct flow_event *ev)
{
	uint8_t family = nfct_get_attr_u8(ct, ATTR_ORIG_L3PROTO);

	if (family == AF_INET && nfct_attr_is_set(ct, ATTR_ORIG_IPV4_SRC) &&
	    nfct_attr_is_set(ct, ATTR_ORIG_IPV4_DST) && nfct_attr_is_set(ct, ATTR_REPL_IPV4_SRC)) {
		flow_addr_v4(ev->key.saddr, nfct_get_attr(ct, ATTR_ORIG_IPV4_SRC));
		flow_addr_v4(ev->key.daddr, nfct_get_attr(ct, ATTR_ORIG_IPV4_DST));
		flow_addr_v4(ev->real_daddr, nfct_get_attr(ct, ATTR_REPL_IPV4_SRC));
	} else if (family == AF_INET6 && nfct_attr_is_set(ct, ATTR_ORIG_IPV6_SRC) &&
		   nfct_attr_is_set(ct, ATTR_ORIG_IPV6_DST) &&
		   nfct_attr_is_set(ct, ATTR_REPL_IPV6_SRC)) {
		memcpy(ev->key.saddr, nfct_get_attr(ct, ATTR_ORIG_IPV6_SRC), 16);
		memcpy(ev->key.daddr, nfct_get_attr(ct, ATTR_ORIG_IPV6_DST), 16);
		memcpy(ev->real_daddr, nfct_get_attr(ct, ATTR_REPL_IPV6_SRC), 16);
	} else {
		return -EBADMSG;
	}
	ev->key.family = family;
	return 0;
}

static int decode_protocol(const struct nf_conntrack *ct, struct flow_key *key)
{
	if (!nfct_attr_is_set(ct, ATTR_ORIG_L4PROTO))
		return -EBADMSG;
	key->l4 = nfct_get_attr_u8(ct, ATTR_ORIG_L4PROTO);
	/* A kernel without a tracker for one of these sends no ports. */
	if (has_ports(key->l4) && nfct_attr_is_set(ct, ATTR_ORIG_PORT_DST)) {
		key->dport = nfct_get_attr_u16(ct, ATTR_ORIG_PORT_DST);
		key->has_ports = 1;
	} else if (key->l4 == IPPROTO_ICMP || key->l4 == IPPROTO_ICMPV6) {
		if (!nfct_attr_is_set(ct, ATTR_ICMP_TYPE))
			return -EBADMSG;
		key->icmp_type = nfct_get_attr_u8(ct, ATTR_ICMP_TYPE);
	}
	return 0;
}

static void decode_counters(const struct nf_conntrack *ct, struct flow_event *ev)
{
	ev->counted = nfct_attr_is_set(ct, ATTR_ORIG_COUNTER_PACKETS) &&
		      nfct_attr_is_set(ct, ATTR_ORIG_COUNTER_BYTES) &&
		      nfct_attr_is_set(ct, ATTR_REPL_COUNTER_PACKETS) &&
		      nfct_attr_is_set(ct, ATTR_REPL_COUNTER_BYTES);
	if (!ev->counted)
		return;
	ev->orig_packets = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_PACKETS);
	ev->orig_bytes = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_BYTES);
	ev->reply_packets = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_PACKETS);
	ev->reply_bytes = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_BYTES);
}

static void decode_lifetime(const struct nf_conntrack *ct, struct flow_event *ev)
{
	uint64_t start_ns, stop_ns;

	if (!nfct_attr_is_set(ct, ATTR_TIMESTAMP_START) ||
	    !nfct_attr_is_set(ct, ATTR_TIMESTAMP_STOP))
		return;
	start_ns = nfct_get_attr_u64(ct, ATTR_TIMESTAMP_START);
	stop_ns = nfct_get_attr_u64(ct, ATTR_TIMESTAMP_STOP);
	if (!start_ns || stop_ns < start_ns)	/* the clock was set in between */
		return;
	ev->timed = true;
	ev->duration_ns = stop_ns - start_ns;
	ev->has_time = true;
	ev->time_ns = stop_ns;
}

/* What libnetfilter_conntrack 1.0.9 has no name for. */
static void decode_event_time(const struct nlmsghdr *nlh, struct flow_event *ev)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != TIMESTAMP_EVENT ||
		    mnl_attr_get_payload_len(attr) != sizeof(uint64_t))
			continue;
		ev->time_ns = be64toh(mnl_attr_get_u64(attr));
		ev->has_time = true;
	}
}

static int decode_event(const struct nlmsghdr *nlh, struct nf_conntrack *ct, struct flow_event *ev)
{
	int err;

	if (nfct_nlmsg_parse(nlh, ct) < 0)
		return -EBADMSG;
	err = decode_addresses(ct, ev);
	if (!err)
		err = decode_protocol(ct, &ev->key);
	if (err)
		return err;
	decode_event_time(nlh, ev);
	if (ev->kind == FLOW_END) {
		if (!nfct_attr_is_set(ct, ATTR_STATUS))
			return -EBADMSG;
		ev->replied = nfct_get_attr_u32(ct, ATTR_STATUS) & IPS_SEEN_REPLY;
		decode_counters(ct, ev);
		decode_lifetime(ct, ev);
	}
	return 0;
}

int conntrack_decode(const void *msg, size_t len, struct flow_event *ev)
{
	const struct nlmsghdr *nlh = msg;
	struct nf_conntrack *ct;
	int err;

	if (len > INT32_MAX || !mnl_nlmsg_ok(nlh, len) ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nfgenmsg))
		return -EBADMSG;
	memset(ev, 0, sizeof(*ev));
	flow_key_init(&ev->key);
	if (nlh->nlmsg_type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) &&
	    nlh->nlmsg_flags & NLM_F_CREATE)	/* without it, an update */
		ev->kind = FLOW_START;
	else if (nlh->nlmsg_type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE))
		ev->kind = FLOW_END;
	else
		return -EBADMSG;
	ct = nfct_new();
	if (!ct)
		return -EBADMSG;
	err = decode_event(nlh, ct, ev);
	nfct_destroy(ct);
	return err;
}

void conntrack_close(struct conntrack *c)
{
	if (!c)
		return;
	if (c->nl)
		mnl_socket_close(c->nl);
	free(c);
}
