/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SETUP_H
#define CTAGG_PIPELINE_SETUP_H

#include "cli/options.h"
#include "host/denied.h"
#include "pipeline/emit.h"
#include "sink/record.h"

/* What a run, --snapshot and --check have in common when they begin. */

enum exit_status {
	DONE = 0,
	FAILED = 1,
	WRONG_USAGE = 2,
	FOUND_CAUSES = 3,	/* --check */
	WAS_PARTIAL = 4,	/* --strict */
};

/* What to do about EMFILE and ENFILE, whatever wanted a descriptor. */
#define SETUP_MORE_FILES "raise the limit of open files (ulimit -n, LimitNOFILE=)"

/* Print "WHAT: the error err (-errno), HELP" as an error message, and return status. help begins
 * with its separator ("; ..."), or is ""; for a lack of descriptors SETUP_MORE_FILES takes its
 * place, and a lack of memory has a help of its own. */
int setup_fail(int status, const char *what, int err, const char *help);

/* The same for a path that an option names and that ctagg wants to use in this way: EACCES has a help of
 * its own, which names the owner that is needed, and EROFS one about units of systemd. option: before the path in the message, with a space
 * behind it; or "". */
int setup_fail_path(int status, const char *option, const char *path, enum denied_use use, int err,
		    const char *help);

/* Each of these functions returns DONE, or another exit status after an error message. */

/* What the records of this run say of their origin, still without a network namespace. */
int setup_origin(struct origin *o, const struct options *opts);

/* Make emit ready for the records that the options ask for, still without outputs. */
int setup_emit(struct emit *e, const struct options *opts);

/* setup_emit(), then open the outputs that the options name. */
int setup_output(struct emit *e, const struct options *opts);

/* The exit status of a run that has written its windows: `status', or with --strict WAS_PARTIAL
 * in place of DONE when a window was partial. */
int setup_strict(const struct emit *e, const struct options *opts, int status);

/* Enter the network namespace of --netns, if the option was given, and add its name to the
 * origin. */
int setup_netns(struct origin *o, const struct options *opts);

/* The value of a sysctl of net.netfilter, as records show it: on, off or unknown. */
enum window_switch setup_switch(const char *sysctl);

#endif
