/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_LOG_H
#define CTAGG_CLI_LOG_H

/* Messages for people, on standard error: `ctagg: what: why`, one line each. Where standard error
 * is the journal of systemd, which $JOURNAL_STREAM tells (systemd.exec(5)), a line begins with
 * `<N>', the priority of syslog(3) that the journal files the line under (sd-daemon(3)). */

enum log_level {
	LOG_QUIET = -1,		/* errors only */
	LOG_NORMAL = 0,		/* also notices: an operator should know of them */
	LOG_VERBOSE = 1,	/* also what happens, step by step */
};

/* What a message is, which gives the level from which on it is said, and its priority. A message
 * that can come again and again goes through cli/repeat.h. */
enum log_kind {
	LOG_KIND_ERROR,		/* LOG_QUIET, <3> */
	LOG_KIND_ANSWER,	/* LOG_QUIET, <6>: somebody has asked for it by a signal */
	LOG_KIND_NOTICE,	/* LOG_NORMAL, <4> */
	LOG_KIND_GOOD,		/* LOG_NORMAL, <5>: nothing to do about it */
	LOG_KIND_VERBOSE,	/* LOG_VERBOSE, <6> */
};

/* Messages begin with this name, which is lent, from now on. Until the first call: ctagg. */
void log_name(const char *name);

/* Which messages are written from now on. Until the first call: LOG_NORMAL. */
void log_level(int level);

/* Write a message. Control characters become `?', and a line is cut after LOG_LINE_MAX bytes. */
#define LOG_LINE_MAX 1024
void log_message(enum log_kind kind, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What a noun ends with behind this number: "1 file", "2 files". */
#define LOG_PLURAL(n) ((n) == 1 ? "" : "s")

#define log_error(...) log_message(LOG_KIND_ERROR, __VA_ARGS__)
#define log_answer(...) log_message(LOG_KIND_ANSWER, __VA_ARGS__)
#define log_notice(...) log_message(LOG_KIND_NOTICE, __VA_ARGS__)
#define log_good(...) log_message(LOG_KIND_GOOD, __VA_ARGS__)
#define log_verbose(...) log_message(LOG_KIND_VERBOSE, __VA_ARGS__)

#endif
