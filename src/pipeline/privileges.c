/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <linux/capability.h>
#include <unistd.h>

#include "cli/log.h"
#include "host/identity.h"
#include "pipeline/confining.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "privilege/privilege.h"

/* Sockets are opened later, too: for each reading of the connection table or of the rules, and in
 * place of a socket that stopped receiving. --check asks which program holds an NFLOG group, reads
 * what other users' ctaggs have noted in /run/ctagg, and loads the kernel table's filter. CAP_BPF is kept for the kernel table if
 * that cannot be read without. With --netns=all the namespaces of the host are entered again and again. */
static unsigned int needed(enum privileges_mode mode, const struct options *opts, struct kernel *kernel)
{
	unsigned int netns = opts->netns_all ? PRIVILEGE_NETNS : 0;

	switch (mode) {
	case PRIVILEGES_READ:
		return 0;
	case PRIVILEGES_CHECK:
		return PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF | PRIVILEGE_SEE | PRIVILEGE_PERFMON;
	case PRIVILEGES_SNAPSHOT:
	case PRIVILEGES_LIVE:
		break;
	}
	if (kernel && privilege_needed(kernel_works, kernel))
		return PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF | netns;
	return PRIVILEGE_NET_ADMIN | netns;
}

static const enum confine_mode confine_modes[] = {
	[PRIVILEGES_LIVE] = CONFINE_LIVE,
	[PRIVILEGES_SNAPSHOT] = CONFINE_SNAPSHOT,
	[PRIVILEGES_CHECK] = CONFINE_CHECK,
	[PRIVILEGES_READ] = CONFINE_READ,
};

int privileges_begin(const struct options *opts)
{
	const char *why_not = opts->user.name ? privilege_why_not(&opts->user) : NULL;

	if (why_not) {
		log_error("--user %s: %s", opts->user.name, why_not);
		return FAILED;
	}
	identity_expect(opts->user.name ? &opts->user : NULL);
	return DONE;
}

int privileges_reduce(enum privileges_mode mode, const struct options *opts, struct kernel *kernel)
{
	const struct identity *who = opts->user.name ? &opts->user : NULL;
	char names[PRIVILEGE_NAMES];
	int err = privilege_reduce(who, needed(mode, opts, kernel));

	if (err)
		return setup_fail(FAILED, who ? "cannot become the user of --user" :
				  "cannot give up privileges", err, "");
	privilege_names(names);
	log_verbose("privileges: user %s, capabilities %s", identity_user(), names);
	if (mode == PRIVILEGES_LIVE && opts->netns_all)
		confining_apply(opts, CONFINE_LIVE_NETNS);
	else
		confining_apply(opts, confine_modes[mode]);
	return DONE;
}

/* After setting up, a root that has CAP_SETPCAP has lowered the bounding set, but not by what it had. */
const char *privileges_net_admin(void)
{
	if (!privilege_can_be_given(CAP_NET_ADMIN))
		return "; needs CAP_NET_ADMIN, which no program here can have: start the container with --cap-add=NET_ADMIN, or the service with it in CapabilityBoundingSet";
	if (!geteuid())
		return "; needs CAP_NET_ADMIN, which this root does not have over this network namespace";
	return "; needs CAP_NET_ADMIN: run as root, or setcap cap_net_admin+ep on the program";
}
