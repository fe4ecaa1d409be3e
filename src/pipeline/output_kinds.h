/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_OUTPUT_KINDS_H
#define CTAGG_PIPELINE_OUTPUT_KINDS_H

#include "cli/options.h"
#include "sink/output.h"

/* Open an output if the options ask for it, otherwise leave *out as it is. Returns DONE, or another
 * exit status (pipeline/setup.h) after an error message. */
typedef int output_open_fn(struct output **out, const struct options *opts);

/* The kinds of outputs, in the order in which a line goes to them. A new kind needs a row here and
 * nothing else in this file. */
#define OUTPUTS(X)                                                                             \
	X(output_file_open)                                                                    \
	X(output_spool_open)

#define OUTPUT_DECLARE(open) output_open_fn open;
OUTPUTS(OUTPUT_DECLARE)

#endif
