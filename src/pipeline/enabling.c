/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "host/sysctl.h"
#include "pipeline/enabling.h"
#include "pipeline/setup.h"

/* What to do about an error of enable_begin(). */
static const char *help(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return "needs CAP_NET_ADMIN over this network namespace";
	case -EROFS:
		return "/proc/sys is read-only here: set it where it is not, on the host, with sysctl -w; or, under systemd, add ProtectKernelTunables=no to the unit";
	case -ENOENT:
		return sysctl_readable() ? "/proc/sys/net cannot be read: is /proc mounted?" :
					   "is the module nf_conntrack loaded?";
	case -ETIMEDOUT:
		return "another ctagg has locked its file in /run/ctagg for five seconds: let that one go on, or kill it";
	case -ENOMEM:
		return "make room in memory";
	case -EMFILE:
	case -ENFILE:
		return SETUP_MORE_FILES;
	}
	return "not on this kernel";
}

/* What messages call a thing that is switched on: the sysctl, or the hooks, which have none. */
static const char *name(enum enable_what what)
{
	const char *sysctl = enable_sysctl(what);

	return sysctl ? sysctl : "hooks";
}

int enabling_begin(struct enable **out, const struct options *opts)
{
	enum enable_what failed;
	int err, note_err;

	if (!opts->enable)
		return DONE;
	err = enable_begin(out, opts->enable, &failed, &note_err);
	if (err) {
		log_error("--enable: cannot switch on %s: %s; %s", name(failed), strerror(-err),
			  help(err));
		return FAILED;
	}
	if (note_err)
		log_notice("--enable: cannot write to /run/ctagg: %s; other ctaggs do not see what this one switches on, and nobody puts it back if this one is killed: run as root, or make /run/ctagg writable",
			   strerror(-note_err));
	return DONE;
}

int enabling_end(struct enable *e)
{
	enum enable_what failed;
	int err = enable_end(e, &failed);

	if (!err)
		return DONE;
	log_error("--enable: cannot put %s back: %s; `ctagg --check' says how to", name(failed),
		  strerror(-err));
	return FAILED;
}
