/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include "host/link_names.h"
#include "host/netlink.h"
#include "window/clock.h"

/* The largest message about one device is far smaller. */
#define READ_BYTES 65536

/* No more names are remembered: then those of devices that have gone are forgotten. */
#define MAX_SPELLS 65536

/* A time in which a device had a name. It began after one time and not after another, and ended
 * likewise. seen: a dump has shown it. */
struct spell {
	uint32_t ifindex;
	bool ended, seen;
	char name[IFNAMSIZ];
	uint64_t began_after_ns, began_by_ns, ended_after_ns, ended_by_ns;
};

/* spells    in the order in which they became known, so that the last one of a device is current
 * empty_ns  when the socket was last found empty: later notifications are of later changes
 * missed    notifications were lost
 */
struct link_names {
	struct mnl_socket *nl;
	struct spell *spells;
	size_t n, room;
	uint64_t empty_ns;
	bool missed;
	char buf[READ_BYTES] __attribute__((aligned(8)));
};

static struct spell *current(struct link_names *l, uint32_t ifindex)
{
	for (size_t i = l->n; i--;)
		if (l->spells[i].ifindex == ifindex && !l->spells[i].ended)
			return &l->spells[i];
	return NULL;
}

static void end_spell(const struct link_names *l, struct spell *s)
{
	s->ended = true;
	s->ended_after_ns = l->empty_ns;
	s->ended_by_ns = clock_wall_ns();
}

static int begin_spell(struct link_names *l, uint32_t ifindex, const char *name)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct spell *spells = realloc(l->spells, room * sizeof(*spells));

		if (!spells)
			return -ENOMEM;
		l->spells = spells;
		l->room = room;
	}
	l->spells[l->n] = (struct spell){
		.ifindex = ifindex, .seen = true,
		.began_after_ns = l->empty_ns, .began_by_ns = l->empty_ns ? clock_wall_ns() : 0,
	};
	strncpy(l->spells[l->n++].name, name, IFNAMSIZ - 1);
	return 0;
}

/* A device has this name, or (NULL) has gone. */
static int set_name(struct link_names *l, uint32_t ifindex, const char *name)
{
	struct spell *s = current(l, ifindex);

	if (s && name && !strncmp(s->name, name, IFNAMSIZ)) {
		s->seen = true;
		return 0;
	}
	if (s)
		end_spell(l, s);
	return name ? begin_spell(l, ifindex, name) : 0;
}

/* Messages of AF_BRIDGE tell that a device became, or ceased to be, a port of a bridge. */
static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	const char *name = NULL;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return MNL_CB_OK;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info) || info->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*info))
		if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			name = mnl_attr_get_str(attr);
	if (nlh->nlmsg_type == RTM_DELLINK)
		name = NULL;
	else if (!name)
		return MNL_CB_OK;
	errno = -set_name(arg, info->ifi_index, name);
	return errno ? MNL_CB_ERROR : MNL_CB_OK;
}

/* Ask for all devices, on a socket of its own, and read the answer. */
static int dump(struct link_names *l)
{
	char buf[MNL_NLMSG_HDRLEN + sizeof(struct ifinfomsg)] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct mnl_socket *nl;
	int result = 1, err = netlink_open(&nl, NETLINK_ROUTE, 0);

	if (err)
		return err;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		result = -1;
	while (result > 0) {
		ssize_t len = mnl_socket_recvfrom(nl, l->buf, sizeof(l->buf));

		result = len < 0 ? -1 : mnl_cb_run(l->buf, len, 0, 0, take_link, l);
	}
	err = result < 0 ? -errno : 0;
	mnl_socket_close(nl);
	return err;
}

/* Read all names. A device that the dump does not show has gone. */
static int read_all(struct link_names *l)
{
	int err;

	for (size_t i = 0; i < l->n; i++)
		l->spells[i].seen = false;
	err = dump(l);
	for (size_t i = 0; i < l->n && !err; i++)
		if (!l->spells[i].seen && !l->spells[i].ended)
			end_spell(l, &l->spells[i]);
	l->missed = err;
	return err;
}

/* Subscribes before the dump, so that a change between the two is seen twice, not missed. */
int link_names_open(struct link_names **out)
{
	struct link_names *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	err = netlink_open(&l->nl, NETLINK_ROUTE, SOCK_NONBLOCK);
	if (!err)
		err = netlink_join(mnl_socket_get_fd(l->nl), RTNLGRP_LINK);
	if (!err)
		err = read_all(l);
	if (err) {
		link_names_close(l);
		return err;
	}
	l->empty_ns = clock_wall_ns();
	*out = l;
	return 0;
}

int link_names_fd(const struct link_names *l)
{
	return mnl_socket_get_fd(l->nl);
}

static void forget(struct link_names *l, uint64_t forget_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!l->spells[i].ended ||
		    (l->spells[i].ended_by_ns >= forget_ns && l->n <= MAX_SPELLS))
			l->spells[kept++] = l->spells[i];
	l->n = kept;
}

/* The clock was set back: times from before mean nothing now. The names that devices have count as
 * those that they have always had, as at the start. */
static void begin_anew(struct link_names *l)
{
	forget(l, UINT64_MAX);
	for (size_t i = 0; i < l->n; i++)
		l->spells[i].began_after_ns = l->spells[i].began_by_ns = 0;
}

/* What was lost (ENOBUFS) or cut off (ENOSPC) can have been any change. */
int link_names_update(struct link_names *l, uint64_t forget_ns)
{
	uint64_t now_ns = clock_wall_ns();
	int err = 0;

	if (now_ns < l->empty_ns)
		begin_anew(l);
	for (;;) {
		ssize_t len = mnl_socket_recvfrom(l->nl, l->buf, sizeof(l->buf));

		if (len < 0 && (errno == ENOBUFS || errno == ENOSPC))
			l->missed = true;
		else if (len < 0 && errno == EINTR)
			continue;
		else if (len < 0)
			break;
		else if (mnl_cb_run(l->buf, len, 0, 0, take_link, l) < 0)
			l->missed = true;
		now_ns = clock_wall_ns();
	}
	err = errno == EAGAIN ? 0 : -errno;
	if (!err && l->missed)
		err = read_all(l);
	l->empty_ns = now_ns;
	forget(l, forget_ns);
	return err;
}

const char *link_names_at(const struct link_names *l, uint32_t ifindex, uint64_t from_ns,
			  uint64_t to_ns)
{
	const char *name = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct spell *s = &l->spells[i];

		if (s->ifindex != ifindex || s->began_after_ns > to_ns ||
		    (s->ended && s->ended_by_ns < from_ns))
			continue;
		if (name && strncmp(name, s->name, IFNAMSIZ))
			return NULL;
		name = s->name;
	}
	return name;
}

void link_names_close(struct link_names *l)
{
	if (!l)
		return;
	if (l->nl)
		mnl_socket_close(l->nl);
	free(l->spells);
	free(l);
}
