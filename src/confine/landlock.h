/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CONFINE_LANDLOCK_H
#define CTAGG_CONFINE_LANDLOCK_H

/* Landlock as the kernel has it. The C library has no functions for its system calls, and
 * linux/landlock.h may be older than the kernel, so what came after its first version is
 * named here, with the number that linux/landlock.h of Linux 6.12 gives it. */

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#define LANDLOCK_FS_REFER (1ULL << 13)		/* ABI 2, Linux 5.19 */
#define LANDLOCK_FS_TRUNCATE (1ULL << 14)	/* ABI 3, Linux 6.2 */
#define LANDLOCK_FS_IOCTL_DEV (1ULL << 15)	/* ABI 5, Linux 6.10 */
#define LANDLOCK_NET_BIND_TCP (1ULL << 0)	/* ABI 4, Linux 6.7 */
#define LANDLOCK_NET_CONNECT_TCP (1ULL << 1)
#define LANDLOCK_SCOPED_ABSTRACT_UNIX (1ULL << 0)	/* ABI 6, Linux 6.12 */
#define LANDLOCK_SCOPED_SIGNALS (1ULL << 1)
#define LANDLOCK_NET_PORT 2	/* enum landlock_rule_type */

/* struct landlock_ruleset_attr. A kernel takes a longer struct than its own when the rest is 0. */
struct landlock_handled {
	uint64_t fs, net, scoped;
};

/* struct landlock_net_port_attr: the port in host order */
struct landlock_port {
	uint64_t access, port;
};

static inline int landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static inline int landlock_create(const struct landlock_handled *h)
{
	return syscall(SYS_landlock_create_ruleset, h, sizeof(*h), 0);
}

static inline int landlock_add(int ruleset, int type, const void *rule)
{
	return syscall(SYS_landlock_add_rule, ruleset, type, rule, 0);
}

static inline int landlock_restrict(int ruleset)
{
	return syscall(SYS_landlock_restrict_self, ruleset, 0);
}

#endif
