/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */

#include <libmnl/libmnl.h>
#include <libnftnl/flowtable.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/netlink.h"
#include "rule/flowtable.h"
#include "rule/nft.h"

struct taker {
	flowtable_fn *fn;
	void *arg;
};

/* Whether rules use the flow table. nftnl_flowtable_get_u32() of libnftnl 1.2.4 has no answer for
 * NFTNL_FLOWTABLE_USE. */
static bool is_used(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_USE && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			return mnl_attr_get_u32(attr);
	return true;
}

/* A kernel that does not send the flags has no counters (before Linux 5.7). */
static void show(const struct nlmsghdr *nlh, const struct nftnl_flowtable *t, flowtable_fn *fn,
		 void *arg)
{
	uint32_t flags = nftnl_flowtable_get_u32(t, NFTNL_FLOWTABLE_FLAGS);
	struct flowtable f = {
		.family = nftnl_flowtable_get_u32(t, NFTNL_FLOWTABLE_FAMILY),
		.table = nftnl_flowtable_get_str(t, NFTNL_FLOWTABLE_TABLE),
		.name = nftnl_flowtable_get_str(t, NFTNL_FLOWTABLE_NAME),
		.handle = nftnl_flowtable_get_u64(t, NFTNL_FLOWTABLE_HANDLE),
		.priority = nftnl_flowtable_get_s32(t, NFTNL_FLOWTABLE_PRIO),
		.hardware = flags & NFT_FLOWTABLE_HW_OFFLOAD,
		.counted = flags & NFT_FLOWTABLE_COUNTER,
		.used = is_used(nlh),
	};

	if (f.table && f.name)
		fn(arg, &f);
}

void flowtable_read(const struct nlmsghdr *nlh, flowtable_fn *fn, void *arg)
{
	struct nftnl_flowtable *t;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nfgenmsg))
		return;
	t = nftnl_flowtable_alloc();
	if (!t)
		return;
	if (!nftnl_flowtable_nlmsg_parse(nlh, t))
		show(nlh, t, fn, arg);
	nftnl_flowtable_free(t);
}

static int take(const struct nlmsghdr *nlh, void *arg)
{
	struct taker *taker = arg;

	flowtable_read(nlh, taker->fn, taker->arg);
	return MNL_CB_OK;
}

/* -EINVAL: the kernel has no nf_tables, or one without flow tables (before Linux 4.16). */
int flowtable_each(flowtable_fn *fn, void *arg)
{
	struct taker taker = { fn, arg };
	struct mnl_socket *nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, 0);

	if (err)
		return err;
	err = nft_dump(nl, NFT_MSG_GETFLOWTABLE, NULL, take, &taker);
	mnl_socket_close(nl);
	return err == -EINTR || err == -EINVAL ? 0 : err;
}
