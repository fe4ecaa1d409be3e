/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_CGROUP_MOUNT_H
#define CTAGG_HOST_CGROUP_MOUNT_H

#include <stdbool.h>

#define CGROUP_MOUNT_PATH 4096

/* Where cgroup2 is mounted, as this process sees it: the first such place of /proc/self/mounts. Returns
 * whether there is one. */
bool cgroup_mount(char path[CGROUP_MOUNT_PATH]);

#endif
