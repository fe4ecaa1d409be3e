/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/identity.h"

static const struct identity *expected;
static char user_name[IDENTITY_NAME], group_name[IDENTITY_NAME];

/* --- names -------------------------------------------------------------------- */

static void write_name(char name[IDENTITY_NAME], const char *known, uint32_t id)
{
	if (known)
		snprintf(name, IDENTITY_NAME, "%s", known);
	else
		snprintf(name, IDENTITY_NAME, "%" PRIu32, id);
}

void identity_name(char name[IDENTITY_NAME], uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	write_name(name, user ? user->pw_name : NULL, uid);
}

void identity_group_name(char name[IDENTITY_NAME], gid_t gid)
{
	const struct group *group = getgrgid(gid);

	write_name(name, group ? group->gr_name : NULL, gid);
}

/* --- who it is ---------------------------------------------------------------- */

/* getpwnam(3) says in several ways that there is no such user. */
static int not_found(int err)
{
	switch (err) {
	case 0:
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return -ENOENT;
	}
	return -err;
}

int identity_find(struct identity *who, const char *name)
{
	const struct passwd *user;

	memset(who, 0, sizeof(*who));
	errno = 0;
	user = getpwnam(name);
	if (!user)
		return not_found(errno);
	who->name = name;
	who->uid = user->pw_uid;
	who->gid = user->pw_gid;
	who->n_groups = IDENTITY_MAX_GROUPS;
	if (getgrouplist(name, user->pw_gid, who->groups, &who->n_groups) < 0)
		return -E2BIG;
	return 0;
}

int identity_now(struct identity *who)
{
	who->name = NULL;
	who->uid = geteuid();
	who->gid = getegid();
	who->n_groups = getgroups(IDENTITY_MAX_GROUPS, who->groups);
	return who->n_groups < 0 ? -E2BIG : 0;
}

void identity_expect(const struct identity *who)
{
	expected = who;
	identity_name(user_name, identity_uid());
	identity_group_name(group_name, who ? who->gid : getegid());
}

uid_t identity_uid(void)
{
	return expected ? expected->uid : geteuid();
}

/* Without a call of identity_expect(), as in tests, the names are looked up now. */
const char *identity_user(void)
{
	if (!*user_name)
		identity_expect(expected);
	return user_name;
}

const char *identity_group(void)
{
	if (!*group_name)
		identity_expect(expected);
	return group_name;
}

static bool is_in(const struct identity *who, gid_t gid)
{
	if (who->gid == gid)
		return true;
	for (int i = 0; i < who->n_groups; i++)
		if (who->groups[i] == gid)
			return true;
	return false;
}

bool identity_may_use(const struct stat *st)
{
	struct identity now;
	/* cppcheck-suppress uninitvar; only its address is taken here */
	const struct identity *who = expected ? expected : &now;
	mode_t all = 07;

	if (!expected && identity_now(&now))
		now.n_groups = 0;
	if (st->st_uid == who->uid)
		all <<= 6;
	else if (is_in(who, st->st_gid))
		all <<= 3;
	return (st->st_mode & all) == all;
}

/* --- what it makes -------------------------------------------------------------- */

int identity_give(int fd, bool keep_group)
{
	if (!expected)
		return 0;
	return fchown(fd, expected->uid, keep_group ? (gid_t)-1 : expected->gid) ? -errno : 0;
}

/* Returns a descriptor or -errno: -EEXIST. */
static int make(const char *path, int flags, mode_t mode)
{
	int fd = open(path, flags | O_CREAT | O_EXCL, mode), err;

	if (fd < 0)
		return -errno;
	err = identity_give(fd, false);
	if (!err)
		return fd;
	close(fd);
	unlink(path);
	return err;
}

/* Other programs may make or remove the file between two calls. */
int identity_open(const char *path, int flags, mode_t mode)
{
	int fd;

	do {
		fd = open(path, flags);
		fd = fd >= 0 ? fd : errno == ENOENT ? make(path, flags, mode) : -errno;
	} while (fd == -EEXIST);
	return fd;
}
