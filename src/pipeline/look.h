/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LOOK_H
#define CTAGG_PIPELINE_LOOK_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/options.h"
#include "pipeline/loop.h"

/* What --check knows to be an error, said on standard error while a run goes on: otherwise a
 * service without data would never say why.
 *
 * A child process looks. The kernel takes long to show many rules (11 seconds for 100,000 in one
 * chain, Linux 6.18), and meanwhile events have to be read and windows closed.
 *
 * child  0: no child process looks, or no longer
 * fd     readable, at its end, when the child has ended
 */
struct look {
	struct loop *loop;
	pid_t child;
	int fd;
};

/* Begin to look for what keeps data away from a run with these options, in the network namespace of
 * this process. Call this function when the sources have been started. Says so when it cannot. */
void look_begin(struct look *l, struct loop *loop, const struct options *opts);

/* End the child process, if it has not ended. hurry: at once; otherwise it has a second to say what
 * it finds. A struct that is all zero is fine. */
void look_end(struct look *l, bool hurry);

#endif
