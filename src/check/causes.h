/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_CAUSES_H
#define CTAGG_CHECK_CAUSES_H

#include <stddef.h>

/* How much a cause keeps away, worst first. */
enum check_severity {
	CHECK_NOTHING_COMES,	/* "error" */
	CHECK_INCOMPLETE,	/* "warning" */
	CHECK_LESS_DETAIL,	/* "note" */
};

/* One thing that keeps data away: its name, for programs; what it is; and the
 * command that mends it. Neither is ever cut. */
struct cause {
	enum check_severity severity;
	const char *name;	/* static */
	char *text, *command;
};

/* prefix: what makes a command run in the namespace that was looked at. err: -ENOMEM when
 * something is missing in the list. */
struct causes {
	struct cause *list;
	size_t n;
	char *prefix;
	int err;
};

/* An empty list about the network namespace that --netns names; NULL: our own. */
void causes_init(struct causes *c, const char *netns);

/* Add a cause, and then the command for it: one that changes the network namespace that
 * was looked at, or one that is the same wherever it is run. The first kind is a simple
 * command: what follows a `;' is run outside. */
__attribute__((format(printf, 4, 5)))
void causes_add(struct causes *c, enum check_severity severity, const char *name,
		const char *text, ...);
__attribute__((format(printf, 2, 3)))
void causes_mend_there(struct causes *c, const char *command, ...);
__attribute__((format(printf, 2, 3)))
void causes_mend(struct causes *c, const char *command, ...);

/* Worst first, else in the order in which they were added. */
void causes_sort(struct causes *c);

void causes_free(struct causes *c);

#endif
