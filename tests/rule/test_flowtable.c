/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <endian.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/namespace.h"
#include "rule/flowtable.h"

static char buf[1024] __attribute__((aligned(8)));

/* The one that was shown last; its strings are in table and name. */
static struct flowtable shown;
static char table[64], name[64];
static size_t n_shown;

static void show(void *arg, const struct flowtable *f)
{
	(void)arg;
	shown = *f;
	strcpy(table, f->table);
	strcpy(name, f->name);
	n_shown++;
}

/* A flow table as nf_tables_fill_flowtable_info() in the kernel's nf_tables_api.c sends it. flags:
 * UINT32_MAX: an old kernel sends none. */
static struct nlmsghdr *message(const char *its_name, uint32_t use, uint32_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	struct nlattr *hook;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWFLOWTABLE;
	nfg->nfgen_family = NFPROTO_INET;
	mnl_attr_put_strz(nlh, NFTA_FLOWTABLE_TABLE, "fast");
	if (its_name)
		mnl_attr_put_strz(nlh, NFTA_FLOWTABLE_NAME, its_name);
	mnl_attr_put_u32(nlh, NFTA_FLOWTABLE_USE, htonl(use));
	mnl_attr_put_u64(nlh, NFTA_FLOWTABLE_HANDLE, htobe64(7));
	if (flags != UINT32_MAX)
		mnl_attr_put_u32(nlh, NFTA_FLOWTABLE_FLAGS, htonl(flags));
	hook = mnl_attr_nest_start(nlh, NFTA_FLOWTABLE_HOOK);
	mnl_attr_put_u32(nlh, NFTA_FLOWTABLE_HOOK_NUM, 0);
	mnl_attr_put_u32(nlh, NFTA_FLOWTABLE_HOOK_PRIORITY, htonl(-10));
	mnl_attr_nest_end(nlh, hook);
	return nlh;
}

Test(flowtable, what_the_kernel_says_of_one)
{
	flowtable_read(message("f", 2, 0), show, NULL);
	cr_assert_eq(n_shown, 1);
	cr_expect_eq(shown.family, NFPROTO_INET);
	cr_expect_str_eq(table, "fast");
	cr_expect_str_eq(name, "f");
	cr_expect_eq(shown.handle, 7);
	cr_expect_eq(shown.priority, -10);
	cr_expect(shown.used);
	cr_expect_not(shown.counted);
	cr_expect_not(shown.hardware);
}

Test(flowtable, its_flags)
{
	flowtable_read(message("f", 0, NFT_FLOWTABLE_COUNTER), show, NULL);
	cr_expect(shown.counted);
	cr_expect_not(shown.hardware);
	cr_expect_not(shown.used);
	flowtable_read(message("f", 1, NFT_FLOWTABLE_HW_OFFLOAD), show, NULL);
	cr_expect_not(shown.counted);
	cr_expect(shown.hardware);
	flowtable_read(message("f", 1, UINT32_MAX), show, NULL);
	cr_expect_not(shown.counted, "no kernel counts that does not send flags");
	cr_expect_eq(n_shown, 3);
}

Test(flowtable, messages_that_cannot_be_read)
{
	struct nlmsghdr *nlh = message(NULL, 1, 0);

	flowtable_read(nlh, show, NULL);
	nlh = message("f", 1, 0);
	nlh->nlmsg_len = sizeof(*nlh);
	flowtable_read(nlh, show, NULL);
	cr_expect_eq(n_shown, 0);
}

/* The kernel that runs this test: a new network namespace has none. */
Test(flowtable, none_in_a_new_namespace)
{
	namespace_enter();
	cr_expect_eq(flowtable_each(show, NULL), 0);
	cr_expect_eq(n_shown, 0);
}
