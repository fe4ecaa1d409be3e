/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_CAUSES_H
#define CTAGG_CHECK_CAUSES_H

#include <stddef.h>

/* How much data a cause keeps away, worst first, and the word that lines have for it. */
enum check_severity {
	CHECK_NOTHING_COMES,	/* "error" */
	CHECK_INCOMPLETE,	/* "warning" */
	CHECK_LESS_DETAIL,	/* "note" */
};

/* One cause that keeps data away.
 *
 * name     for programs: one word, static
 * text     for people: what was found. Never cut
 * command  for a shell: what mends the cause. Never cut
 */
struct cause {
	enum check_severity severity;
	const char *name;
	char *text, *command;
};

/* prefix  goes before a command that has to run in the network namespace that was looked at
 * err     0, or -ENOMEM: a cause or a part of one is missing in the list
 */
struct causes {
	struct cause *list;
	size_t n;
	char *prefix;
	int err;
};

/* Begin an empty list about the network namespace that --netns=NETNS names, NULL for the one
 * that ctagg was started in. */
void causes_init(struct causes *c, const char *netns);

/* Add a cause; then causes_mend_there() or causes_mend() adds the command that mends the cause.
 * causes_mend_there() is for a command that must run in the network namespace that was looked
 * at; it must be a simple command, since in `A; B' only A would run there. causes_mend() is for
 * a command that does the same wherever it is run. */
__attribute__((format(printf, 4, 5)))
void causes_add(struct causes *c, enum check_severity severity, const char *name,
		const char *text, ...);
__attribute__((format(printf, 2, 3)))
void causes_mend_there(struct causes *c, const char *command, ...);
__attribute__((format(printf, 2, 3)))
void causes_mend(struct causes *c, const char *command, ...);

/* Sort: worst first, causes of one severity in the order in which they were added. */
void causes_sort(struct causes *c);

void causes_free(struct causes *c);

#endif
