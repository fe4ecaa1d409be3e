/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "deliver/syslog.h"

static void header_is(const char *line, const char *expected)
{
	char out[SYSLOG_HEADER_MAX + 1];
	size_t n = syslog_header(out, line, strlen(line));

	cr_assert_leq(n, (size_t)SYSLOG_HEADER_MAX);
	out[n] = '\0';
	cr_expect_str_eq(out, expected);
}

Test(syslog, a_record_fills_the_header)
{
	header_is("{\"type\":\"flow\",\"schema\":1,\"host\":\"gw1\",\"run\":\"k3v9x2ma\",\"window_end\":\"2026-11-21T01:01:00.000000Z\"}",
		  "<30>1 2026-11-21T01:01:00.000000Z gw1 ctagg k3v9x2ma flow - ");
}

Test(syslog, what_a_line_does_not_have_is_nil)
{
	header_is("", "<30>1 - - ctagg - - - ");
	header_is("{\"host\":\"\",\"run\":7,\"type\":\"x", "<30>1 - - ctagg - - - ");
}

/* Text from outside stands in strings, in which quotes are escaped. */
Test(syslog, a_string_is_no_member)
{
	header_is("{\"log_prefix\":\"\\\"host\\\":\\\"evil\\\"\",\"host\":\"gw\"}", "<30>1 - gw ctagg - - - ");
}

Test(syslog, bytes_that_a_header_cannot_hold_are_replaced)
{
	header_is("{\"host\":\"a b\\u00e9\x01\x7f\xc3~\"}", "<30>1 - a_b_u00e9___~ ctagg - - - ");
}

Test(syslog, what_is_too_long_is_cut)
{
	char line[4000], expected[1000], field[600];

	memset(field, 'x', sizeof(field));
	snprintf(line, sizeof(line), "{\"window_end\":\"%.600s\",\"host\":\"%.600s\",\"run\":\"%.600s\",\"type\":\"%.600s\"}",
		 field, field, field, field);
	snprintf(expected, sizeof(expected), "<30>1 %.32s %.255s ctagg %.128s %.32s - ", field, field, field, field);
	header_is(line, expected);
}
