/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_TABLES_CASE_H
#define CTAGG_TESTS_TABLE_TABLES_CASE_H

#include <criterion/criterion.h>
#include <stdint.h>

#include "source/message.h"
#include "table/under_test.h"

/* What the tests of both tables share: the suites memory and kernel. A function that fails ends
 * the test. */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define EVENT_NS 1795236616890462040ULL

/* Open a table; the kernel's with no flags, or with these. Where there is no kernel table the
 * test is skipped. */
struct table_under_test *memory_under_test(uint32_t max_flows);
struct table_under_test *kernel_under_test(uint32_t max_flows);
struct table_under_test *kernel_with(uint32_t max_flows, unsigned int flags);

/* A test of the kernel table, which a program without BPF does not have: there the body is compiled
 * and never run. */
#ifdef HAVE_BPF
#define KERNEL_TEST(name) Test(kernel, name)
#else
#define KERNEL_TEST(name) static void __attribute__((unused)) kernel_##name(void)
#endif

/* One body, a test for each table. */
#define BOTH(name, max_flows)                                                                  \
	static void name(struct table_under_test *t);                                          \
	Test(memory, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t = memory_under_test(max_flows);                     \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	KERNEL_TEST(name)                                                                      \
	{                                                                                      \
		struct table_under_test *t = kernel_under_test(max_flows);                     \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	static void name(struct table_under_test *t)

/* The same in a network namespace that `set_up` prepares first. */
#define BOTH_IN_NAMESPACE(name, max_flows, set_up)                                             \
	static void name(struct table_under_test *t);                                          \
	Test(memory, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t;                                                    \
		set_up();                                                                      \
		t = memory_under_test(max_flows);                                              \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	KERNEL_TEST(name)                                                                      \
	{                                                                                      \
		struct table_under_test *t;                                                    \
		set_up();                                                                      \
		t = kernel_under_test(max_flows);                                              \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	static void name(struct table_under_test *t)

/* What a table does with a message that it can count. */
enum fed counted(const struct table_under_test *t);

/* Feed one message; feed_counted() one that the table has to count. */
int feed(struct table_under_test *t, const struct message_spec *s);
void feed_counted(struct table_under_test *t, const struct message_spec *s);

/* A message of a TCP connection; and one with all that the kernel puts in one. */
struct message_spec tcp_message(enum message_kind kind);
struct message_spec rich_message(enum message_kind kind);

/* A start (odd n) or an end (even n) of flow n, whose source address is 11.0.0.0 and n. */
struct message_spec flow_number(unsigned int n);

/* End the window, which has one row. */
struct flow_row one_row(struct table_under_test *t);

/* As before the program has told any: the machine may have one of the test's. */
void no_addresses(struct table_under_test *t);

#endif
