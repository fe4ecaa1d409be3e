/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_LOG_H
#define CTAGG_CLI_LOG_H

/* Messages for people, on standard error: `ctagg: what: why`, one line each. */

enum log_level {
	LOG_QUIET = -1,		/* errors only */
	LOG_NORMAL = 0,		/* also notices: an operator should know of them */
	LOG_VERBOSE = 1,	/* also what happens, step by step */
};

/* Messages begin with this name, which is lent, from now on. Until the first call: ctagg. */
void log_name(const char *name);

/* Which messages are written from now on. Until the first call: LOG_NORMAL. */
void log_level(int level);

/* Write a message of the level in the function's name. Control characters become `?',
 * and a line is cut after 1024 bytes. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
