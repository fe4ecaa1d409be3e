/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "netlabel/naive.h"
#include "netlabel/view.h"
#include "random.h"

#define SETS 3

/* Few bits, so that networks lie in one another. */
static void random_address(struct random *r, uint8_t *family, __u8 addr[16])
{
	__u8 v4[4] = { 10, 0, random_below(r, 4), random_below(r, 256) };

	*family = random_below(r, 2) ? AF_INET : AF_INET6;
	flow_addr_v4(addr, v4);
	if (*family == AF_INET6)
		addr[0] = random_below(r, 4);
}

static struct netlabel_set *random_set(struct random *r)
{
	struct netlabel_set *set = netlabel_set_open(NULL);

	cr_assert_not_null(set);
	for (int n = random_below(r, 60); n > 0; n--) {
		struct flow_network network = { .bits = 128 - random_below(r, 20) };

		random_address(r, &network.family, network.addr);
		if (!random_below(r, 8))
			network.bits = 96 - 96 * (network.family == AF_INET6);
		netlabel_trie_add(&set->networks, &network, 0, random_below(r, 5));
	}
	return set;
}

/* As the kernel finds it: the longest network that has the address. */
static uint32_t number_of(const struct netlabel_view *v, uint8_t family, const __u8 addr[16])
{
	const struct netlabel_view_network *longest = NULL;

	for (size_t i = 0; i < v->n; i++)
		if (naive_is_in(&v->networks[i].network, family, addr) &&
		    (!longest || v->networks[i].network.bits > longest->network.bits))
			longest = &v->networks[i];
	return longest ? longest->number : 0;
}

static void expect_labels(const struct netlabel_view *v, struct netlabel_set *const *sets, size_t n,
			  struct random *r)
{
	uint8_t family;
	__u8 addr[16];

	for (int i = 0; i < 200; i++) {
		random_address(r, &family, addr);
		for (size_t j = 0; j < n; j++)
			cr_assert_eq(netlabel_view_label(v, number_of(v, family, addr), j),
				     netlabel_set_address(sets[j], family, addr));
	}
}

/* The oracle is each set alone. */
Test(netlabel_view, says_what_each_set_says)
{
	struct random r = random_from(1);

	for (int round = 0; round < 100; round++) {
		struct netlabel_set *sets[SETS];
		size_t n = 1 + random_below(&r, SETS);
		struct netlabel_view *v;

		for (size_t i = 0; i < n; i++)
			sets[i] = random_set(&r);
		cr_assert_eq(netlabel_view_open(&v, sets, n), 0);
		expect_labels(v, sets, n, &r);
		for (size_t i = 0; i < n; i++) {
			cr_expect_eq(netlabel_view_position(v, sets[i]), i);
			netlabel_set_drop(sets[i]);	/* the view holds it */
		}
		netlabel_view_close(v);
	}
}

static void add(struct netlabel_set *set, __u8 last, uint32_t number)
{
	struct flow_network network = { .bits = 128, .family = AF_INET };
	__u8 v4[4] = { 192, 0, 2, last };

	flow_addr_v4(network.addr, v4);
	cr_assert_eq(netlabel_trie_add(&set->networks, &network, 0, number), 0);
}

/* Otherwise the kernel would have several rows for a pair of labels. */
Test(netlabel_view, has_one_number_for_the_same_labels)
{
	struct netlabel_set *sets[2] = { netlabel_set_open(NULL), netlabel_set_open(NULL) };
	struct netlabel_view *v;

	for (int i = 0; i < 100; i++)
		add(sets[0], i, 1 + i % 2);
	for (int i = 0; i < 50; i++)
		add(sets[1], i, 7);
	add(sets[1], 200, 0);
	cr_assert_eq(netlabel_view_open(&v, sets, 2), 0);
	cr_expect_eq(v->n, 101);
	cr_expect_eq(v->numbers, 5, "none, and two labels with 7 or without");
	cr_expect_eq(netlabel_view_label(v, v->numbers, 0), 0, "no such number");
	netlabel_view_close(v);
	netlabel_set_drop(sets[0]);
	netlabel_set_drop(sets[1]);
}
