/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRIVILEGE_PRIVILEGE_H
#define CTAGG_PRIVILEGE_PRIVILEGE_H

#include <stdbool.h>

/* The capabilities (capabilities(7)) that can be kept besides CAP_NET_ADMIN. CAP_NET_ADMIN is
 * always kept: a socket that stopped receiving is replaced by a new one, and opening that
 * socket needs CAP_NET_ADMIN. A capability that the process does not have cannot be kept. */
enum privilege_keep {
	PRIVILEGE_BPF = 1,	/* CAP_BPF; without it CAP_SYS_ADMIN, as before Linux 5.8 */
	PRIVILEGE_FILES = 2,	/* CAP_DAC_OVERRIDE: to open a file later */
};

/* Whether a program that this process starts can get a capability, CAP_*: false where the capability
 * is not in the bounding set, as in most containers. */
bool privilege_can_be_given(unsigned int cap);

/* Whether works(arg), which returns 0 on success, fails while the process has no effective
 * capability. Trying is better than a guess from the version of the kernel. Afterwards the
 * capabilities are as before. */
bool privilege_needed(int (*works)(void *arg), void *arg);

/* Give up all capabilities but CAP_NET_ADMIN and those of keep, a set of enum
 * privilege_keep: in every set, and for good, since no program that this process starts can
 * have more. Returns 0 or -errno: -EPERM the kernel refuses. */
int privilege_drop(unsigned int keep);

/* Give up all capabilities, as privilege_drop() does with most of them. */
int privilege_drop_all(void);

#endif
