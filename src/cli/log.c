/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/log.h"

#define LINE_SIZE 1024

static int current = LOG_NORMAL;
static const char *program = "ctagg";

void log_name(const char *name)
{
	program = name;
}

void log_level(int level)
{
	current = level;
}

/* Messages quote what a user typed, and a terminal must not obey control characters in
 * such a quotation: neither those of ASCII nor those of ISO 6429 (U+0080 to U+009F, in
 * UTF-8 the bytes C2 80 to C2 9F). */
static void disarm(unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] < 0x20 || p[i] == 0x7f)
			p[i] = '?';
		else if (p[i] == 0xc2 && i + 1 < len && p[i + 1] >= 0x80 && p[i + 1] < 0xa0)
			p[i] = p[i + 1] = '?';
	}
}

/* A line is written by one write(2), so that the lines of several programs on one
 * terminal do not mix. A line that is too long is cut. */
static void __attribute__((format(printf, 2, 0))) say(int level, const char *fmt, va_list args)
{
	char line[LINE_SIZE];
	size_t len;
	int n;

	if (level > current)
		return;
	len = snprintf(line, sizeof(line), "%.64s: ", program);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	if (n < 0)
		return;
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	disarm((unsigned char *)line, len);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return;	/* standard error is where this error would be told */
}

void log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(LOG_QUIET, fmt, args);
	va_end(args);
}

void log_notice(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(LOG_NORMAL, fmt, args);
	va_end(args);
}

void log_verbose(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(LOG_VERBOSE, fmt, args);
	va_end(args);
}
