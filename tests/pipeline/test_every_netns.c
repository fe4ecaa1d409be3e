/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "host/namespace.h"
#include "host/netns.h"
#include "pipeline/every_netns.h"

/* In place of a kernel table: what it has been told of the namespace of the test.
 *
 * own      the namespace
 * is_known  the program makes directions of this namespace's events
 * told     how many addresses since kernel_addresses_begin(); has: how many kernel_addresses_end() has left
 * refuses  there is no room for an address of this namespace
 * ends     how often kernel_addresses_end() was called
 * no_cookies  no other namespace can be looked at; failed: how often one could not
 */
static struct {
	__u32 own;
	bool is_known, refuses, no_cookies;
	size_t told, has, ends, failed;
} table;

static struct kernel *const in_place = (struct kernel *)&table;

int __real_kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what);
int __wrap_kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what);
int __real_kernel_netns_forget(struct kernel *k, __u32 netns);
int __wrap_kernel_netns_forget(struct kernel *k, __u32 netns);
int __real_kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind);
int __wrap_kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind);
void __real_kernel_addresses_begin(struct kernel *k);
void __wrap_kernel_addresses_begin(struct kernel *k);
int __real_kernel_addresses_end(struct kernel *k);
int __wrap_kernel_addresses_end(struct kernel *k);

int __real_netns_cookie(uint64_t *cookie);
int __wrap_netns_cookie(uint64_t *cookie);

int __wrap_netns_cookie(uint64_t *cookie)
{
	int err = __real_netns_cookie(cookie);

	if (err || !table.no_cookies || *cookie == table.own)
		return err;
	table.failed++;
	return -ENOMEM;
}

int __wrap_kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what)
{
	if (k != in_place)
		return __real_kernel_netns(k, netns, what);
	if (netns == table.own)
		table.is_known = what == NETNS_KNOWN;
	return 0;
}

int __wrap_kernel_netns_forget(struct kernel *k, __u32 netns)
{
	if (k != in_place)
		return __real_kernel_netns_forget(k, netns);
	if (netns == table.own)
		table.is_known = false;
	return 0;
}

int __wrap_kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind)
{
	if (k != in_place)
		return __real_kernel_netns_address(k, netns, addr, kind);
	if (netns != table.own)
		return 0;
	if (table.refuses)
		return -E2BIG;
	table.told++;
	return 0;
}

void __wrap_kernel_addresses_begin(struct kernel *k)
{
	if (k == in_place)
		table.told = 0;
	else
		__real_kernel_addresses_begin(k);
}

int __wrap_kernel_addresses_end(struct kernel *k)
{
	if (k != in_place)
		return __real_kernel_addresses_end(k);
	table.has = table.told;
	table.ends++;
	return 0;
}

static struct every_netns *opened(void)
{
	static const struct options opts = { .window_ns = 1000000000 };
	struct every_netns *e = NULL;
	uint64_t cookie;

	namespace_enter();
	namespace_run("ip link set lo up");
	namespace_run("ip addr add 10.0.0.7/32 dev lo");
	cr_assert_eq(netns_cookie(&cookie), 0);
	table.own = cookie;
	if (every_netns_open(&e, &opts, in_place))
		cr_skip_test("no look into other network namespaces");
	return e;
}

/* Look until the addresses of the test's namespace have been told, and then until these have not changed
 * between two looks. */
static void look_twice(struct every_netns *e)
{
	const struct netns_entry *own = netns_list_find(every_netns_list(e), table.own);
	size_t ends = table.ends;

	while (table.ends == ends || !own->settled)
		every_netns_tick(e);
}

/* A direction is only made of addresses that are there. */
Test(every_netns, addresses_without_room, .timeout = 60)
{
	struct every_netns *e = opened();
	size_t before = table.has;

	cr_assert(table.is_known);
	cr_assert_gt(before, 0);
	table.refuses = true;
	namespace_run("ip addr add 10.0.0.8/32 dev lo");
	look_twice(e);
	cr_expect(!table.is_known, "known, with %zu addresses", table.has);

	table.refuses = false;
	look_twice(e);
	cr_expect(table.is_known);
	cr_expect_eq(table.has, before + 1, "%zu addresses after %zu", table.has, before);
	every_netns_close(e);
}

/* What a look has found is told also when another namespace could not be looked at. */
Test(every_netns, a_look_that_fails, .timeout = 60)
{
	struct every_netns *e = opened();
	size_t before = table.has;

	if (netns_list_size(every_netns_list(e)) < 2)
		cr_skip_test("no other network namespace can be looked at");
	table.no_cookies = true;
	namespace_run("ip addr add 10.0.0.8/32 dev lo");
	for (size_t failed = table.failed; table.failed == failed;)
		every_netns_tick(e);
	table.no_cookies = false;
	look_twice(e);
	cr_expect(table.is_known);
	cr_expect_eq(table.has, before + 1, "%zu addresses after %zu", table.has, before);
	every_netns_close(e);
}
