/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_SYSCTL_H
#define CTAGG_HOST_SYSCTL_H

#include <stdbool.h>

/* The value, 0 or more, of the sysctl net.netfilter.NAME in the network namespace of the
 * calling thread; or -errno: -ENOENT there is no such sysctl (the module is not loaded, or
 * /proc is not mounted), -ERANGE its value is no number from 0 to INT_MAX. */
int sysctl_netfilter(const char *name);

/* Whether sysctls of the network can be read at all. Returns 0 or -errno: -ENOENT /proc is
 * not mounted. */
int sysctl_readable(void);

/* Whether nobody can set a sysctl here, not even root, because /proc/sys is mounted
 * read-only, as it is in containers. */
bool sysctl_read_only(void);

/* Set the sysctl net.netfilter.NAME. Returns 0 or -errno. */
int sysctl_netfilter_set(const char *name, int value);

#endif
