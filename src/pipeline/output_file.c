/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include "pipeline/output_kinds.h"
#include "pipeline/outputs.h"
#include "pipeline/setup.h"
#include "sink/file.h"

int output_file_open(struct output **out, const struct options *opts)
{
	const char *name = opts->output ? opts->output : "standard output";
	int err = file_open(out, opts->output, OUTPUTS_BUFFER);

	switch (err) {
	case 0:
		return DONE;
	case -EISDIR:
		return setup_fail(WRONG_USAGE, name, err, "; --output wants a file");
	case -ELOOP:
		return setup_fail(WRONG_USAGE, name, err,
			    "; --output follows no symbolic link, name the file itself");
	case -ENOTCONN:
		return setup_fail(FAILED, name, err, "; a socket must be connected first");
	case -ENXIO:
		return setup_fail(FAILED, name, err, "; start the reader of the FIFO first");
	}
	return setup_fail(FAILED, name, err, "; cannot be written to");
}
