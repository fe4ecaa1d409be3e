/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "host/links.h"
#include "host/netlink.h"
#include "source/nflog.h"

/* What a full batch takes, with room for what the allocator adds: the kernel
 * sends early when a message does not fit any more. */
#define BATCH_BYTES (32768 - 1024)
#define DATAGRAMS 16

/* linux/netfilter.h of Linux 5.16 */
#define HOOK_NETDEV_EGRESS 1

/* shown: so many of the refused messages, of whichever groups they were, came before
 * the last message of this group. */
struct group {
	uint16_t id;
	uint32_t next_seq;
	uint64_t shown;
};

struct nflog {
	struct mnl_socket *nl;
	struct netlink_ring *ring;
	struct links *links;
	size_t granted_bytes;
	uint32_t seen_refused;
	uint64_t emptied;	/* refused before the queue was last seen empty */
	struct nflog_stats stats;
	bool unbound;
	size_t n_groups;
	struct group groups[NFLOG_MAX_GROUPS];
};

/* --- configuring ---------------------------------------------------------- */

static struct nlmsghdr *config(char *buf, uint16_t group, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(group);
	return nlh;
}

static void put_command(struct nlmsghdr *nlh, uint8_t command)
{
	struct nfulnl_msg_config_cmd cmd = { .command = command };

	mnl_attr_put(nlh, NFULA_CFG_CMD, sizeof(cmd), &cmd);
}

static int send_message(const struct nflog *n, const struct nlmsghdr *nlh)
{
	return mnl_socket_sendto(n->nl, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* The answer to the request `seq`. Packets of other groups may come before it;
 * the flag that numbers them is not set yet, so they are from before we began. */
static int wait_for_answer(struct nflog *n, uint32_t seq)
{
	char buf[65536] __attribute__((aligned(8)));

	for (;;) {
		ssize_t len = mnl_socket_recvfrom(n->nl, buf, sizeof(buf));
		const struct nlmsghdr *nlh = (const void *)buf;
		const struct nlmsgerr *answer = mnl_nlmsg_get_payload(nlh);

		if (len < 0 && errno != EINTR && errno != ENOSPC)
			return -errno;
		if (len < (ssize_t)(sizeof(*nlh) + sizeof(*answer)) ||
		    nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_seq != seq)
			continue;
		return answer->error;
	}
}

static int bind_group(struct nflog *n, uint16_t group)
{
	char buf[MNL_NLMSG_HDRLEN + 256] __attribute__((aligned(8)));
	struct nfulnl_msg_config_mode mode = {
		.copy_mode = NFULNL_COPY_PACKET,
		.copy_range = htonl(PACKET_BYTES),
	};
	struct nlmsghdr *nlh = config(buf, group, NLM_F_ACK);
	int err;

	nlh->nlmsg_seq = group + 1U;
	put_command(nlh, NFULNL_CFG_CMD_BIND);
	mnl_attr_put(nlh, NFULA_CFG_MODE, sizeof(mode), &mode);
	mnl_attr_put_u32(nlh, NFULA_CFG_NLBUFSIZ, htonl(BATCH_BYTES));
	mnl_attr_put_u32(nlh, NFULA_CFG_QTHRESH, htonl(NFLOG_BATCH));
	mnl_attr_put_u32(nlh, NFULA_CFG_TIMEOUT, htonl(NFLOG_TIMEOUT_MS / 10));
	err = send_message(n, nlh);
	return err ? err : wait_for_answer(n, nlh->nlmsg_seq);
}

/* Begin to number what is logged, from 0. Not acknowledged: from here on every
 * packet counts. */
static int number_group(struct nflog *n, uint16_t group)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, group, 0);

	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	return send_message(n, nlh);
}

/* Whether the kernel takes messages from us: without CAP_NET_ADMIN it answers each with
 * EPERM, before it looks at what kind of message it is. This is none that it knows. */
static bool is_privileged(struct nflog *n)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = config(buf, 0, NLM_F_ACK);

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | 0xff;
	nlh->nlmsg_seq = UINT16_MAX + 2U;	/* no group's */
	return !send_message(n, nlh) && wait_for_answer(n, nlh->nlmsg_seq) != -EPERM;
}

static int bind_groups(struct nflog *n, const uint16_t *groups, size_t count, uint16_t *failed)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		n->groups[n->n_groups++].id = groups[i];
		err = bind_group(n, groups[i]);
		/* Held by another, which the kernel calls a lack of permission. */
		if (err == -EPERM && is_privileged(n))
			err = -EBUSY;
		if (err && failed)
			*failed = groups[i];
	}
	for (size_t i = 0; i < count && !err; i++)
		err = number_group(n, groups[i]);
	return err;
}

static int open_socket(struct nflog *n)
{
	struct timeval patience = { .tv_sec = 5 };	/* for answers; reading never waits */
	int fd, on = 1, err = netlink_open(&n->nl, NETLINK_NETFILTER, 0);

	if (err)
		return err;
	fd = mnl_socket_get_fd(n->nl);
	/* Without ENOBUFS an overrun costs only what did not fit. */
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return -errno;
	return 0;
}

int nflog_open(struct nflog **out, const uint16_t *groups, size_t count, size_t buffer_bytes,
	       uint16_t *failed)
{
	struct nflog *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	if (failed)
		*failed = groups[0];
	err = netlink_ring_open(&n->ring, DATAGRAMS, 2 * BATCH_BYTES);
	if (!err)
		err = links_open(&n->links);
	if (!err)
		err = open_socket(n);
	if (!err)
		err = bind_groups(n, groups, count, failed);
	if (err) {
		nflog_close(n);
		return err;
	}
	/* Not before: a small one could refuse the answers. */
	n->granted_bytes = netlink_set_buffer(nflog_fd(n), buffer_bytes);
	*out = n;
	return 0;
}

/* A line for each group: its number, the port id, and more. */
uint32_t nflog_holder(uint16_t group)
{
	FILE *f = fopen("/proc/self/net/netfilter/nfnetlink_log", "re");
	uint32_t holder = 0, port;
	unsigned int id;
	char line[256];

	if (!f)
		return 0;
	while (!holder && fgets(line, sizeof(line), f))
		if (sscanf(line, "%u %" SCNu32, &id, &port) == 2 && id == group)
			holder = port;
	fclose(f);
	return holder;
}

int nflog_fd(const struct nflog *n)
{
	return mnl_socket_get_fd(n->nl);
}

size_t nflog_buffer(const struct nflog *n)
{
	return n->granted_bytes;
}

int nflog_hurry(struct nflog *n, bool hurry)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));
	int err = 0;

	for (size_t i = 0; i < n->n_groups && !err && !n->unbound; i++) {
		struct nlmsghdr *nlh = config(buf, n->groups[i].id, 0);

		mnl_attr_put_u32(nlh, NFULA_CFG_QTHRESH, htonl(hurry ? 1 : NFLOG_BATCH));
		err = send_message(n, nlh);
	}
	return err;
}

void nflog_unbind(struct nflog *n)
{
	char buf[MNL_NLMSG_HDRLEN + 64] __attribute__((aligned(8)));

	for (size_t i = 0; i < n->n_groups; i++) {
		struct nlmsghdr *nlh = config(buf, n->groups[i].id, 0);

		put_command(nlh, NFULNL_CFG_CMD_UNBIND);
		send_message(n, nlh);
	}
	n->unbound = true;
}

/* --- decoding ------------------------------------------------------------- */

struct attributes {
	const struct nlattr *of[NFULA_MAX + 1];
};

static void list_attributes(struct attributes *list, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg));
	int left = nlh->nlmsg_len - MNL_NLMSG_HDRLEN - sizeof(struct nfgenmsg);

	memset(list, 0, sizeof(*list));
	for (; mnl_attr_ok(attr, left); attr = mnl_attr_next(attr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= NFULA_MAX && !list->of[type])
			list->of[type] = attr;
		left -= MNL_ALIGN(attr->nla_len);
	}
}

/* Copy an attribute's payload, which is exactly so long; false when it is not, or
 * missing. */
static bool take(const struct attributes *list, int type, void *to, size_t len)
{
	const struct nlattr *attr = list->of[type];

	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}

static void take_time(const struct attributes *list, struct flow_event *ev)
{
	struct nfulnl_msg_packet_timestamp ts;

	ev->has_time = take(list, NFULA_TIMESTAMP, &ts, sizeof(ts));
	if (ev->has_time)
		ev->time_ns = be64toh(ts.sec) * 1000000000ULL + be64toh(ts.usec) * 1000;
}

static void take_prefix(const struct attributes *list, struct nflog_packet *packet)
{
	const struct nlattr *attr = list->of[NFULA_PREFIX];

	packet->prefix = "";
	packet->prefix_len = 0;
	if (!attr)
		return;
	packet->prefix = mnl_attr_get_payload(attr);
	packet->prefix_len = strnlen(packet->prefix, mnl_attr_get_payload_len(attr));
	if (packet->prefix_len > NFLOG_MAX_PREFIX)
		packet->prefix_len = NFLOG_MAX_PREFIX;
}

/* IPv4 and IPv6 hooks know what they have; for others the frame says. */
static uint16_t ethertype(uint8_t family, const struct nfulnl_msg_packet_hdr *hdr)
{
	switch (family) {
	case NFPROTO_IPV4:
		return ETH_P_IP;
	case NFPROTO_IPV6:
		return ETH_P_IPV6;
	}
	return ntohs(hdr->hw_protocol);
}

/* What is to be read of a message's packet. */
struct payload {
	const uint8_t *at;
	size_t len;
	uint16_t ethertype;
};

/* Pass over a link header of which the kernel has sent a copy of its own; false when
 * there is none, or the packet does not begin with it. */
static bool skip_link_header(const struct attributes *list, struct payload *p)
{
	const struct nlattr *attr = list->of[NFULA_L2HDR];
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (!len || len > p->len || memcmp(p->at, mnl_attr_get_payload(attr), len))
		return false;
	p->at += len;
	p->len -= len;
	return true;
}

/* In the egress hook of a device the packet begins with the link header, whose length
 * the type of the device tells, else the kernel's copy of it. */
static enum packet_result decode_egress(const struct attributes *list, struct payload *p, int type,
					struct flow_event *ev)
{
	switch (type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return packet_decode_ethernet(p->at, p->len, &ev->key, &ev->extra);
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		if (!list->of[NFULA_L2HDR])
			break;
		/* fall through */
	default:
		if (!skip_link_header(list, p))
			return PACKET_ODD;
	}
	return packet_decode(p->at, p->len, p->ethertype, &ev->key, &ev->extra);
}

static enum packet_result decode_packet(const struct attributes *list,
					const struct nfulnl_msg_packet_hdr *hdr,
					nflog_device_type *type_of, void *arg,
					struct nflog_packet *packet)
{
	const struct nlattr *attr = list->of[NFULA_PAYLOAD];
	struct flow_event *ev = &packet->event;
	struct payload p;
	uint32_t device;

	if (!attr)
		return PACKET_ODD;
	p.at = mnl_attr_get_payload(attr);
	p.len = mnl_attr_get_payload_len(attr);
	p.ethertype = ethertype(packet->family, hdr);
	if (packet->family != NFPROTO_NETDEV || hdr->hook != HOOK_NETDEV_EGRESS)
		return packet_decode(p.at, p.len, p.ethertype, &ev->key, &ev->extra);
	if (!take(list, NFULA_IFINDEX_OUTDEV, &device, sizeof(device)))
		return PACKET_ODD;
	return decode_egress(list, &p, type_of(arg, ntohl(device)), ev);
}

int nflog_decode(const void *msg, size_t len, nflog_device_type *type_of, void *arg,
		 struct nflog_message *out)
{
	const struct nlmsghdr *nlh = msg;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	struct nflog_packet *packet = &out->packet;
	struct nfulnl_msg_packet_hdr hdr;
	struct attributes list;

	if (!netlink_message_ok(nlh, len) || nlh->nlmsg_len < sizeof(*nlh) + sizeof(*nfg) ||
	    nlh->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return -EBADMSG;
	list_attributes(&list, nlh);
	if (!take(&list, NFULA_PACKET_HDR, &hdr, sizeof(hdr)))
		return -EBADMSG;
	memset(&packet->event, 0, sizeof(packet->event));
	packet->event.kind = FLOW_DROP;
	packet->group = ntohs(nfg->res_id);
	packet->family = nfg->nfgen_family;
	packet->hook = hdr.hook;
	take_time(&list, &packet->event);
	take_prefix(&list, packet);
	out->has_seq = take(&list, NFULA_SEQ, &out->seq, sizeof(out->seq));
	out->seq = out->has_seq ? ntohl(out->seq) : 0;
	out->result = decode_packet(&list, &hdr, type_of, arg, packet);
	return 0;
}

/* --- reading -------------------------------------------------------------- */

static void count_gap(struct nflog *n, const struct nflog_message *m)
{
	if (!m->has_seq)
		return;
	for (size_t i = 0; i < n->n_groups; i++) {
		struct group *g = &n->groups[i];

		if (g->id != m->packet.group)
			continue;
		n->stats.lost += (uint32_t)(m->seq - g->next_seq);
		g->next_seq = m->seq + 1;
		g->shown = n->emptied;
		return;
	}
}

static int device_type(void *arg, uint32_t ifindex)
{
	return links_type(arg, ifindex);
}

/* Whether the message is a packet to hand out; it is counted either way. What ends
 * a batch, and refusals of what we asked for, are nothing to count. */
static bool take_message(struct nflog *n, const struct nlmsghdr *nlh, struct nflog_packet *packet)
{
	struct nflog_message m;

	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
		return false;
	if (nflog_decode(nlh, nlh->nlmsg_len, device_type, n->links, &m)) {
		n->stats.undecoded++;
		return false;
	}
	count_gap(n, &m);
	if (m.result == PACKET_ODD) {
		n->stats.odd++;
		return false;
	}
	n->stats.truncated += m.result == PACKET_TRUNCATED;
	*packet = m.packet;
	return true;
}

static void count_refused(struct nflog *n)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	if (netlink_meminfo(nflog_fd(n), meminfo))
		return;
	n->stats.refused += (uint32_t)(meminfo[SK_MEMINFO_DROPS] - n->seen_refused);
	n->seen_refused = meminfo[SK_MEMINFO_DROPS];
}

/* What comes when the queue has been empty was queued after all that was refused until
 * then. So the counter is read first, then the queue. */
static int receive(struct nflog *n)
{
	int received;

	count_refused(n);
	received = netlink_receive(n->ring, nflog_fd(n));
	if (received == -EAGAIN)
		n->emptied = n->stats.refused;
	links_ask_anew(n->links);
	return received;
}

ssize_t nflog_read(struct nflog *n, struct nflog_packet *packets, size_t max)
{
	const struct nlmsghdr *nlh;
	size_t taken = 0;
	int received;

	if (!netlink_ring_has(n->ring)) {
		received = receive(n);
		if (received < 0)
			return received;
	}
	while (taken < max &&
	       (nlh = netlink_next(n->ring, &n->stats.foreign, &n->stats.undecoded)))
		taken += take_message(n, nlh, &packets[taken]);
	n->stats.received += taken;
	return taken;
}

const struct nflog_stats *nflog_stats(struct nflog *n)
{
	uint64_t shown;

	count_refused(n);
	shown = n->stats.refused;
	for (size_t i = 0; i < n->n_groups; i++)
		if (n->groups[i].shown < shown)
			shown = n->groups[i].shown;
	n->stats.pending = n->stats.refused - shown;
	return &n->stats;
}

void nflog_close(struct nflog *n)
{
	if (!n)
		return;
	if (n->nl)
		mnl_socket_close(n->nl);
	netlink_ring_close(n->ring);
	links_close(n->links);
	free(n);
}
