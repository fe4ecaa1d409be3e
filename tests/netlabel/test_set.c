/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/networks.h"
#include "netlabel/naive.h"
#include "netlabel/set.h"
#include "random.h"

static struct texts *names;
static struct netlabel_set *set;

static void setup(void)
{
	cr_assert_eq(texts_open(&names), 0);
	set = netlabel_set_open(names);
	cr_assert_not_null(set);
}

static void teardown(void)
{
	netlabel_set_drop(set);
	texts_close(names);
}

TestSuite(netlabel, .init = setup, .fini = teardown);

static struct flow_network network(const char *text)
{
	struct flow_network n;
	struct refusal why;

	cr_assert_eq(options_network(text, &n, &why), 0, "%s", text);
	return n;
}

static int add(const char *text, uint8_t file, uint32_t number)
{
	struct flow_network n = network(text);

	return netlabel_trie_add(&set->networks, &n, file, number);
}

static void expect_address(const char *text, uint32_t number)
{
	struct flow_network n = network(text);

	cr_expect_eq(netlabel_set_address(set, n.family, n.addr), number, "%s: %u", text,
		     netlabel_set_address(set, n.family, n.addr));
}

#define SEVERAL UINT32_MAX

static void expect_network(const char *text, uint32_t number)
{
	struct flow_network n = network(text);
	uint32_t found = 4711;
	bool one = netlabel_set_network(set, &n, &found);

	if (number == SEVERAL)
		cr_expect_not(one, "%s", text);
	else
		cr_expect(one && found == number, "%s: %u", text, found);
}

Test(netlabel, an_empty_set_labels_nothing)
{
	expect_address("10.0.0.1", 0);
	expect_address("2001:db8::1", 0);
	expect_network("0.0.0.0/0", 0);
	expect_network("::/0", 0);
}

Test(netlabel, the_smallest_network_holds)
{
	cr_assert_eq(add("10.0.0.0/8", 0, 1), 0);
	cr_assert_eq(add("10.1.2.3", 0, 2), 0);
	cr_assert_eq(add("10.1.0.0/16", 0, 3), 0);
	expect_address("10.1.2.3", 2);
	expect_address("10.1.2.2", 3);
	expect_address("10.2.0.0", 1);
	expect_address("11.0.0.0", 0);
	expect_address("9.255.255.255", 0);
}

/* ::ffff:10.0.0.1 as an IPv6 address is none of IPv4. */
Test(netlabel, families_stand_alone)
{
	__u8 mapped[16];

	cr_assert_eq(add("10.0.0.0/8", 0, 1), 0);
	cr_assert_eq(add("2001:db8::/32", 0, 2), 0);
	flow_addr_v4(mapped, "\x0a\0\0\1");
	cr_expect_eq(netlabel_set_address(set, AF_INET, mapped), 1);
	cr_expect_eq(netlabel_set_address(set, AF_INET6, mapped), 0);
	expect_address("2001:db8:ffff::1", 2);
}

Test(netlabel, everything_is_a_network)
{
	cr_assert_eq(add("0.0.0.0/0", 0, 1), 0);
	cr_assert_eq(add("::/0", 0, 2), 0);
	expect_address("255.255.255.255", 1);
	expect_address("ffff::", 2);
	expect_network("0.0.0.0/0", 1);
	expect_network("128.0.0.0/1", 1);
}

/* Of one file; a later file may say otherwise. Bits behind the prefix do not make another network. */
Test(netlabel, a_network_has_one_label)
{
	cr_assert_eq(add("10.1.1.1/8", 0, 1), 0);
	cr_expect_eq(add("10.0.0.0/8", 0, 1), 0);
	cr_expect_eq(add("10.2.2.2/8", 0, 2), -EEXIST);
	expect_address("10.0.0.1", 1);
	cr_expect_eq(add("10.2.2.2/8", 1, 2), 0);
	expect_address("10.0.0.1", 2);
	cr_expect_eq(set->networks.networks, 1);
}

/* A network without a label takes its addresses out of a larger one. */
Test(netlabel, a_network_can_have_no_label)
{
	cr_assert_eq(add("10.0.0.0/8", 0, 1), 0);
	cr_assert_eq(add("10.1.0.0/16", 0, 0), 0);
	expect_address("10.1.0.1", 0);
	expect_network("10.1.0.0/16", 0);
	expect_network("10.0.0.0/8", SEVERAL);
}

Test(netlabel, of_a_network_all_addresses_have_the_label)
{
	cr_assert_eq(add("10.0.0.0/8", 0, 1), 0);
	cr_assert_eq(add("10.1.0.0/16", 0, 2), 0);
	cr_assert_eq(add("10.1.1.0/24", 0, 2), 0);
	expect_network("10.2.0.0/16", 1);
	expect_network("10.1.1.0/24", 2);
	expect_network("10.1.1.7", 2);
	expect_network("10.1.0.0/16", 2);
	expect_network("10.0.0.0/15", SEVERAL);
	expect_network("10.0.0.0/8", SEVERAL);
	expect_network("10.0.0.0/7", SEVERAL);
	expect_network("0.0.0.0/0", SEVERAL);
	expect_network("11.0.0.0/8", 0);
}

/* Two halves with one label cover the whole, whatever the label around them is. */
Test(netlabel, of_halves_all_addresses_have_the_label)
{
	cr_assert_eq(add("10.0.0.0/25", 0, 1), 0);
	expect_network("10.0.0.0/24", SEVERAL);
	cr_assert_eq(add("10.0.0.128/25", 0, 1), 0);
	expect_network("10.0.0.0/24", 1);
	expect_network("10.0.0.0/23", SEVERAL);
	cr_assert_eq(add("10.0.0.0/24", 0, 2), 0);
	expect_network("10.0.0.0/24", 1);
	cr_assert_eq(add("10.0.0.128/25", 1, 2), 0);
	expect_network("10.0.0.0/24", SEVERAL);
}

/* What has been found out about a network holds until something is added there. */
Test(netlabel, a_network_is_looked_at_anew_when_one_is_added)
{
	cr_assert_eq(add("10.1.0.0/16", 0, 1), 0);
	cr_assert_eq(add("10.1.1.0/24", 0, 1), 0);
	expect_network("10.1.0.0/16", 1);
	cr_assert_eq(add("10.1.1.128/25", 0, 2), 0);
	expect_network("10.1.0.0/16", SEVERAL);
	cr_assert_eq(add("10.1.1.128/25", 1, 1), 0);
	expect_network("10.1.0.0/16", 1);
	cr_assert_eq(add("10.1.0.0/15", 0, 1), 0);
	expect_network("10.0.0.0/15", 1);
	expect_network("10.0.0.0/14", SEVERAL);
}

/* Each record whose key keeps so much asks: 65,536 times 65,536 steps would hold up everything else. */
Test(netlabel, a_large_network_is_looked_at_once, .timeout = 30)
{
	struct flow_network n = network("10.0.0.0/24");

	for (unsigned int i = 0; i < 65536; i++) {
		n.addr[13] = i >> 8;
		n.addr[14] = i;
		cr_assert_eq(netlabel_trie_add(&set->networks, &n, 0, 1), 0);
	}
	for (unsigned int i = 0; i < 65536; i++)
		expect_network("10.0.0.0/8", 1);
}

static int count(void *arg, const struct flow_network *n, uint32_t number)
{
	uint32_t *sums = arg;

	sums[0]++;
	sums[1] += number;
	return n->bits == 128 && number == 9;
}

Test(netlabel, each_network_is_shown_once)
{
	uint32_t sums[2] = { 0 };

	cr_assert_eq(add("10.0.0.0/25", 0, 1), 0);
	cr_assert_eq(add("10.0.0.128/25", 0, 2), 0);
	cr_assert_eq(add("10.0.0.128/25", 0, 2), 0);
	cr_assert_eq(add("2001:db8::/32", 0, 4), 0);
	cr_expect_eq(netlabel_set_each(set, count, sums), 0);
	cr_expect_eq(sums[0], 3, "and not the network at which the ways part");
	cr_expect_eq(sums[1], 7);
	cr_assert_eq(add("10.0.0.1", 0, 9), 0);
	cr_assert_eq(add("10.0.0.2", 0, 3), 0);
	cr_expect_eq(netlabel_set_each(set, count, sums), 1);
}

Test(netlabel, a_set_lives_as_long_as_somebody_holds_it)
{
	struct netlabel_set *held = netlabel_set_hold(set);

	cr_assert_eq(held, set);
	cr_assert_eq(add("10.0.0.0/8", 0, 1), 0);
	netlabel_set_drop(set);
	expect_address("10.0.0.1", 1);
	netlabel_set_drop(NULL);
	cr_expect_null(netlabel_set_hold(NULL));
}

/* --- against a list --------------------------------------------------------- */

#define N 600
static struct flow_network list[N];
static uint32_t labels[N];

static struct flow_network random_network(struct random *random)
{
	struct flow_network n = { .family = random_below(random, 2) ? AF_INET : AF_INET6 };
	unsigned int first = n.family == AF_INET ? 12 : 0;

	if (n.family == AF_INET)
		flow_addr_v4(n.addr, "\x0a\0\0\0");
	/* Few different bits, so that networks lie in one another. */
	n.addr[first + 1] = random_below(random, 4) << 6;
	n.addr[first + 2] = random_below(random, 8);
	n.addr[first + 3] = random_below(random, 256);
	n.bits = 8 * first + random_below(random, 33);
	for (unsigned int i = n.bits; i < 128; i++)
		n.addr[i / 8] &= ~(0x80 >> i % 8);
	return n;
}

/* Where a network is there already, this one is of another file than that, and takes its place. */
static void add_random(struct random *random, size_t i, uint32_t n_labels)
{
	list[i] = random_network(random);
	labels[i] = random_below(random, n_labels);
	if (netlabel_trie_add(&set->networks, &list[i], 0, labels[i]))
		cr_assert_eq(netlabel_trie_add(&set->networks, &list[i], 1, labels[i]), 0);
}

/* The label of an address: that of the longest prefix, of equal ones the last. */
static uint32_t naive_label(size_t n, uint8_t family, const __u8 addr[16])
{
	uint32_t number = 0;
	int bits = -1;

	for (size_t i = 0; i < n; i++)
		if (list[i].bits >= bits && naive_is_in(&list[i], family, addr)) {
			bits = list[i].bits;
			number = labels[i];
		}
	return number;
}

Test(netlabel, finds_what_a_list_finds)
{
	struct random random = random_from(15);

	for (size_t i = 0; i < N; i++) {
		add_random(&random, i, 5);
	}
	for (size_t i = 0; i < 20000; i++) {
		struct flow_network n = random_network(&random);

		cr_assert_eq(netlabel_set_address(set, n.family, n.addr),
			     naive_label(N, n.family, n.addr), "%zu", i);
	}
}

/* All addresses of small networks, one by one. */
Test(netlabel, finds_of_networks_what_all_addresses_say)
{
	struct random random = random_from(16);
	size_t several = 0;

	for (size_t i = 0; i < N; i++) {
		add_random(&random, i, 3);
	}
	for (size_t i = 0; i < 2000; i++) {
		struct flow_network n = random_network(&random);
		unsigned int free_bits = random_below(&random, 9);
		uint32_t found = 0, first;
		bool same = true;

		n.bits = 128 - free_bits;
		if (n.family == AF_INET6)
			memset(n.addr + 4, 0, 12);
		n.addr[15] &= 0xff << free_bits;
		first = naive_label(N, n.family, n.addr);
		for (unsigned int low = 0; low < 1u << free_bits; low++, n.addr[15]++)
			same &= naive_label(N, n.family, n.addr) == first;
		n.addr[15] -= 1u << free_bits;
		several += !same;
		cr_assert_eq(netlabel_set_network(set, &n, &found), same, "%zu", i);
		if (same)
			cr_assert_eq(found, first, "%zu", i);
	}
	cr_expect(several > 100, "%zu", several);
}
