/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/log.h"
#include "host/netns.h"
#include "host/sysctl.h"
#include "pipeline/setup.h"

int setup_fail(int status, const char *what, int err, const char *help)
{
	if (err == -EMFILE || err == -ENFILE)
		help = "; " SETUP_MORE_FILES;
	log_error("%s: %s%s", what, strerror(-err), help);
	return status;
}

int setup_output(struct emit *e, const struct options *opts)
{
	struct utsname host;
	int err;

	uname(&host);
	err = emit_open(e, opts->output, host.nodename);
	e->record.spec = opts->spec;
	e->record.interim = opts->interim;
	e->top = opts->top;
	e->top_by = opts->top_by;
	switch (err) {
	case 0:
		return DONE;
	case -EISDIR:
		return setup_fail(WRONG_USAGE, e->name, err, "; --output wants a file");
	case -ELOOP:
		return setup_fail(WRONG_USAGE, e->name, err,
			    "; --output follows no symbolic link, name the file itself");
	case -ENOTCONN:
		return setup_fail(FAILED, e->name, err, "; a socket must be connected first");
	case -ENXIO:
		return setup_fail(FAILED, e->name, err, "; start the reader of the FIFO first");
	}
	return setup_fail(FAILED, e->name, err, "; cannot be written to");
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
