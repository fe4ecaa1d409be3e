/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRIVILEGE_PRIVILEGE_H
#define CTAGG_PRIVILEGE_PRIVILEGE_H

#include <stdbool.h>

/* What is kept besides CAP_NET_ADMIN, which a replaced socket needs. Only what
 * the process has is ever kept. */
enum privilege_keep {
	PRIVILEGE_BPF = 1,	/* CAP_BPF, CAP_SYS_ADMIN where it stands for that */
	PRIVILEGE_FILES = 2,	/* CAP_DAC_OVERRIDE: for a file that is yet to be made */
};

/* Whether works(arg), which returns 0 on success, fails without any effective
 * capability: ask the kernel rather than guess from its version. The
 * capabilities are as before afterwards. */
bool privilege_needed(int (*works)(void *arg), void *arg);

/* Give up all other capabilities, in every set, and for good: no program that
 * is started can have more. keep is a set of enum privilege_keep. Returns 0 or
 * -errno. */
int privilege_drop(unsigned int keep);

#endif
