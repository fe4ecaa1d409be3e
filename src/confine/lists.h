/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_LISTS_H
#define CTAGG_CONFINE_LISTS_H

#include <stdint.h>

#include "confine/calls.h"

/* A condition on an argument of a system call: the argument's bits in `mask' are `value'.
 *
 * index  of the argument, from 0
 * mask   0: no condition, and the list of conditions ends
 */
struct list_condition {
	unsigned int index;
	uint64_t mask, value;
};

#define LIST_CONDITIONS 2

/* A system call. A name may stand in several entries, one after the other: one whose conditions all
 * hold is enough.
 *
 * name  as in the kernel; one that an architecture or libseccomp does not know is passed over
 */
struct list_call {
	const char *name;
	struct list_condition when[LIST_CONDITIONS];
};

/* Calls that are used together, up to one whose name is NULL. */
struct list_group {
	const char *const *names;	/* without conditions, up to NULL; NULL: none */
	const struct list_call *calls;	/* NULL: none */
};

/* The groups of a mode, up to NULL. */
const struct list_group *const *list_of(enum confine_mode mode);

#endif
