/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/prctl.h>

#include <cap-ng.h>

#include "privilege/privilege.h"

bool privilege_can_be_given(unsigned int cap)
{
	return prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1;
}

/* Effective capabilities are dropped and raised again; permitted ones stay meanwhile. */
bool privilege_needed(int (*works)(void *arg), void *arg)
{
	bool needed;

	if (capng_get_caps_process())
		return true;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, cap);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return true;
	needed = works(arg) != 0;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (capng_have_capability(CAPNG_PERMITTED, cap))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, cap);
	capng_apply(CAPNG_SELECT_CAPS);
	return needed;
}

/* Where keep is true, keep a capability: effective, permitted, and in the bounding set. */
static void keep_one(unsigned int cap, bool keep)
{
	if (keep)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET, cap);
}

/* Make the process have what capng_update() has chosen, in every set. Lowering the bounding set
 * needs CAP_SETPCAP: `bounds'. Without it, no_new_privs alone keeps programs from getting more. */
static int apply(bool bounds)
{
	return capng_apply(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) ? -EPERM : 0;
}

int privilege_drop_all(void)
{
	bool bounds;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (capng_get_caps_process())
		return -EIO;
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_BOTH);
	return apply(bounds);
}

int privilege_drop(unsigned int keep)
{
	bool net_admin, bpf, sys_admin, files, bounds;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (capng_get_caps_process())
		return -EIO;
	net_admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	bpf = capng_have_capability(CAPNG_PERMITTED, CAP_BPF);
	sys_admin = !bpf && capng_have_capability(CAPNG_PERMITTED, CAP_SYS_ADMIN);
	files = capng_have_capability(CAPNG_PERMITTED, CAP_DAC_OVERRIDE);
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_BOTH);
	keep_one(CAP_NET_ADMIN, net_admin);
	keep_one(CAP_BPF, bpf && keep & PRIVILEGE_BPF);
	keep_one(CAP_SYS_ADMIN, sys_admin && keep & PRIVILEGE_BPF);
	keep_one(CAP_DAC_OVERRIDE, files && keep & PRIVILEGE_FILES);
	return apply(bounds);
}
