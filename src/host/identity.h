/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_IDENTITY_H
#define CTAGG_HOST_IDENTITY_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Users and groups: their names, and the user that the program becomes once it is set up. */

/* The size of the longest name that messages show, with its NUL. */
#define IDENTITY_NAME 64

/* Write the name of a user or group; the number where there is no name. */
void identity_name(char name[IDENTITY_NAME], uid_t uid);
void identity_group_name(char name[IDENTITY_NAME], gid_t gid);

#define IDENTITY_MAX_GROUPS 256

/* A user.
 *
 * name    as it was given, lent; NULL: none was
 * groups  all groups of the user, gid among them
 */
struct identity {
	const char *name;
	uid_t uid;
	gid_t gid;
	int n_groups;
	gid_t groups[IDENTITY_MAX_GROUPS];
};

/* Find the user of this name. Returns 0 or -errno: -ENOENT there is no such user, -E2BIG the user is
 * in more groups than IDENTITY_MAX_GROUPS, or what the databases of users say (nsswitch.conf(5)). */
int identity_find(struct identity *who, const char *name);

/* Write the identity that this process has. Returns 0 or -errno: -E2BIG. */
int identity_now(struct identity *who);

/* Until this call what the program makes is whoever's who runs it. From now on the functions below
 * speak of `who', which is lent, since the program becomes that user once it is set up. NULL: as
 * before. */
void identity_expect(const struct identity *who);

/* The uid of that user. The names of the user and of the user's group, static: identity_expect() has
 * looked them up, because the program may not be able to read /etc/passwd later. */
uid_t identity_uid(void);
const char *identity_user(void);
const char *identity_group(void);

/* Whether that user may read, write and enter (or execute) a file or folder, by its mode alone: no
 * capability counts. */
bool identity_may_use(const struct stat *st);

/* Let that user own a file or folder which has just been made; its group, too, unless keep_group.
 * Returns 0 or -errno. */
int identity_give(int fd, bool keep_group);

/* Open a file, or make it for that user where it is missing. flags as of open(2), without O_CREAT and
 * O_EXCL, but with O_NOFOLLOW. Returns a descriptor or -errno. */
int identity_open(const char *path, int flags, mode_t mode);

#endif
