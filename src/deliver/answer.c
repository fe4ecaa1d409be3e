/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "deliver/answer.h"

static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

void answer_set(struct transport_answer *out, enum transport_result result, const char *fmt, ...)
{
	va_list args;

	memset(out, 0, sizeof(*out));
	out->result = result;
	va_start(args, fmt);
	vsnprintf(out->text, sizeof(out->text), fmt, args);
	va_end(args);
	make_printable(out->text);
}

static enum transport_result result_of(long status)
{
	if (status >= 200 && status <= 299)
		return TRANSPORT_TAKEN;
	if (status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599))
		return TRANSPORT_LATER;
	return TRANSPORT_NEVER;
}

/* How much of the body is its first line. The first line of HTML tells nobody anything. */
static int first_line(const char *body, size_t n)
{
	size_t i = 0;

	if (n && body[0] == '<')
		return 0;
	while (i < n && body[i] && body[i] != '\r' && body[i] != '\n')
		i++;
	return (int)i;
}

void answer_set_http(struct transport_answer *out, long status, unsigned int retry_after_s,
		     const char *body, size_t n)
{
	enum transport_result result = result_of(status);
	int shown = first_line(body, n);

	answer_set(out, result, "HTTP %ld%s%s%.*s", status,
		   status >= 300 && status <= 399 ? " (redirections are not followed: give the final URL)" : "",
		   shown ? ": " : "", shown, body);
	if (result != TRANSPORT_LATER)
		return;
	out->server_error = status >= 500;
	out->retry_after_s = retry_after_s;
}
