/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/identity.h"

/* Of this process, once they have been looked up. */
static struct {
	bool known;
	uid_t uid;
	gid_t gid;
	char user[IDENTITY_NAME], group[IDENTITY_NAME];
} own;

static void write_name(char name[IDENTITY_NAME], const char *known, uint32_t id)
{
	if (known)
		snprintf(name, IDENTITY_NAME, "%s", known);
	else
		snprintf(name, IDENTITY_NAME, "%" PRIu32, id);
}

void identity_name(char name[IDENTITY_NAME], uid_t uid)
{
	const struct passwd *user;

	if (own.known && uid == own.uid) {
		memcpy(name, own.user, IDENTITY_NAME);
		return;
	}
	user = getpwuid(uid);
	write_name(name, user ? user->pw_name : NULL, uid);
}

void identity_group_name(char name[IDENTITY_NAME], gid_t gid)
{
	const struct group *group;

	if (own.known && gid == own.gid) {
		memcpy(name, own.group, IDENTITY_NAME);
		return;
	}
	group = getgrgid(gid);
	write_name(name, group ? group->gr_name : NULL, gid);
}

void identity_remember(void)
{
	own.uid = geteuid();
	own.gid = getegid();
	identity_name(own.user, own.uid);
	identity_group_name(own.group, own.gid);
	own.known = true;
}
