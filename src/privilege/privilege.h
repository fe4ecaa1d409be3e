/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRIVILEGE_PRIVILEGE_H
#define CTAGG_PRIVILEGE_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

#include "host/identity.h"

/* What the program may go on doing after setting up: a set. Each stands for capabilities
 * (capabilities(7)); one that the process does not have cannot be kept. CAP_DAC_OVERRIDE never is. */
enum privilege_keep {
	PRIVILEGE_NET_ADMIN = 1,	/* CAP_NET_ADMIN: open sockets of netlink */
	PRIVILEGE_BPF = 2,		/* CAP_BPF; without it CAP_SYS_ADMIN, as before Linux 5.8 */
	/* CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH: see what other users' processes have open, and read
	 * their files */
	PRIVILEGE_SEE = 4,
	/* CAP_PERFMON: the kernel table's filter is loaded in a tenth of the time, since the
	 * verifier does not follow the ways of speculation */
	PRIVILEGE_PERFMON = 8,
	/* CAP_SYS_ADMIN, CAP_SYS_PTRACE: enter network namespaces, also those that only other users'
	 * processes are in (setns(2), PTRACE_MODE_READ in ptrace(2)) */
	PRIVILEGE_NETNS = 16,
};

/* Whether a program that this process starts can get a capability, CAP_*: false where the capability
 * is not in the bounding set, as in most containers. */
bool privilege_can_be_given(unsigned int cap);

/* Whether works(arg), which returns 0 on success, fails while the process has no effective
 * capability. Trying is better than a guess from the version of the kernel. Afterwards the
 * capabilities are as before. */
bool privilege_needed(int (*works)(void *arg), void *arg);

/* Why this process cannot become the user, and what to do, a static text; NULL: it can, or is that
 * user already. */
const char *privilege_why_not(const struct identity *who);

/* Become the user for good, with all groups of that user (NULL: stay who it is); and give up all
 * capabilities but those of keep, a set of enum privilege_keep: in every set, and for good, since no
 * program that this process starts can have more. Call before there are other threads, which would
 * keep what they have. Returns 0 or -errno: -EPERM the kernel refuses, -EINVAL the user has no id in
 * this user namespace. */
int privilege_reduce(const struct identity *who, unsigned int keep);

/* Room for the names of all that can be kept. */
#define PRIVILEGE_NAMES 64

/* Write the names of the capabilities that the process has, with spaces between: "net_admin bpf", or
 * "none". What does not fit is left out. */
void privilege_names(char names[PRIVILEGE_NAMES]);

#endif
