/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_LOG_H
#define CTAGG_CLI_LOG_H

/* Messages for people, on standard error: `ctagg: what: why`, one line each. */

enum log_level {
	LOG_QUIET = -1,		/* errors only */
	LOG_NORMAL = 0,		/* and what an operator should know */
	LOG_VERBOSE = 1,	/* and what happens */
};

void log_level(int level);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
