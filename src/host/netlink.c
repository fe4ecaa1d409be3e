/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "host/netlink.h"

/* hdr, iov, from  one of each for each of `size` datagrams, whose bytes are in buf
 * have            how many datagrams the last netlink_receive() received
 * next            the datagram that is being read
 * offset          where in this datagram the next message begins
 */
struct netlink_ring {
	struct mmsghdr *hdr;
	struct iovec *iov;
	struct sockaddr_nl *from;
	char *buf;
	size_t bytes;
	unsigned int size, have, next;
	size_t offset;
};

static int bind_and_connect(struct mnl_socket *nl)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    connect(mnl_socket_get_fd(nl), (struct sockaddr *)&kernel, sizeof(kernel)))
		return -errno;
	return 0;
}

int netlink_open(struct mnl_socket **out, int family, int flags)
{
	struct mnl_socket *nl = mnl_socket_open2(family, flags | SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	err = bind_and_connect(nl);
	if (err)
		mnl_socket_close(nl);
	else
		*out = nl;
	return err;
}

int netlink_join(int fd, int group)
{
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ?
		-errno : 0;
}

int netlink_ring_open(struct netlink_ring **out, unsigned int datagrams, size_t bytes)
{
	struct netlink_ring *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->size = datagrams;
	r->bytes = bytes;
	r->hdr = calloc(datagrams, sizeof(*r->hdr));
	r->iov = calloc(datagrams, sizeof(*r->iov));
	r->from = calloc(datagrams, sizeof(*r->from));
	r->buf = calloc(datagrams, bytes);
	if (!r->hdr || !r->iov || !r->from || !r->buf) {
		netlink_ring_close(r);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < datagrams; i++) {
		r->iov[i] = (struct iovec){ r->buf + i * bytes, bytes };
		r->hdr[i].msg_hdr = (struct msghdr){
			.msg_name = &r->from[i],
			.msg_iov = &r->iov[i],
			.msg_iovlen = 1,
		};
	}
	*out = r;
	return 0;
}

int netlink_ring_has(const struct netlink_ring *r)
{
	return r->next < r->have;
}

int netlink_receive(struct netlink_ring *r, int fd)
{
	int n;

	for (unsigned int i = 0; i < r->size; i++)
		r->hdr[i].msg_hdr.msg_namelen = sizeof(r->from[i]);
	do {
		n = recvmmsg(fd, r->hdr, r->size, MSG_DONTWAIT, NULL);
		/* ENOBUFS on a socket that does not want to hear of overruns: the kernel could
		 * not allocate a message. SK_MEMINFO_DROPS counts the message, so the error is
		 * passed over. */
	} while (n < 0 && (errno == EINTR || errno == ENOBUFS));
	if (n < 0)
		return -errno;
	r->have = n;
	r->next = 0;
	r->offset = 0;
	return n;
}

/* Whether datagram i can be read: the kernel has sent it, and it is whole. The kernel's
 * port id is 0. The address from recvmmsg() says who has sent the datagram; nlmsg_pid in
 * the message only names who caused the event. */
static bool trusted(const struct netlink_ring *r, unsigned int i, uint64_t *foreign,
		    uint64_t *damaged)
{
	const struct msghdr *h = &r->hdr[i].msg_hdr;

	if (h->msg_namelen != sizeof(r->from[i]) || r->from[i].nl_pid != 0) {
		++*foreign;
		return false;
	}
	if (h->msg_flags & MSG_TRUNC) {
		++*damaged;
		return false;
	}
	return true;
}

const struct nlmsghdr *netlink_next(struct netlink_ring *r, uint64_t *foreign, uint64_t *damaged)
{
	for (; r->next < r->have; r->next++, r->offset = 0) {
		size_t len = r->hdr[r->next].msg_len, left = r->offset < len ? len - r->offset : 0;
		const struct nlmsghdr *nlh = (const void *)(r->buf + r->next * r->bytes + r->offset);

		if (!r->offset && !trusted(r, r->next, foreign, damaged))
			continue;
		if (netlink_message_ok(nlh, left)) {
			r->offset += MNL_ALIGN(nlh->nlmsg_len);
			return nlh;
		}
		if (left)
			++*damaged;
	}
	return NULL;
}

void netlink_ring_close(struct netlink_ring *r)
{
	if (!r)
		return;
	free(r->hdr);
	free(r->iov);
	free(r->from);
	free(r->buf);
	free(r);
}

size_t netlink_set_buffer(int fd, size_t bytes)
{
	int asked = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes, granted = 0;
	socklen_t len = sizeof(granted);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &asked, sizeof(asked)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &asked, sizeof(asked));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &len);
	return granted;
}

int netlink_meminfo(int fd, uint32_t meminfo[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(*meminfo);

	memset(meminfo, 0, len);
	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, &len) ? -errno : 0;
}
