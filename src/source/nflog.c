/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "host/link_names.h"
#include "host/links.h"
#include "host/netlink.h"
#include "source/nflog.h"
#include "source/nflog_loss.h"
#include "window/clock.h"

/* The most messages that one system call receives. */
#define DATAGRAMS 16

/* How long a packet may wait in the kernel for its batch to be sent, with some delay. */
#define BATCH_NS ((NFLOG_TIMEOUT_MS + 100) * 1000000ULL)

/* stats    nflog_stats() fills in lost, refused and pending, from loss
 * unbound  nflog_unbind() has given up the groups
 * names    NULL: nobody has asked for the names of devices
 * epoll_fd  readable when there are packets or changes of names; -1 without names
 * emptied_ns  with names: when the queue was last found empty
 */
struct nflog {
	struct mnl_socket *nl;
	struct netlink_ring *ring;
	struct links *links;
	struct link_names *names;
	int epoll_fd;
	uint64_t emptied_ns;
	size_t granted_bytes;
	struct nflog_stats stats;
	struct nflog_loss loss;
	bool unbound;
	size_t n_groups;
	uint16_t groups[NFLOG_MAX_GROUPS];
};

static int socket_fd(const struct nflog *n)
{
	return mnl_socket_get_fd(n->nl);
}

static int open_socket(struct nflog *n)
{
	/* How long nflog_groups_bind() waits for an answer. Reading packets never waits. */
	struct timeval patience = { .tv_sec = 5 };
	int fd, on = 1, err = netlink_open(&n->nl, NETLINK_NETFILTER, 0);

	if (err)
		return err;
	fd = mnl_socket_get_fd(n->nl);
	/* With ENOBUFS an overrun would cost all packets until the queue has been emptied; without
	 * ENOBUFS it costs only packets that find no room. */
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
	memcpy(n->groups, groups, count * sizeof(*groups));
	n->n_groups = count;
	n->epoll_fd = -1;
	nflog_loss_init(&n->loss, groups, count);
	if (failed)
		*failed = groups[0];
	err = netlink_ring_open(&n->ring, DATAGRAMS, 2 * NFLOG_BATCH_BYTES);
	if (!err)
		err = links_open(&n->links);
	if (!err)
		err = open_socket(n);
	if (!err)
		err = nflog_groups_bind(n->nl, groups, count, failed);
	if (err) {
		nflog_close(n);
		return err;
	}
	/* Last: a small buffer could have no room for the answers to requests. */
	n->granted_bytes = netlink_set_buffer(socket_fd(n), buffer_bytes);
	*out = n;
	return 0;
}

/* A change of names wakes the reader as packets do: the sooner a change is seen, the more exactly
 * it is timed. */
int nflog_name_devices(struct nflog *n)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int err;

	n->emptied_ns = clock_wall_ns();
	n->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (n->epoll_fd < 0)
		return -errno;
	err = link_names_open(&n->names);
	if (err)
		return err;
	if (epoll_ctl(n->epoll_fd, EPOLL_CTL_ADD, socket_fd(n), &ev) ||
	    epoll_ctl(n->epoll_fd, EPOLL_CTL_ADD, link_names_fd(n->names), &ev))
		return -errno;
	return 0;
}

/* Names are forgotten when no packet can come any more that was logged while a device had them. */
void nflog_tick(struct nflog *n)
{
	uint64_t at_ns = n->emptied_ns;

	if (n->names)
		link_names_update(n->names, at_ns < 2 * BATCH_NS ? 0 : at_ns - 2 * BATCH_NS);
}

int nflog_fd(const struct nflog *n)
{
	return n->names ? n->epoll_fd : socket_fd(n);
}

size_t nflog_buffer(const struct nflog *n)
{
	return n->granted_bytes;
}

int nflog_hurry(struct nflog *n, bool hurry)
{
	int err = 0;

	for (size_t i = 0; i < n->n_groups && !err && !n->unbound; i++)
		err = nflog_group_hurry(n->nl, n->groups[i], hurry);
	return err;
}

void nflog_unbind(struct nflog *n)
{
	for (size_t i = 0; i < n->n_groups; i++)
		nflog_group_unbind(n->nl, n->groups[i]);
	n->unbound = true;
}

/* --- reading -------------------------------------------------------------- */

static int device_type(void *arg, uint32_t ifindex)
{
	return links_type(arg, ifindex);
}

/* Decode a message into *packet. Returns whether the packet is one to hand out; adds all others to
 * a counter of struct nflog_stats. NLMSG_DONE, which ends a batch, and NLMSG_ERROR, which answers
 * a request of nflog_hurry(), are no packets and are in no counter. */
static bool take_message(struct nflog *n, const struct nlmsghdr *nlh, struct nflog_packet *packet)
{
	struct nflog_message m;

	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
		return false;
	if (nflog_decode(nlh, nlh->nlmsg_len, device_type, n->links, &m)) {
		n->stats.undecoded++;
		return false;
	}
	if (m.has_seq)
		nflog_loss_packet(&n->loss, m.packet.group, m.seq);
	if (m.result == PACKET_ODD) {
		n->stats.odd++;
		return false;
	}
	n->stats.truncated += m.result == PACKET_TRUNCATED;
	*packet = m.packet;
	return true;
}

static void set_name(const struct link_names *names, uint32_t ifindex, uint64_t from_ns,
		     uint64_t to_ns, char to[DEVICE_NAME_BYTES])
{
	const char *name;

	if (!ifindex)
		return;
	name = link_names_at(names, ifindex, from_ns, to_ns);
	strncpy(to, name ? name : DEVICE_UNKNOWN, DEVICE_NAME_BYTES);
}

/* A packet with a time of its own was logged at this time; another one after the queue was last
 * empty, or a batch earlier. */
static void set_names(const struct nflog *n, struct nflog_packet *packet)
{
	struct flow_event *ev = &packet->event;
	uint64_t from_ns = n->emptied_ns < BATCH_NS ? 0 : n->emptied_ns - BATCH_NS, to_ns = UINT64_MAX;

	if (ev->has_time)
		from_ns = to_ns = ev->time_ns;
	set_name(n->names, packet->in, from_ns, to_ns, ev->devices.iif);
	set_name(n->names, packet->out, from_ns, to_ns, ev->devices.oif);
}

static void count_refused(struct nflog *n)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	if (!netlink_meminfo(socket_fd(n), meminfo))
		nflog_loss_refused(&n->loss, meminfo[SK_MEMINFO_DROPS]);
}

/* The drop counter is read before the queue. If the queue is then found empty, every message that
 * arrives later was queued after the refusals that the counter shows. links_ask_anew() comes with
 * each read, because the kernel can give the index of a device to another device. */
static int receive(struct nflog *n)
{
	uint64_t now_ns = n->names ? clock_wall_ns() : 0;
	int received;

	count_refused(n);
	received = netlink_receive(n->ring, socket_fd(n));
	if (received == -EAGAIN)
		nflog_loss_emptied(&n->loss);
	nflog_tick(n);
	if (received == -EAGAIN)
		n->emptied_ns = now_ns;
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
	for (size_t i = 0; i < taken && n->names; i++)
		set_names(n, &packets[i]);
	n->stats.received += taken;
	return taken;
}

const struct nflog_stats *nflog_stats(struct nflog *n)
{
	count_refused(n);
	n->stats.lost = n->loss.lost;
	n->stats.refused = n->loss.refused;
	n->stats.pending = nflog_loss_pending(&n->loss);
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
	link_names_close(n->names);
	if (n->epoll_fd >= 0)
		close(n->epoll_fd);
	free(n);
}
