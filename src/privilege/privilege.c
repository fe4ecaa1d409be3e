/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

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
	/* Raising what is permitted does not fail; if it did, what works would not be known. */
	return capng_apply(CAPNG_SELECT_CAPS) || needed;
}

/* What stands for BPF: all of its privileges were CAP_SYS_ADMIN's before Linux 5.8. */
static unsigned int bpf_capability(void)
{
	return capng_have_capability(CAPNG_PERMITTED, CAP_BPF) ? CAP_BPF : CAP_SYS_ADMIN;
}

/* Let libcap-ng choose a capability, if the process has it: effective, permitted, and in the
 * bounding set. */
static void choose(unsigned int cap, bool has)
{
	if (has)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET, cap);
}

/* Let libcap-ng choose the capabilities of keep, of those that the process has, and no others. */
static void choose_all(unsigned int keep)
{
	const struct {
		enum privilege_keep keep;
		unsigned int cap;
	} all[] = {
		{ PRIVILEGE_NET_ADMIN, CAP_NET_ADMIN }, { PRIVILEGE_BPF, bpf_capability() },
		{ PRIVILEGE_SEE, CAP_SYS_PTRACE }, { PRIVILEGE_SEE, CAP_DAC_READ_SEARCH },
		{ PRIVILEGE_PERFMON, CAP_PERFMON }, { PRIVILEGE_NETNS, CAP_SYS_ADMIN },
		{ PRIVILEGE_NETNS, CAP_SYS_PTRACE },
	};
	bool has[sizeof(all) / sizeof(all[0])];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		has[i] = keep & all[i].keep && capng_have_capability(CAPNG_PERMITTED, all[i].cap);
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		choose(all[i].cap, has[i]);
}

/* By what capng_get_caps_process() has found. */
static bool can_change(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) &&
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID);
}

const char *privilege_why_not(const struct identity *who)
{
	uid_t real, effective, saved;

	if (!capng_get_caps_process() && can_change())
		return NULL;
	if (!getresuid(&real, &effective, &saved) && real == who->uid && effective == who->uid &&
	    saved == who->uid)
		return NULL;
	return geteuid() ? "only root can become another user; run it as root, or as that user without --user" :
			   "this root lacks CAP_SETUID or CAP_SETGID; run it as that user, without --user";
}

/* Become the user with the capabilities that have been chosen, which the kernel would take from whoever
 * ceases to be root. libcap-ng could set the groups, too, but finds the user by the uid, which users
 * of several names can have. */
static int become(const struct identity *who)
{
	errno = 0;
	if (setgroups(who->n_groups, who->groups))
		return -errno;
	if (!capng_change_id(who->uid, who->gid, CAPNG_NO_FLAG))
		return 0;
	return errno ? -errno : -EPERM;
}

/* Lowering the bounding set needs CAP_SETPCAP. Without it, no_new_privs alone keeps programs from
 * getting more. */
int privilege_reduce(const struct identity *who, unsigned int keep)
{
	bool bounds, change;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (capng_get_caps_process())
		return -EIO;
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	change = who && can_change();
	choose_all(keep);
	if (bounds && capng_apply(CAPNG_SELECT_BOUNDS))
		return -EPERM;
	if (change)
		return become(who);
	return capng_apply(CAPNG_SELECT_CAPS) ? -EPERM : 0;
}

void privilege_names(char names[PRIVILEGE_NAMES])
{
	size_t len = 0;

	strcpy(names, "none");
	if (capng_get_caps_process())
		return;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		const char *name = capng_capability_to_name(cap);

		if (!capng_have_capability(CAPNG_PERMITTED, cap) || !name ||
		    len + strlen(name) + 1 >= PRIVILEGE_NAMES)
			continue;
		len += sprintf(names + len, "%s%s", len ? " " : "", name);
	}
}
