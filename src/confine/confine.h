/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_CONFINE_H
#define CTAGG_CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "confine/calls.h"
#include "confine/files.h"

/* After a program has set up, it gives up all that it does not need any more, so that whoever takes
 * the program over by a mistake in it gains little: files by Landlock (landlock(7)), system calls by
 * a filter (seccomp(2)). Both are for good, also for threads and programs that are started later.
 * Capabilities are the room `privilege'. */

/* What a program needs from now on.
 *
 * mode      which system calls
 * files     which files, and which TCP connections; NULL: Landlock is left out
 * because   why Landlock is left out; NULL: it is not
 */
struct confinement {
	enum confine_mode mode;
	const struct confine_files *files;
	const char *because;
};

#define CONFINE_TEXT 512

/* Confine this process, which must not be able to get privileges (PR_SET_NO_NEW_PRIVS), and whose
 * other threads must have ended or not begun. What the kernel or this build does not have is left
 * out: a program that worked without it works on. text: what was done, and what was left out with the
 * reason, in one line without a newline. */
void confine(const struct confinement *c, char text[CONFINE_TEXT]);

#endif
