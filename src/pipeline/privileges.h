/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_PRIVILEGES_H
#define CTAGG_PIPELINE_PRIVILEGES_H

#include "cli/options.h"
#include "table/kernel.h"

/* Which user the program runs as, and what it may do. */

enum privileges_mode {
	PRIVILEGES_LIVE,	/* events of the kernel, until somebody ends the run */
	PRIVILEGES_SNAPSHOT,	/* the connection table, once */
	PRIVILEGES_CHECK,	/* what keeps data away */
	PRIVILEGES_READ,	/* --read: files alone */
};

/* The first step of setting up: find the user of --user. What is made from now on belongs to that
 * user. Errors are said. Returns DONE or FAILED. */
int privileges_begin(const struct options *opts);

/* The last step of setting up, in each mode: become the user of --user, and from now on the process has
 * only the capabilities, and can reach only the files and system calls, that it needs. What is open
 * stays usable. kernel: the kernel table that is read later; NULL: none. Errors are said, and with -v
 * what is kept. Returns DONE or FAILED. */
int privileges_reduce(enum privileges_mode mode, const struct options *opts, struct kernel *kernel);

/* The end of a message that the kernel refuses what needs CAP_NET_ADMIN: who can have it, static. */
const char *privileges_net_admin(void);

#endif
