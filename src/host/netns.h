/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETNS_H
#define CTAGG_HOST_NETNS_H

/* What --netns can be. */
enum netns_kind {
	NETNS_NAME,	/* that ip-netns(8) has given: a file in /run/netns */
	NETNS_PATH,	/* has a slash in it */
	NETNS_PID,	/* digits, and no such name */
};
enum netns_kind netns_kind(const char *name);

/* Move the calling thread into a network namespace: a name, a path, or a process id.
 * Returns 0 or -errno: -ENOENT no such namespace, -EINVAL the path is something else,
 * -EPERM a missing CAP_SYS_ADMIN. */
int netns_enter(const char *name);

#endif
