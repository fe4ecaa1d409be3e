/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "host/links.h"
#include "host/netlink.h"

/* This many devices are remembered. When more are in use, a device can lose its place, and the
 * kernel is asked again when its type is needed again. */
#define REMEMBERED 32

/* ifindex  0: the place is free
 * asked    the round in which the kernel was last asked for the device
 */
struct link {
	uint32_t ifindex;
	int type;
	uint64_t asked;
};

/* round  how often links_ask_anew() has been called
 * next   the place in the list that the next unknown device takes
 */
struct links {
	struct mnl_socket *nl;
	uint32_t seq;
	uint64_t round;
	struct link list[REMEMBERED];
	size_t next;
};

int links_open(struct links **out)
{
	struct links *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	err = netlink_open(&l->nl, NETLINK_ROUTE, 0);
	if (err) {
		links_close(l);
		return err;
	}
	*out = l;
	return 0;
}

static int request(struct links *l, uint32_t ifindex)
{
	char buf[MNL_NLMSG_HDRLEN + sizeof(struct ifinfomsg)] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = ++l->seq;
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)ifindex;
	return mnl_socket_sendto(l->nl, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* Read the kernel's answer to the last request. rtnetlink answers while the request is
 * being sent, so the answer is queued already and MSG_DONTWAIT finds it. The buffer holds
 * the headers alone: the attributes behind them are of no use here and are cut off. Answers
 * to earlier requests are skipped by their sequence number. */
static int answer(struct links *l, uint32_t ifindex)
{
	union {
		struct nlmsghdr nlh;
		char bytes[MNL_NLMSG_HDRLEN + sizeof(struct ifinfomsg)];
	} buf;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(&buf.nlh);
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(&buf.nlh);
	ssize_t len;

	do
		len = recv(mnl_socket_get_fd(l->nl), &buf, sizeof(buf), MSG_DONTWAIT);
	while ((len < 0 && errno == EINTR) ||
	       (len >= (ssize_t)sizeof(buf.nlh) && buf.nlh.nlmsg_seq != l->seq));
	if (len < 0)
		return -errno;
	if (len < (ssize_t)sizeof(buf))
		return -EBADMSG;
	if (buf.nlh.nlmsg_type == NLMSG_ERROR)
		return refusal->error;
	if (buf.nlh.nlmsg_type != RTM_NEWLINK || info->ifi_index != (int)ifindex)
		return -EBADMSG;
	return info->ifi_type;
}

static struct link *remembered(struct links *l, uint32_t ifindex)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		if (l->list[i].ifindex == ifindex)
			return &l->list[i];
	return NULL;
}

/* A device that has gone keeps the type that it had: packets that were logged before it
 * went can be read afterwards. */
int links_type(struct links *l, uint32_t ifindex)
{
	struct link *link = remembered(l, ifindex);
	int type;

	if (!ifindex)
		return -ENODEV;
	if (link && link->asked == l->round)
		return link->type;
	type = request(l, ifindex);
	if (!type)
		type = answer(l, ifindex);
	if (type < 0 && !link)
		return type;
	if (!link) {
		link = &l->list[l->next];
		l->next = (l->next + 1) % REMEMBERED;
		link->ifindex = ifindex;
	}
	if (type >= 0)
		link->type = type;
	link->asked = l->round;
	return link->type;
}

void links_ask_anew(struct links *l)
{
	l->round++;
}

void links_close(struct links *l)
{
	if (!l)
		return;
	if (l->nl)
		mnl_socket_close(l->nl);
	free(l);
}
