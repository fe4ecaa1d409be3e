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

/* What the owner lacks is mode bits. */
static void write_command(char *text, size_t size, const char *target, bool folder)
{
	struct stat st;

	if (!stat(target, &st) && st.st_uid == identity_uid())
		snprintf(text, size, "chmod u+rw%s %s", folder ? "x" : "", target);
	else
		snprintf(text, size, "chown %s %s", identity_user(), target);
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
	if (shut)
		snprintf(help + len, DENIED_SIZE - len, "let it enter the folder: chmod a+x %.*s",
			 (int)shut, folder);
	else if (use != DENIED_REPLACE && !lstat(path, &st))
		write_command(help + len, DENIED_SIZE - len, path, use == DENIED_FOLDER);
	else
		write_command(help + len, DENIED_SIZE - len, folder, true);
}
