/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <unistd.h>

#include "cli/log.h"
#include "host/identity.h"
#include "pipeline/confining.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "privilege/privilege.h"

/* Sockets are opened later, too: for each reading of the connection table or of the rules, and in
 * place of a socket that stopped receiving. --check asks which program holds an NFLOG group, and
 * reads what other users' ctaggs have noted in /run/ctagg. CAP_BPF is kept for the kernel table if
 * that cannot be read without. */
static unsigned int needed(enum privileges_mode mode, struct kernel *kernel)
{
	switch (mode) {
	case PRIVILEGES_READ:
		return 0;
	case PRIVILEGES_CHECK:
		return PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF | PRIVILEGE_SEE;
	case PRIVILEGES_SNAPSHOT:
	case PRIVILEGES_LIVE:
		break;
	}
	if (kernel && privilege_needed(kernel_works, kernel))
		return PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF;
	return PRIVILEGE_NET_ADMIN;
}

static const enum confine_mode confine_modes[] = {
	[PRIVILEGES_LIVE] = CONFINE_LIVE,
	[PRIVILEGES_SNAPSHOT] = CONFINE_SNAPSHOT,
	[PRIVILEGES_CHECK] = CONFINE_CHECK,
	[PRIVILEGES_READ] = CONFINE_READ,
};

int privileges_reduce(enum privileges_mode mode, const struct options *opts, struct kernel *kernel)
{
	char user[IDENTITY_NAME], names[PRIVILEGE_NAMES];
	int err = privilege_drop(needed(mode, kernel));

	if (err)
		return setup_fail(FAILED, "cannot give up privileges", err, "");
	identity_remember();
	identity_name(user, geteuid());
	privilege_names(names);
	log_verbose("privileges: user %s, capabilities %s", user, names);
	confining_apply(opts, confine_modes[mode]);
	return DONE;
}
