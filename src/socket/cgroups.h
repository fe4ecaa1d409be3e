/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_CGROUPS_H
#define CTAGG_SOCKET_CGROUPS_H

#include <stdbool.h>
#include <stdint.h>

/* The paths of cgroups by their ids. The id of a cgroup of cgroup2 is the number of its folder's inode
 * (on kernels of 32 bits only a part of the id is: there, paths stay unknown), and is never given again.
 * Ids are looked for by a walk over the folders, a folder at a time. */
struct cgroups;
struct cgroup;

/* folder: where cgroup2 is mounted, copied; NULL: nowhere, and no path is ever known. Returns 0 and a
 * handle the caller owns, or -ENOMEM. */
int cgroups_open(struct cgroups **out, const char *folder);

/* The cgroup with this id, whose path has to be looked for when the id is new. It stays until
 * cgroup_release() has been called as often as cgroup_hold(), and longer. NULL: the id is 0, or no memory. */
struct cgroup *cgroups_find(struct cgroups *c, uint64_t id);

/* Look into one folder, if a path has to be looked for. Returns whether all are found, or known not to
 * be found: the cgroup has been removed, or this process does not see it. */
bool cgroups_step(struct cgroups *c);

/* NULL is fine for these. */
void cgroup_hold(struct cgroup *g);
void cgroup_release(struct cgroup *g);

/* From the folder where cgroup2 is mounted, "/" for that folder, as in /proc/PID/cgroup; NULL: unknown.
 * Lent while the cgroup is held. */
const char *cgroup_path(const struct cgroup *g);

/* All cgroups are gone, also those that are held. */
void cgroups_close(struct cgroups *c);	/* NULL is fine */

#endif
