/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_SYSCTL_H
#define CTAGG_HOST_SYSCTL_H

#include <stdbool.h>

/* The value of net.netfilter.NAME in the network namespace of the calling
 * thread, 0 or more; -errno when it cannot be read, -ERANGE when it is no such
 * number. */
int sysctl_netfilter(const char *name);

/* Whether the values can be read at all: 0, or -errno: -ENOENT there is no /proc. */
int sysctl_readable(void);

/* Whether they can be read and, whoever wants to, not be set: /proc/sys is mounted read-only,
 * as in containers. */
bool sysctl_read_only(void);

/* Set it. Returns 0 or -errno. */
int sysctl_netfilter_set(const char *name, int value);

#endif
