/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "table/tables_case.h"

struct table_under_test *memory_under_test(uint32_t max_flows)
{
	static struct table_under_test t;

	cr_assert_eq(memory_table_open(&t, max_flows), 0);
	return &t;
}

struct table_under_test *kernel_with(uint32_t max_flows, unsigned int flags)
{
	static struct table_under_test t;
	int err = kernel_table_open(&t, max_flows, flags);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s%s", strerror(-err),
			     err == -EPERM ? "; run as root" : "");
	cr_assert_eq(err, 0, "%s", strerror(-err));
	return &t;
}

struct table_under_test *kernel_under_test(uint32_t max_flows)
{
	return kernel_with(max_flows, 0);
}

enum fed counted(const struct table_under_test *t)
{
	return t->kernel ? FED_TAKEN : FED_ADDED;
}

int feed(struct table_under_test *t, const struct message_spec *s)
{
	struct message m;

	message_build(&m, s);
	return t->feed(t, m.bytes, m.len);
}

void feed_counted(struct table_under_test *t, const struct message_spec *s)
{
	cr_assert_eq(feed(t, s), (int)counted(t));
}

struct message_spec tcp_message(enum message_kind kind)
{
	return message_spec(kind, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
}

struct message_spec rich_message(enum message_kind kind)
{
	struct message_spec s = tcp_message(kind);

	s.timeout_s = 60;
	s.counted = true;
	s.orig_packets = 6;
	s.orig_bytes = 1320;
	s.reply_packets = 4;
	s.reply_bytes = 5ULL << 40;
	s.protoinfo = true;
	s.start_ns = EVENT_NS - 1500;
	s.stop_ns = EVENT_NS - 100;
	s.event_ns = EVENT_NS;
	s.mark = 66;
	return s;
}

struct message_spec flow_number(unsigned int n)
{
	struct message_spec s = rich_message(n & 1 ? MESSAGE_NEW : MESSAGE_DESTROY);

	memcpy(s.orig.src, &(__be32){ htonl(0x0b000000 + n) }, 4);
	return s;
}

struct flow_row one_row(struct table_under_test *t)
{
	struct flow_row row;

	cr_assert_eq(t->rows(t, &row, 1), 1);
	return row;
}

void no_addresses(struct table_under_test *t)
{
	kernel_addresses_begin(t->kernel);
	cr_assert_eq(kernel_addresses_end(t->kernel), 0);
}
