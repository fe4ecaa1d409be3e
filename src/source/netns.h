/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NETNS_H
#define CTAGG_SOURCE_NETNS_H

/* Move the calling thread into a network namespace: a process id, a path, or a
 * name that ip-netns(8) has given. Returns 0 or -errno: -ENOENT no such
 * namespace, -EINVAL the path is something else, -EPERM a missing
 * CAP_SYS_ADMIN. */
int netns_enter(const char *name);

#endif
