/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/denied.h"
#include "host/identity.h"

/* The part of the path up to, and without, its last slash that is not at its end: "." or "/" where
 * there is no such part. */
static void folder_of(char folder[PATH_MAX], const char *path)
{
	const char *end = path + strlen(path);

	while (end > path && end[-1] == '/')
		end--;
	while (end > path && end[-1] != '/')
		end--;
	if (end == path)
		strcpy(folder, ".");
	else
		snprintf(folder, PATH_MAX, "%.*s", end - path == 1 ? 1 : (int)(end - path - 1), path);
}

/* Whether the user may not enter the first len bytes of the path. "." in a folder is found only by
 * whoever may. */
static bool is_shut(const char *path, size_t len)
{
	char inside[PATH_MAX + 2];
	struct stat st;

	snprintf(inside, sizeof(inside), "%.*s/.", (int)len, path);
	return stat(inside, &st) && errno == EACCES;
}

/* Find the first folder of the path that the user may not enter; `within' bytes of the path are
 * looked at. Returns the length of the part of the path that names the folder; 0: there is none. */
static size_t first_shut(const char *path, size_t within)
{
	for (size_t len = 1; len <= within; len++)
		if ((path[len] == '/' || len == within) && path[len - 1] != '/' && is_shut(path, len))
			return len;
	return 0;
}

/* Root has given up the right to the files of others: becoming the owner (--user) is another way. Nothing for
 * another user, who cannot change, nor about what is root's; nor for ctagg-deliver, which a spool's
 * owner is not meant to run. */
static const char *become_owner(char text[IDENTITY_NAME + 32], const char *program,
				const char *target)
{
	char name[IDENTITY_NAME];
	struct stat st;

	*text = '\0';
	if (!strcmp(program, PACKAGE_NAME) && !identity_uid() && !stat(target, &st) && st.st_uid) {
		identity_name(name, st.st_uid);
		if (name[0] < '0' || name[0] > '9')	/* --user wants a name */
			snprintf(text, IDENTITY_NAME + 32, "add --user=%s, or ", name);
	}
	return text;
}

/* What the owner lacks is mode bits. */
static void write_command(char *text, size_t size, const char *program, const char *target, bool folder)
{
	char become[IDENTITY_NAME + 32];
	struct stat st;

	if (!stat(target, &st) && st.st_uid == identity_uid())
		snprintf(text, size, "chmod u+rw%s %s", folder ? "x" : "", target);
	else
		snprintf(text, size, "%schown %s %s", become_owner(become, program, target),
			 identity_user(), target);
}

static void write_entering(char *text, size_t size, const char *program, const char *target)
{
	char become[IDENTITY_NAME + 32];

	snprintf(text, size, "%slet it enter the folder: chmod a+x %s",
		 become_owner(become, program, target), target);
}

/* Nobody is to own the folder above for that. Like the folders of a spool (ctagg-spool(5)). */
static void write_making(char *text, size_t size, const char *target)
{
	snprintf(text, size, "install -d -o %s -g %s -m 2770 %s", identity_user(), identity_group(),
		 target);
}

void denied_help(char help[DENIED_SIZE], int err, const char *program, const char *path,
		 enum denied_use use)
{
	char folder[PATH_MAX];
	size_t len, shut;
	struct stat st;

	*help = '\0';
	if (err != -EACCES)
		return;
	folder_of(folder, path);
	shut = first_shut(folder, strlen(folder));
	len = snprintf(help, DENIED_SIZE, ": %s runs as %s; ", program, identity_user());
	if (shut) {
		folder[shut] = '\0';
		write_entering(help + len, DENIED_SIZE - len, program, folder);
	} else if (use != DENIED_REPLACE && !lstat(path, &st)) {
		write_command(help + len, DENIED_SIZE - len, program, path, use == DENIED_FOLDER);
	} else if (use == DENIED_FOLDER) {
		write_making(help + len, DENIED_SIZE - len, path);
	} else {
		write_command(help + len, DENIED_SIZE - len, program, folder, true);
	}
}
