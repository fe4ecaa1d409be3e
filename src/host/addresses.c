/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "flow/address.h"
#include "host/addresses.h"
#include "host/netlink.h"

/* How often a dump is tried: it fails with EINTR when addresses change during the dump. */
#define DUMP_TRIES 5

enum kind {
	OURS,		/* the address of an interface */
	BROADCAST,	/* the broadcast address of one of our networks */
};

struct entry {
	__u8 addr[16];
	enum kind kind;
};

struct list {
	struct entry *entries;
	size_t used, room;
	int err;
};

struct addresses {
	struct mnl_socket *changes;
	struct list list;	/* sorted by address */
};

static int by_address(const void *a, const void *b)
{
	return memcmp(((const struct entry *)a)->addr, ((const struct entry *)b)->addr, 16);
}

static int by_address_and_kind(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = by_address(a, b);

	return order ? order : (int)x->kind - (int)y->kind;
}

/* Sort, and keep each address once. One that is both an interface's and a broadcast
 * address is kept as the interface's, which by_address_and_kind() puts first. */
static void tidy(struct list *l)
{
	size_t kept = 0;

	if (!l->used)
		return;
	qsort(l->entries, l->used, sizeof(*l->entries), by_address_and_kind);
	for (size_t i = 0; i < l->used; i++)
		if (!kept || by_address(&l->entries[kept - 1], &l->entries[i]))
			l->entries[kept++] = l->entries[i];
	l->used = kept;
}

static void append_entry(struct list *l, const struct entry *e)
{
	if (l->used == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct entry *grown = realloc(l->entries, room * sizeof(*grown));

		if (!grown) {
			l->err = -ENOMEM;
			return;
		}
		l->entries = grown;
		l->room = room;
	}
	l->entries[l->used++] = *e;
}

static void append(struct list *l, int family, const struct nlattr *attr, enum kind kind)
{
	struct entry e = { .kind = kind };

	if (family == AF_INET && mnl_attr_get_payload_len(attr) == 4)
		flow_addr_v4(e.addr, mnl_attr_get_payload(attr));
	else if (family == AF_INET6 && mnl_attr_get_payload_len(attr) == 16)
		memcpy(e.addr, mnl_attr_get_payload(attr), 16);
	else
		return;
	append_entry(l, &e);
}

/* Of a message's attributes IFA_LOCAL is the interface's own address; on a point-to-point
 * link IFA_ADDRESS is the address of the other end. IPv6 sends IFA_LOCAL only where the two
 * differ, so without IFA_LOCAL the interface's own address is IFA_ADDRESS. */
static int take_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *local = NULL, *address = NULL;

	if (nlh->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = attr;
		else if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = attr;
		else if (mnl_attr_get_type(attr) == IFA_BROADCAST)
			append(arg, ifa->ifa_family, attr, BROADCAST);
	}
	if (local || address)
		append(arg, ifa->ifa_family, local ? local : address, OURS);
	return MNL_CB_OK;
}

static int dump_once(struct mnl_socket *nl, struct list *l)
{
	char buf[32768] __attribute__((aligned(8)));
	struct sockaddr_nl from = { 0 };
	socklen_t from_len;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	ssize_t n;
	int more = 1;

	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_UNSPEC;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > 0) {
		from_len = sizeof(from);
		n = recvfrom(mnl_socket_get_fd(nl), buf, sizeof(buf), 0, (struct sockaddr *)&from,
			     &from_len);
		if (n < 0)
			return -errno;
		if (from.nl_pid)	/* not the kernel */
			continue;
		more = mnl_cb_run(buf, n, 1, mnl_socket_get_portid(nl), take_address, l);
		if (more < 0)
			return -errno;	/* EINTR: addresses have changed meanwhile */
	}
	return l->err;
}

/* Each try has a socket of its own: messages of the dump never mix with notifications of
 * changes, nor with the rest of an interrupted dump. */
static int dump(struct list *l)
{
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR; i++) {
		struct mnl_socket *nl;

		err = netlink_open(&nl, NETLINK_ROUTE, 0);
		if (err)
			return err;
		l->used = 0;
		err = dump_once(nl, l);
		mnl_socket_close(nl);
	}
	return err;
}

static int reload(struct addresses *a)
{
	struct list fresh = { 0 };
	int err = dump(&fresh);

	if (err) {
		free(fresh.entries);
		return err;
	}
	tidy(&fresh);
	free(a->list.entries);
	a->list = fresh;
	return 0;
}

static int subscribe(struct addresses *a)
{
	int err = netlink_open(&a->changes, NETLINK_ROUTE, SOCK_NONBLOCK);

	if (!err)
		err = netlink_join(addresses_fd(a), RTNLGRP_IPV4_IFADDR);
	if (!err)
		err = netlink_join(addresses_fd(a), RTNLGRP_IPV6_IFADDR);
	return err;
}

int addresses_open(struct addresses **out)
{
	struct addresses *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return -ENOMEM;
	err = subscribe(a);
	if (!err)
		err = reload(a);	/* after subscribing: no change is missed in between */
	if (err) {
		addresses_close(a);
		return err;
	}
	*out = a;
	return 0;
}

int addresses_read(struct addresses **out)
{
	struct addresses *a = calloc(1, sizeof(*a));
	int err = a ? reload(a) : -ENOMEM;

	if (err) {
		free(a);
		return err;
	}
	*out = a;
	return 0;
}

bool addresses_same(const struct addresses *a, const struct addresses *b)
{
	if (a->list.used != b->list.used)
		return false;
	for (size_t i = 0; i < a->list.used; i++)
		if (by_address_and_kind(&a->list.entries[i], &b->list.entries[i]))
			return false;
	return true;
}

int addresses_of(struct addresses **out, const __u8 (*given)[16], size_t n)
{
	struct addresses *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct entry e = { .kind = OURS };

		memcpy(e.addr, given[i], sizeof(e.addr));
		append_entry(&a->list, &e);
	}
	if (a->list.err) {
		addresses_close(a);
		return -ENOMEM;
	}
	tidy(&a->list);
	*out = a;
	return 0;
}

int addresses_fd(const struct addresses *a)
{
	return mnl_socket_get_fd(a->changes);
}

/* A notification only says that something has changed; then all addresses are read anew. So the
 * list is also right when notifications were lost in an overrun, and when one of two interfaces
 * with the same address loses it. */
int addresses_update(struct addresses *a)
{
	char buf[8192];
	bool changed = false;
	int err;

	while (mnl_socket_recvfrom(a->changes, buf, sizeof(buf)) >= 0 || errno == ENOBUFS ||
	       errno == ENOSPC)
		changed = true;
	if (errno != EAGAIN && errno != EINTR)
		return -errno;
	if (!changed)
		return 0;
	err = reload(a);
	return err ? err : 1;
}

static const struct entry *find(const struct addresses *a, const __u8 addr[16])
{
	if (!a->list.used)
		return NULL;
	return bsearch(addr, a->list.entries, a->list.used, sizeof(*a->list.entries), by_address);
}

static bool is_v4(const __u8 addr[16])
{
	static const __u8 prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(addr, prefix, sizeof(prefix));
}

static bool is_group(const __u8 addr[16])
{
	static const __u8 all_ones[4] = { 0xff, 0xff, 0xff, 0xff };

	if (is_v4(addr))
		return (addr[12] & 0xf0) == 0xe0 || !memcmp(addr + 12, all_ones, 4);
	return addr[0] == 0xff;
}

static bool is_ours(const struct addresses *a, const __u8 addr[16])
{
	const struct entry *e;

	if (is_v4(addr) && addr[12] == 127)
		return true;
	e = find(a, addr);
	return e && e->kind == OURS;
}

static bool reaches_us(const struct addresses *a, const __u8 addr[16])
{
	return is_group(addr) || is_ours(a, addr) || find(a, addr);
}

enum flow_dir addresses_direction(const struct addresses *a, const __u8 src[16],
				  const __u8 dst[16])
{
	if (is_ours(a, src))
		return is_ours(a, dst) ? FLOW_DIR_LOCAL : FLOW_DIR_OUT;
	return reaches_us(a, dst) ? FLOW_DIR_IN : FLOW_DIR_FORWARD;
}

int addresses_each(const struct addresses *a, addresses_fn *fn, void *arg)
{
	int err = 0;

	for (size_t i = 0; i < a->list.used && !err; i++)
		err = fn(arg, a->list.entries[i].addr, a->list.entries[i].kind == BROADCAST);
	return err;
}

void addresses_close(struct addresses *a)
{
	if (!a)
		return;
	if (a->changes)
		mnl_socket_close(a->changes);
	free(a->list.entries);
	free(a);
}
