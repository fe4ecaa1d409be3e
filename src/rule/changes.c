/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/netlink.h"
#include "rule/changes.h"

/* Most datagrams of notifications are no larger than a page; a datagram about elements of a set
 * can be. The bytes beyond this buffer are cut off, and changes_take() takes a datagram that
 * was cut off for one about rules. */
#define READ_BYTES 65536

/* epoll_fd  readable when the socket or the timer is readable */
struct changes {
	struct mnl_socket *nl;
	int timer_fd, epoll_fd;
	char buf[READ_BYTES] __attribute__((aligned(8)));
};

static int subscribe(struct changes *c)
{
	int err = netlink_open(&c->nl, NETLINK_NETFILTER, SOCK_NONBLOCK);

	return err ? err : netlink_join(mnl_socket_get_fd(c->nl), NFNLGRP_NFTABLES);
}

static int watch(struct changes *c, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	return fd < 0 || epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

int changes_open(struct changes **out)
{
	struct changes *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = subscribe(c);
	if (!err)
		err = watch(c, mnl_socket_get_fd(c->nl));
	if (!err)
		err = watch(c, c->timer_fd);
	if (err) {
		changes_close(c);
		return err;
	}
	*out = c;
	return 0;
}

int changes_fd(const struct changes *c)
{
	return c->epoll_fd;
}

void changes_wake_at(struct changes *c, uint64_t at_ns)
{
	struct itimerspec at = {
		.it_value = { .tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000 },
	};

	timerfd_settime(c->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

/* Whether a message of this type may be about tables, chains or rules. Sets, their elements,
 * objects and flow tables change no rule, and NEWGEN only ends a transaction. A type of
 * nf_tables that is not listed here may be about rules. */
static bool matters(uint16_t type)
{
	if (NFNL_SUBSYS_ID(type) != NFNL_SUBSYS_NFTABLES)
		return false;
	switch (NFNL_MSG_TYPE(type)) {
	case NFT_MSG_NEWSET:
	case NFT_MSG_DELSET:
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
	case NFT_MSG_NEWGEN:
	case NFT_MSG_NEWOBJ:
	case NFT_MSG_DELOBJ:
	case NFT_MSG_NEWFLOWTABLE:
	case NFT_MSG_DELFLOWTABLE:
		return false;
	}
	return true;
}

bool changes_matter(const void *messages, size_t len)
{
	const struct nlmsghdr *nlh = messages;
	size_t left = len;

	while (netlink_message_ok(nlh, left)) {
		size_t whole = NLMSG_ALIGN(nlh->nlmsg_len);

		if (matters(nlh->nlmsg_type))
			return true;
		left -= whole < left ? whole : left;
		nlh = (const void *)((const char *)nlh + whole);
	}
	return left;	/* a damaged message can be about anything */
}

/* Senders are not looked at: a forged notification only makes the rules be read once more. What
 * was lost (ENOBUFS) or cut off (ENOSPC) can have been about rules. */
int changes_take(struct changes *c)
{
	uint64_t expired;
	bool changed = false;
	ssize_t n;

	if (read(c->timer_fd, &expired, sizeof(expired)) < 0 && errno != EAGAIN)
		return -errno;
	do {
		n = mnl_socket_recvfrom(c->nl, c->buf, sizeof(c->buf));
		if (n >= 0)
			changed |= changes_matter(c->buf, n);
		else if (errno == ENOBUFS || errno == ENOSPC)
			changed = true;
		else if (errno != EINTR)
			break;
	} while (true);
	return errno == EAGAIN ? changed : -errno;
}

void changes_close(struct changes *c)
{
	if (!c)
		return;
	if (c->nl)
		mnl_socket_close(c->nl);
	if (c->timer_fd >= 0)
		close(c->timer_fd);
	if (c->epoll_fd >= 0)
		close(c->epoll_fd);
	free(c);
}
