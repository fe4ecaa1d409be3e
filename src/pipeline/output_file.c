/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "pipeline/output_kinds.h"
#include "pipeline/outputs.h"
#include "pipeline/setup.h"
#include "sink/file.h"
#include "sink/lock.h"

static int locked(const char *name)
{
	char holder[LOCK_HOLDER_MAX];

	lock_holder(holder, name);
	log_error("%s is locked by %s; give each program a file of its own", name, holder);
	return FAILED;
}

/* Windows that go to a spool go to standard output only when somebody names it: -o /dev/stdout. */
int output_file_open(struct output **out, const struct options *opts)
{
	const char *name = opts->output ? opts->output : "standard output";
	int err;

	if (opts->spool_only)
		return DONE;
	err = file_open(out, opts->output, OUTPUTS_BUFFER);
	switch (err) {
	case 0:
		if (file_lock_error(*out))
			log_verbose("%s is not locked: %s; make sure that no other program writes to it",
				    name, strerror(-file_lock_error(*out)));
		return DONE;
	case -EBUSY:
		return locked(name);
	case -EBADF:
		return setup_fail(FAILED, name, err, "; it must be open for writing, or name a file (-o)");
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
	return setup_fail_path(FAILED, "", name, DENIED_OPEN, err,
			       "; make its folder, or take a file that can be written");
}
