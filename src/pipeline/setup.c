/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/log.h"
#include "host/netns.h"
#include "host/sysctl.h"
#include "pipeline/setup.h"
#include "pipeline/tables.h"
#include "sink/file.h"

int setup_fail(int status, const char *what, int err, const char *help)
{
	if (err == -EMFILE || err == -ENFILE)
		help = "; " SETUP_MORE_FILES;
	log_error("%s: %s%s", what, strerror(-err), help);
	return status;
}

static int open_file(struct output **out, const struct options *opts)
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

/* A row for each kind of output: opens the output when the options ask for it, else
 * leaves *out as it is. Returns DONE, or an exit status when it has said what is wrong. */
static int (*const output_kinds[])(struct output **out, const struct options *opts) = {
	open_file,
};
#define N_OUTPUT_KINDS (sizeof(output_kinds) / sizeof(output_kinds[0]))
_Static_assert(N_OUTPUT_KINDS <= OUTPUTS_MAX, "room for one of each kind");

void setup_emit(struct emit *e, const struct options *opts)
{
	struct utsname host;

	uname(&host);
	emit_init(e, host.nodename);
	e->record.spec = opts->spec;
	e->record.interim = opts->interim;
	e->top = opts->top;
	e->top_by = tables_largest_by(opts);
}

int setup_output(struct emit *e, const struct options *opts)
{
	int status = DONE;

	setup_emit(e, opts);
	for (size_t i = 0; i < N_OUTPUT_KINDS && !status; i++) {
		struct output *output = NULL;

		status = output_kinds[i](&output, opts);
		if (output)
			outputs_add(&e->outputs, output);
	}
	return status;
}

int setup_netns(const struct options *opts)
{
	int err = opts->netns ? netns_enter(opts->netns) : 0;

	switch (err) {
	case 0:
		return DONE;
	case -EPERM:
		return setup_fail(FAILED, opts->netns, err,
			    "; entering a network namespace needs CAP_SYS_ADMIN");
	case -EINVAL:
		return setup_fail(WRONG_USAGE, opts->netns, err, "; not a network namespace");
	}
	return setup_fail(FAILED, opts->netns, err,
		    "; --netns wants a name of ip-netns(8), a path or a process id");
}

enum window_switch setup_switch(const char *sysctl)
{
	int value = sysctl_netfilter(sysctl);

	return value < 0 ? SWITCH_UNKNOWN : value ? SWITCH_ON : SWITCH_OFF;
}
