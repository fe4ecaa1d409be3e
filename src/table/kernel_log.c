/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/kernel_parts.h"

#define LINE_SIZE 256

/* What libbpf marks the log of the verifier with. */
#define LOG_BEGINS "-- BEGIN PROG LOAD LOG --\n"
#define LOG_ENDS "-- END PROG LOAD LOG --"

/* The last lines of what was said, line i at lines[(first + i) % KERNEL_LOG_LINES].
 *
 * verified  they are the verifier's, and what libbpf says afterwards only repeats the error
 */
static struct {
	size_t first, n;
	bool verified;
	char lines[KERNEL_LOG_LINES][LINE_SIZE];
} kept;

static void keep_line(const char *line, size_t len)
{
	size_t at = (kept.first + kept.n) % KERNEL_LOG_LINES;

	if (!len)
		return;
	if (kept.n < KERNEL_LOG_LINES)
		kept.n++;
	else
		kept.first = (kept.first + 1) % KERNEL_LOG_LINES;
	snprintf(kept.lines[at], LINE_SIZE, "%s: %.*s", kept.verified ? "verifier" : "libbpf",
		 (int)(len < LINE_SIZE ? len : LINE_SIZE), line);
}

static void keep_lines(const char *text, const char *end)
{
	for (const char *next; text < end; text = next + 1) {
		next = memchr(text, '\n', end - text);
		if (!next)
			next = end;
		keep_line(text, next - text);
	}
}

static void keep(const char *text)
{
	const char *log = strstr(text, LOG_BEGINS), *end;

	if (kept.verified)
		return;
	if (!log) {
		text += strncmp(text, "libbpf: ", strlen("libbpf: ")) ? 0 : strlen("libbpf: ");
		keep_lines(text, text + strlen(text));
		return;
	}
	log += strlen(LOG_BEGINS);
	end = strstr(log, LOG_ENDS);
	kept.first = kept.n = 0;
	kept.verified = true;
	keep_lines(log, end ? end : log + strlen(log));
}

/* The log of the verifier comes as one text, of which nobody knows how long it is. */
static int __attribute__((format(printf, 2, 0)))
take_message(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char *text = NULL;

	if (level != LIBBPF_WARN || vasprintf(&text, fmt, args) < 0)
		return 0;
	keep(text);
	free(text);
	return 0;
}

void kernel_log_begin(void)
{
	kept.first = kept.n = 0;
	kept.verified = false;
	libbpf_set_print(take_message);
}

void kernel_log_say(const char *line)
{
	keep_line(line, strlen(line));
}

const char *kernel_log_line(size_t i)
{
	return i < kept.n ? kept.lines[(kept.first + i) % KERNEL_LOG_LINES] : NULL;
}
