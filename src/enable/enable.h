/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_ENABLE_H
#define CTAGG_ENABLE_ENABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/enable.h"

/* What is switched on for a run in the network namespace of the calling thread, and
 * put back afterwards. */
struct enable;

/* The sysctl of one of the first three, static; NULL for others. */
const char *enable_sysctl(enum enable_what what);

/* Switch on what the set names, and put back what a killed ctagg has left of the
 * rest. The values before are in files under /run/ctagg, through which running ctaggs
 * know of each other, and from which a killed one's are put back; *note_err is 0, or
 * the -errno for which there is no file, and then neither works. The hooks are a
 * table of nftables that belongs to a socket: the kernel removes it with the process.
 * Returns 0 and a handle the caller owns, or -errno with *out untouched, in *failed,
 * what could not be switched on, and all the rest as it was: -ETIMEDOUT when another
 * ctagg has locked the files for five seconds. */
int enable_begin(struct enable **out, unsigned int set, enum enable_what *failed,
		 int *note_err);

/* Put back what was switched on, unless it has been changed meanwhile, or another
 * running ctagg wants it too: then that one puts it back. Frees e in any case; NULL is
 * fine. Returns 0 or -errno, and in *failed the first that could not be put back. */
int enable_end(struct enable *e, enum enable_what *failed);

/* What a ctagg that was killed has left switched on in this namespace: fn gets the
 * sysctl, its value before, and the file that says so. */
typedef void enable_left_fn(void *arg, const char *sysctl, int before, const char *file);
void enable_left(enable_left_fn *fn, void *arg);

#endif
