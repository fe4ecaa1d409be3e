/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_IDENTITY_H
#define CTAGG_HOST_IDENTITY_H

#include <sys/types.h>

/* Users and groups by their names. */

/* The size of the longest name that messages show, with its NUL. */
#define IDENTITY_NAME 64

/* Write the name of a user or group; the number where there is no name. */
void identity_name(char name[IDENTITY_NAME], uid_t uid);
void identity_group_name(char name[IDENTITY_NAME], gid_t gid);

/* Look up the names of this process's own user and group, for good: call this when the process is
 * about to be confined, after which the files and services with names are out of reach. */
void identity_remember(void);

#endif
