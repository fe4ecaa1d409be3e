/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_ENABLE_H
#define CTAGG_ENABLE_ENABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/enable.h"

/* The switches that --enable names: switched on for a run in the network namespace of the
 * calling thread, and put back afterwards. */
struct enable;

/* The sysctl of net.netfilter that is switched on, static; NULL for ENABLE_HOOKS. */
const char *enable_sysctl(enum enable_what what);

/* Switch on what the set (of enum enable_what) names. Of the rest, put back what a ctagg that
 * was killed has left switched on. Files under /run/ctagg (enable/claim.h) keep the values
 * before: through these files running ctaggs know of each other, and of what a killed ctagg has
 * left. *note_err is 0, or the -errno for which such a file cannot be had: then the sysctl is
 * switched on all the same, but other ctaggs do not know of this run. The hooks are a table of
 * nftables that belongs to a socket: when the process ends, however it ends, the kernel removes
 * the table.
 *
 * Returns 0 and a handle the caller owns; or -errno with *out untouched, everything as it was
 * before, and in *failed what could not be switched on: -ETIMEDOUT another ctagg has locked a
 * file for five seconds. */
int enable_begin(struct enable **out, unsigned int set, enum enable_what *failed,
		 int *note_err);

/* Put back each sysctl that was switched on, unless somebody has changed it meanwhile, or
 * another running ctagg wants it on: then that ctagg puts the sysctl back. Frees e in any case;
 * NULL is fine. Returns 0; or -errno, and in *failed the first sysctl that could not be put
 * back. */
int enable_end(struct enable *e, enum enable_what *failed);

/* The network namespace is gone, and its sysctls with it: remove the files that noted them. Frees e in any
 * case. */
void enable_gone(struct enable *e);

/* Show fn each sysctl that a killed ctagg has left switched on in this namespace, its value
 * before, and the file that says so; strings are lent. */
typedef void enable_left_fn(void *arg, const char *sysctl, int before, const char *file);
void enable_left(enable_left_fn *fn, void *arg);

#endif
