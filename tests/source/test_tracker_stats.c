/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "host/namespace.h"
#include "source/tracker_stats.h"

/* What ctnetlink_ct_stat_cpu_fill_info() in the kernel's nf_conntrack_netlink.c sends for a CPU,
 * with the attributes that a kernel of today has. */
static const uint16_t sent[] = { CTA_STATS_FOUND, CTA_STATS_INVALID, CTA_STATS_INSERT,
				 CTA_STATS_INSERT_FAILED, CTA_STATS_DROP, CTA_STATS_EARLY_DROP,
				 CTA_STATS_ERROR, CTA_STATS_SEARCH_RESTART,
				 CTA_STATS_CLASH_RESOLVE, CTA_STATS_CHAIN_TOOLONG };
#define ALL_SENT (sizeof(sent) / sizeof(sent[0]))

static char buf[1024] __attribute__((aligned(8)));

static struct nlmsghdr *message(uint16_t cpu)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nfg->res_id = htons(cpu);
	return nlh;
}

/* A CPU whose counter of the attribute with number i is first + i, and which sends n attributes. */
static void take_cpu(struct tracker_stats *t, uint16_t cpu, uint32_t first, size_t n)
{
	struct nlmsghdr *nlh = message(cpu);

	for (size_t i = 0; i < n; i++)
		mnl_attr_put_u32(nlh, sent[i], htonl(first + i));
	tracker_stats_take_cpu(nlh, t);
}

static void take_table(struct tracker_stats *t, uint32_t entries, uint32_t max)
{
	struct nlmsghdr *nlh = message(0);

	mnl_attr_put_u32(nlh, CTA_STATS_GLOBAL_ENTRIES, htonl(entries));
	mnl_attr_put_u32(nlh, CTA_STATS_GLOBAL_MAX_ENTRIES, htonl(max));
	tracker_stats_take_table(nlh, t);
}

/* A reading of two CPUs, which counted the same. */
static struct window_kernel reading(struct tracker_stats *t, uint32_t first, size_t n)
{
	struct window_kernel k;

	tracker_stats_begin(t);
	take_cpu(t, 0, first, n);
	take_cpu(t, 3, first, n);
	tracker_stats_end(t, &k);
	return k;
}

static struct tracker_stats *open_stats(void)
{
	struct tracker_stats *t;

	cr_assert_eq(tracker_stats_open(&t), 0);
	return t;
}

#define EXPECT_UNKNOWN(name, about) cr_expect_not(k.name.known, #name);
#define EXPECT_GROWN(name, about)                                                              \
	cr_expect(k.name.known, #name);                                                        \
	cr_expect_eq(k.name.n, 2 * 100, #name);

Test(tracker_stats, the_first_reading_shows_where_counters_begin)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, 5000, ALL_SENT);

	cr_expect(k.asked);
	WINDOW_KERNEL_COUNTERS(EXPECT_UNKNOWN)
	cr_expect(k.drop.never, "no later window knows what it was before");
	k = reading(t, 5100, ALL_SENT);
	WINDOW_KERNEL_COUNTERS(EXPECT_GROWN)
	tracker_stats_close(t);
}

Test(tracker_stats, each_counter_is_taken_from_its_attribute)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, 0, ALL_SENT);

	tracker_stats_begin(t);
	for (uint16_t cpu = 0; cpu < 2; cpu++) {
		struct nlmsghdr *nlh = message(cpu);

		mnl_attr_put_u32(nlh, CTA_STATS_DROP, htonl(1001));
		mnl_attr_put_u32(nlh, CTA_STATS_EARLY_DROP, htonl(2002));
		mnl_attr_put_u32(nlh, CTA_STATS_INSERT_FAILED, htonl(3003));
		mnl_attr_put_u32(nlh, CTA_STATS_INVALID, htonl(4004));
		mnl_attr_put_u32(nlh, CTA_STATS_CLASH_RESOLVE, htonl(5005));
		mnl_attr_put_u32(nlh, CTA_STATS_CHAIN_TOOLONG, htonl(6006));
		tracker_stats_take_cpu(nlh, t);
	}
	tracker_stats_end(t, &k);
	/* of CPU 0 they began at their number in `sent', of CPU 1 at 0 */
	cr_expect_eq(k.drop.n, 1001 - 4 + 1001);
	cr_expect_eq(k.early_drop.n, 2002 - 5 + 2002);
	cr_expect_eq(k.insert_failed.n, 3003 - 3 + 3003);
	cr_expect_eq(k.invalid.n, 4004 - 1 + 4004);
	cr_expect_eq(k.clash_resolve.n, 5005 - 8 + 5005);
	cr_expect_eq(k.chaintoolong.n, 6006 - 9 + 6006);
	tracker_stats_close(t);
}

Test(tracker_stats, a_counter_goes_on_after_its_largest_number)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, UINT32_MAX - 49, ALL_SENT);

	k = reading(t, 50, ALL_SENT);
	WINDOW_KERNEL_COUNTERS(EXPECT_GROWN)
	k = reading(t, UINT32_MAX - 4, ALL_SENT);
	cr_expect_eq(k.drop.n, 2 * (uint64_t)(UINT32_MAX - 54), "more than 32 bits have");
	tracker_stats_close(t);
}

Test(tracker_stats, a_reading_that_failed_is_told_by_the_next_one)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, 0, ALL_SENT);

	tracker_stats_begin(t);
	tracker_stats_end(t, &k);
	WINDOW_KERNEL_COUNTERS(EXPECT_UNKNOWN)
	WINDOW_KERNEL_GAUGES(EXPECT_UNKNOWN)
	cr_expect(k.drop.pending);
	cr_expect_not(k.drop.never);
	k = reading(t, 100, ALL_SENT);
	WINDOW_KERNEL_COUNTERS(EXPECT_GROWN)
	tracker_stats_close(t);
}

Test(tracker_stats, a_counter_that_an_old_kernel_does_not_send_is_unknown)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, 0, ALL_SENT - 1);

	k = reading(t, 100, ALL_SENT - 1);
	cr_expect_not(k.chaintoolong.known);
	cr_expect(k.chaintoolong.never);
	cr_expect(k.clash_resolve.known);
	cr_expect_eq(k.clash_resolve.n, 200);
	tracker_stats_close(t);
}

Test(tracker_stats, the_values_of_the_table_are_those_of_this_reading)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k;

	tracker_stats_begin(t);
	take_table(t, 7, 262144);
	tracker_stats_end(t, &k);
	cr_expect(k.entries.known);
	cr_expect_eq(k.entries.n, 7);
	cr_expect(k.max.known);
	cr_expect_eq(k.max.n, 262144);
	tracker_stats_begin(t);
	tracker_stats_end(t, &k);
	WINDOW_KERNEL_GAUGES(EXPECT_UNKNOWN)
	tracker_stats_close(t);
}

/* A message that ends too early, at each length up to the padding of its only attribute; an
 * attribute of another size. */
Test(tracker_stats, damaged_messages_say_nothing)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k = reading(t, 0, ALL_SENT);
	struct nlmsghdr *nlh = message(0);
	uint32_t attribute = nlh->nlmsg_len, whole = attribute + sizeof(struct nlattr) + sizeof(uint32_t);

	for (uint32_t len = sizeof(*nlh); len <= whole - NLMSG_ALIGNTO; len++) {
		tracker_stats_begin(t);
		nlh = message(0);
		mnl_attr_put_u32(nlh, CTA_STATS_DROP, htonl(1000));
		nlh->nlmsg_len = len;
		tracker_stats_take_cpu(nlh, t);
		tracker_stats_take_table(nlh, t);
		tracker_stats_end(t, &k);
		cr_expect_not(k.drop.known, "%u bytes", len);
	}
	tracker_stats_begin(t);
	nlh = message(0);
	mnl_attr_put_u16(nlh, CTA_STATS_DROP, 1);
	tracker_stats_take_cpu(nlh, t);
	tracker_stats_end(t, &k);
	cr_expect_not(k.drop.known, "a number of 16 bits");
	tracker_stats_close(t);
}

/* The kernel that runs this test: nothing happens in a new network namespace. */
Test(tracker_stats, a_kernel_answers)
{
	struct tracker_stats *t = open_stats();
	struct window_kernel k;
	int err;

	namespace_enter();
	err = tracker_stats_read(t, &k);
	if (err)
		cr_skip_test("no connection tracking here: %d", err);
	cr_assert_eq(tracker_stats_read(t, &k), 0);
	cr_expect(k.drop.known);
	cr_expect_eq(k.drop.n, 0);
	cr_expect(k.entries.known);
	cr_expect_eq(k.entries.n, 0);
	cr_expect(k.max.known);
	cr_expect_gt(k.max.n, 0);
	tracker_stats_close(t);
}
