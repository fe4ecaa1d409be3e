/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "host/namespace.h"
#include "rule/changes.h"

struct messages {
	size_t len;
	unsigned char bytes[1024] __attribute__((aligned(8)));
};

static void put(struct messages *m, uint16_t type, size_t payload)
{
	struct nlmsghdr nlh = { .nlmsg_len = sizeof(nlh) + payload, .nlmsg_type = type };

	memcpy(m->bytes + m->len, &nlh, sizeof(nlh));
	m->len += NLMSG_ALIGN(nlh.nlmsg_len);
}

static const uint8_t rules_change[] = { NFT_MSG_NEWTABLE, NFT_MSG_DELTABLE, NFT_MSG_NEWCHAIN,
					NFT_MSG_DELCHAIN, NFT_MSG_NEWRULE, NFT_MSG_DELRULE, 200 };
static const uint8_t others_change[] = { NFT_MSG_NEWSET, NFT_MSG_DELSET, NFT_MSG_NEWSETELEM,
					 NFT_MSG_DELSETELEM, NFT_MSG_NEWGEN, NFT_MSG_NEWOBJ,
					 NFT_MSG_DELOBJ, NFT_MSG_NEWFLOWTABLE,
					 NFT_MSG_DELFLOWTABLE };

Test(changes, tables_chains_and_rules_matter)
{
	for (size_t i = 0; i < sizeof(rules_change); i++) {
		struct messages m = { .len = 0 };

		put(&m, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM, 21);
		put(&m, NFNL_SUBSYS_NFTABLES << 8 | rules_change[i], 4);
		put(&m, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN, 4);
		cr_expect(changes_matter(m.bytes, m.len), "%u", rules_change[i]);
	}
}

Test(changes, sets_and_the_like_do_not)
{
	struct messages m = { .len = 0 };

	cr_expect_not(changes_matter(m.bytes, 0));
	for (size_t i = 0; i < sizeof(others_change); i++)
		put(&m, NFNL_SUBSYS_NFTABLES << 8 | others_change[i], i);
	put(&m, NFNL_SUBSYS_CTNETLINK << 8 | NFT_MSG_NEWRULE, 4);
	/* the last one without its padding */
	put(&m, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN, 1);
	cr_expect_not(changes_matter(m.bytes, m.len));
	cr_expect_not(changes_matter(m.bytes, m.len - 3));
}

Test(changes, what_is_damaged_may_be_anything)
{
	struct messages m = { .len = 0 };

	put(&m, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN, 40);
	cr_expect(changes_matter(m.bytes, m.len - 1));
	cr_expect(changes_matter(m.bytes, 5));
}

static bool is_readable(const struct changes *c, int timeout_ms)
{
	struct pollfd pfd = { .fd = changes_fd(c), .events = POLLIN };

	return poll(&pfd, 1, timeout_ms) == 1;
}

Test(changes, as_the_kernel_sends_them)
{
	struct changes *c;

	namespace_enter();
	cr_assert_eq(changes_open(&c), 0);
	cr_expect_not(is_readable(c, 0));
	namespace_run("nft 'add table inet t; add set inet t s { type ipv4_addr; }; "
		      "add chain inet t c; add counter inet t n'");
	cr_expect_eq(changes_take(c), 1);
	cr_expect_not(is_readable(c, 0));
	namespace_run("nft add element inet t s '{ 10.0.0.1, 10.0.0.2 }'");
	namespace_run("nft delete element inet t s '{ 10.0.0.1 }'");
	namespace_run("nft add set inet t s2 '{ type ipv4_addr; }'");
	cr_expect(is_readable(c, 0));
	cr_expect_eq(changes_take(c), 0);
	namespace_run("nft add rule inet t c counter");
	cr_expect_eq(changes_take(c), 1);
	namespace_run("nft delete table inet t");
	cr_expect_eq(changes_take(c), 1);
	cr_expect_eq(changes_take(c), 0);
	changes_close(c);
}

Test(changes, a_time_to_wake_up)
{
	struct changes *c;
	struct timespec now;

	namespace_enter();
	cr_assert_eq(changes_open(&c), 0);
	clock_gettime(CLOCK_MONOTONIC, &now);
	changes_wake_at(c, now.tv_sec * 1000000000ULL + now.tv_nsec + 1000000);
	cr_expect(is_readable(c, 20000));
	cr_expect_eq(changes_take(c), 0);
	cr_expect_not(is_readable(c, 0));
	changes_close(c);
}
