/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each answer by HTTP means, and the text that people are shown of it. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "deliver/answer.h"

/* By the manual: these alone are temporary, besides 5xx. */
static enum transport_result expected(long status)
{
	switch (status) {
	case 200 ... 299:
		return TRANSPORT_TAKEN;
	case 408: case 425: case 429: case 500 ... 599:
		return TRANSPORT_LATER;
	}
	return TRANSPORT_NEVER;
}

Test(answer, each_status_means_what_the_manual_says)
{
	struct transport_answer a;

	for (long status = 100; status < 1000; status++) {
		memset(&a, 0xff, sizeof(a));
		answer_set_http(&a, status, 7, "", 0);
		cr_expect_eq(a.result, expected(status), "%ld", status);
		cr_expect_eq(a.server_error, status >= 500 && status <= 599, "%ld", status);
		cr_expect_eq(a.retry_after_s, a.result == TRANSPORT_LATER ? 7u : 0u, "%ld", status);
		cr_expect_eq(a.skipped, 0u, "%ld", status);
	}
}

Test(answer, the_text_has_the_first_line_of_the_body)
{
	static const char body[] = "Code: 27. DB::Exception\r\nmore";
	struct transport_answer a;

	answer_set_http(&a, 400, 0, body, strlen(body));
	cr_expect_str_eq(a.text, "HTTP 400: Code: 27. DB::Exception");
	answer_set_http(&a, 400, 0, body, 4);
	cr_expect_str_eq(a.text, "HTTP 400: Code");
	answer_set_http(&a, 400, 0, "<html>\nmore", 11);
	cr_expect_str_eq(a.text, "HTTP 400");
	answer_set_http(&a, 503, 0, "\nmore", 5);
	cr_expect_str_eq(a.text, "HTTP 503");
}

Test(answer, a_redirection_says_what_to_do)
{
	struct transport_answer a;

	answer_set_http(&a, 301, 0, "", 0);
	cr_expect_str_eq(a.text, "HTTP 301 (redirections are not followed: give the final URL)");
}

/* Whatever a server sends, one line of plain characters reaches the log. */
Test(answer, each_byte_becomes_printable)
{
	char body[256], byte[1];
	struct transport_answer a;

	for (int i = 0; i < 256; i++) {
		byte[0] = (char)i;
		answer_set_http(&a, 500, 0, byte, 1);
		if (strchr("<\r\n", i))
			cr_expect_str_eq(a.text, "HTTP 500");
		else
			cr_expect_eq(a.text[strlen("HTTP 500: ")], i >= 0x20 && i < 0x7f ? i : '?', "%d", i);
	}
	memset(body, 'x', sizeof(body));
	answer_set_http(&a, 500, 0, body, sizeof(body));
	cr_expect_eq(strlen(a.text), sizeof(a.text) - 1);
}
