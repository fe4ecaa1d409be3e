/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"

static const struct {
	int level;
	unsigned int priority;
} kinds[] = {
	[LOG_KIND_ERROR] = { LOG_QUIET, 3 },
	[LOG_KIND_ANSWER] = { LOG_QUIET, 6 },
	[LOG_KIND_NOTICE] = { LOG_NORMAL, 4 },
	[LOG_KIND_GOOD] = { LOG_NORMAL, 5 },
	[LOG_KIND_VERBOSE] = { LOG_VERBOSE, 6 },
};

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

/* Whether standard error is the stream that systemd has made for this service: a child process
 * keeps $JOURNAL_STREAM also where its standard error goes elsewhere, so the variable names the
 * stream's device and inode, in decimal. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;
	char rest;

	return stream && sscanf(stream, "%ju:%ju%c", &device, &inode, &rest) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device && st.st_ino == inode;
}

static size_t begin_line(char *line, size_t size, enum log_kind kind)
{
	char priority[8] = "";

	if (is_journal())
		snprintf(priority, sizeof(priority), "<%u>", kinds[kind].priority);
	return snprintf(line, size, "%s%.64s: ", priority, program);
}

/* A line is written by one write(2), so that the lines of several programs on one
 * terminal do not mix. A line that is too long is cut. */
void log_message(enum log_kind kind, const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;
	size_t len;
	int n;

	if (kinds[kind].level > current)
		return;
	len = begin_line(line, sizeof(line), kind);
	va_start(args, fmt);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	disarm((unsigned char *)line, len);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return;	/* standard error is where this error would be told */
}
