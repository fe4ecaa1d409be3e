/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SETUP_H
#define CTAGG_PIPELINE_SETUP_H

#include "cli/options.h"
#include "pipeline/emit.h"
#include "sink/record.h"

/* What every way of running begins with. */

enum exit_status {
	DONE = 0,
	FAILED = 1,
	WRONG_USAGE = 2,
	FOUND_CAUSES = 3,	/* --check */
};

/* What to do about EMFILE and ENFILE, whatever wanted a descriptor. */
#define SETUP_MORE_FILES "raise the limit of open files (ulimit -n, LimitNOFILE=)"

/* Say `what: why` with help, and return status. */
int setup_fail(int status, const char *what, int err, const char *help);

/* Make emit ready for the records that the options ask for; it has no output yet. */
void setup_emit(struct emit *e, const struct options *opts);

/* The same with the outputs that the options name; and go to the namespace that they name.
 * Both return DONE, or an exit status when it has been said what is wrong. */
int setup_output(struct emit *e, const struct options *opts);
int setup_netns(const struct options *opts);

/* A sysctl of net.netfilter, as records show it. */
enum window_switch setup_switch(const char *sysctl);

#endif
