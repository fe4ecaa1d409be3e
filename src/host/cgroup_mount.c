/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>

#include "host/cgroup_mount.h"

bool cgroup_mount(char path[CGROUP_MOUNT_PATH])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;
	bool found = false;

	while (mounts && !found && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2") && strlen(m->mnt_dir) < CGROUP_MOUNT_PATH) {
			memcpy(path, m->mnt_dir, strlen(m->mnt_dir) + 1);
			found = true;
		}
	if (mounts)
		endmntent(mounts);
	return found;
}
