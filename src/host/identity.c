/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>

#include "host/identity.h"

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
