/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of Criterion as the unit tests use, for machines for which Debian has no
 * Criterion (s390x) and for qemu-user, under which Criterion does not run. Each test runs
 * in a child process; the results are TAP on standard output. A test that skips itself is
 * named in a comment and is not in the plan. */
#ifndef CTAGG_TESTS_CROSS_CRITERION_H
#define CTAGG_TESTS_CROSS_CRITERION_H

/* The machine is emulated: tests that try something at random many times try a tenth as often. */
#define TESTS_ARE_EMULATED 1

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cross_settings {
	void (*init)(void), (*fini)(void);
	double timeout;		/* seconds */
	int signal, exit_code;
};

struct cross_test {
	const char *suite, *name;
	void (*run)(void);
	struct cross_settings settings;
	struct cross_test *next;
};

struct cross_suite {
	const char *name;
	struct cross_settings settings;
	struct cross_suite *next;
};

extern struct cross_test *cross_tests;
extern struct cross_suite *cross_suites;

/* Called by the test that is running, in its child process. */
__attribute__((format(printf, 4, 5)))
void cross_failed(const char *file, int line, const char *what, const char *format, ...);
_Noreturn void cross_abort(void);
__attribute__((format(printf, 1, 2)))
_Noreturn void cross_skip(const char *format, ...);

#define Test(suite_, name_, ...)                                                               \
	static void suite_##_##name_##_run(void);                                              \
	__attribute__((constructor)) static void suite_##_##name_##_add(void)                  \
	{                                                                                      \
		static struct cross_test test = { #suite_, #name_, suite_##_##name_##_run,     \
						  { __VA_ARGS__ }, NULL };                     \
		test.next = cross_tests;                                                       \
		cross_tests = &test;                                                           \
	}                                                                                      \
	static void suite_##_##name_##_run(void)

#define TestSuite(name_, ...)                                                                  \
	__attribute__((constructor)) static void suite_##name_##_add(void)                     \
	{                                                                                      \
		static struct cross_suite suite = { #name_, { __VA_ARGS__ }, NULL };           \
		suite.next = cross_suites;                                                     \
		cross_suites = &suite;                                                         \
	}                                                                                      \
	_Static_assert(1, "takes the semicolon")

/* The message is optional: " " goes before it. */
#define CROSS_SAID(what, ...) cross_failed(__FILE__, __LINE__, what, __VA_ARGS__)
#define CROSS_EXPECT(holds, what, ...)                                                         \
	do {                                                                                   \
		if (!(holds))                                                                  \
			CROSS_SAID(what, __VA_ARGS__);                                         \
	} while (0)
#define CROSS_ASSERT(holds, what, ...)                                                         \
	do {                                                                                   \
		if (!(holds)) {                                                                \
			CROSS_SAID(what, __VA_ARGS__);                                         \
			cross_abort();                                                         \
		}                                                                              \
	} while (0)

#define cr_assert(c, ...) CROSS_ASSERT(c, #c, " " __VA_ARGS__)
#define cr_assert_not(c, ...) CROSS_ASSERT(!(c), "not " #c, " " __VA_ARGS__)
#define cr_assert_null(p, ...) CROSS_ASSERT(!(p), #p " is NULL", " " __VA_ARGS__)
#define cr_assert_not_null(p, ...) CROSS_ASSERT(p, #p " is not NULL", " " __VA_ARGS__)
#define cr_assert_eq(a, b, ...) CROSS_ASSERT((a) == (b), #a " == " #b, " " __VA_ARGS__)
#define cr_assert_neq(a, b, ...) CROSS_ASSERT((a) != (b), #a " != " #b, " " __VA_ARGS__)
#define cr_assert_lt(a, b, ...) CROSS_ASSERT((a) < (b), #a " < " #b, " " __VA_ARGS__)
#define cr_assert_leq(a, b, ...) CROSS_ASSERT((a) <= (b), #a " <= " #b, " " __VA_ARGS__)
#define cr_assert_gt(a, b, ...) CROSS_ASSERT((a) > (b), #a " > " #b, " " __VA_ARGS__)
#define cr_assert_geq(a, b, ...) CROSS_ASSERT((a) >= (b), #a " >= " #b, " " __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...)                                                            \
	CROSS_ASSERT(!strcmp((a), (b)), #a " as text " #b, " " __VA_ARGS__)
#define cr_assert_arr_eq(a, b, n, ...)                                                         \
	CROSS_ASSERT(!memcmp((a), (b), (n)), #a " as bytes " #b, " " __VA_ARGS__)
#define cr_expect(c, ...) CROSS_EXPECT(c, #c, " " __VA_ARGS__)
#define cr_expect_not(c, ...) CROSS_EXPECT(!(c), "not " #c, " " __VA_ARGS__)
#define cr_expect_null(p, ...) CROSS_EXPECT(!(p), #p " is NULL", " " __VA_ARGS__)
#define cr_expect_not_null(p, ...) CROSS_EXPECT(p, #p " is not NULL", " " __VA_ARGS__)
#define cr_expect_eq(a, b, ...) CROSS_EXPECT((a) == (b), #a " == " #b, " " __VA_ARGS__)
#define cr_expect_neq(a, b, ...) CROSS_EXPECT((a) != (b), #a " != " #b, " " __VA_ARGS__)
#define cr_expect_lt(a, b, ...) CROSS_EXPECT((a) < (b), #a " < " #b, " " __VA_ARGS__)
#define cr_expect_leq(a, b, ...) CROSS_EXPECT((a) <= (b), #a " <= " #b, " " __VA_ARGS__)
#define cr_expect_gt(a, b, ...) CROSS_EXPECT((a) > (b), #a " > " #b, " " __VA_ARGS__)
#define cr_expect_geq(a, b, ...) CROSS_EXPECT((a) >= (b), #a " >= " #b, " " __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...)                                                            \
	CROSS_EXPECT(!strcmp((a), (b)), #a " as text " #b, " " __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...)                                                           \
	CROSS_EXPECT(strcmp((a), (b)), #a " not as text " #b, " " __VA_ARGS__)
#define cr_expect_arr_eq(a, b, n, ...)                                                         \
	CROSS_EXPECT(!memcmp((a), (b), (n)), #a " as bytes " #b, " " __VA_ARGS__)
#define cr_skip_test(...) cross_skip(" " __VA_ARGS__)

#endif
