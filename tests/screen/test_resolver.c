/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that are looked up while others go on. */
#include "config.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "screen/resolver.h"

static struct resolver *r;

/* A resolver that waits until it is let go, notes what it was asked for, and names an address by its
 * last byte. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool held;
static uint8_t asked[4096];
static size_t n_asked;

static bool look(const uint8_t addr[16], char *to, size_t size)
{
	pthread_mutex_lock(&lock);
	asked[n_asked++ % sizeof(asked)] = addr[15];
	pthread_cond_broadcast(&changed);
	while (held)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	snprintf(to, size, "host-%u\x1b[2J", addr[15]);
	return addr[15] != 0xff;
}

static void hold(bool on)
{
	pthread_mutex_lock(&lock);
	held = on;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_for_questions(size_t n)
{
	pthread_mutex_lock(&lock);
	while (n_asked < n)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static const char *name(unsigned int n)
{
	static char text[256];
	uint8_t addr[16] = { 0x20, 0x01, [13] = (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	return resolver_name(r, addr, text, sizeof(text)) ? text : NULL;
}

/* Wait until there is a new name. */
static void wait_for_name(void)
{
	struct pollfd fd = { resolver_fd(r), POLLIN, 0 };

	cr_assert_eq(poll(&fd, 1, 60000), 1);
	resolver_heard(r);
}

static void begin(void)
{
	cr_assert_eq(resolver_open(&r, look), 0);
}

static void end(void)
{
	resolver_close(r);
}

TestSuite(resolver, .init = begin, .fini = end, .timeout = 60);

Test(resolver, a_name_is_there_later)
{
	hold(true);
	cr_expect_null(name(7));
	wait_for_questions(1);
	cr_expect_null(name(7), "it is being looked up");
	hold(false);
	wait_for_name();
	cr_expect_str_eq(name(7), "host-7?[2J", "and is harmless");
	cr_expect_eq(n_asked, 1);
}

Test(resolver, what_was_asked_for_last_comes_first)
{
	hold(true);
	name(1);
	wait_for_questions(1);
	for (unsigned int i = 2; i <= 5; i++)
		name(i);
	name(3);
	hold(false);
	wait_for_questions(5);
	cr_expect_arr_eq(asked, "\1\3\5\4\2", 5);
}

Test(resolver, what_has_no_name_is_not_asked_for_again)
{
	cr_expect_null(name(0xff));
	wait_for_questions(1);
	name(1);
	wait_for_name();
	cr_expect_null(name(0xff));
	name(2);
	wait_for_name();
	cr_expect_eq(n_asked, 3);
	resolver_retry(r);
	cr_expect_null(name(0xff));
	wait_for_questions(4);
	cr_expect_eq(asked[3], 0xff);
}

/* However many addresses there are, and while one of them is being looked up. */
Test(resolver, the_oldest_names_are_forgotten)
{
	hold(true);
	name(1);
	wait_for_questions(1);
	for (unsigned int i = 1; i <= 3 * RESOLVER_NAMES; i++)
		cr_expect_null(name(i << 8));
	hold(false);
	/* 1 and all but one of the last RESOLVER_NAMES */
	wait_for_questions(RESOLVER_NAMES);
	wait_for_name();
	cr_expect_str_eq(name(1), "host-1?[2J");
	cr_expect_str_eq(name((3 * RESOLVER_NAMES) << 8), "host-0?[2J");
	cr_expect_null(name(1 << 8));
	wait_for_questions(RESOLVER_NAMES + 1);
}

Test(resolver, closing_does_not_wait)
{
	hold(true);
	name(1);
	wait_for_questions(1);
	resolver_close(r);
	r = NULL;
	hold(false);
}
