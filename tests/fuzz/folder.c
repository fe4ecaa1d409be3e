/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/folder.h"
#include "fuzz/targets.h"

static char folder[64];
static pid_t owner;

static void remove_folder(void)
{
	DIR *dir = getpid() == owner ? opendir(folder) : NULL;
	struct dirent *file;

	if (!dir)
		return;
	while ((file = readdir(dir)))
		if (*file->d_name != '.')
			unlinkat(dirfd(dir), file->d_name, 0);
	closedir(dir);
	rmdir(folder);
}

static void make_folder(void)
{
	owner = getpid();
	strcpy(folder, "/dev/shm/ctagg-fuzz-XXXXXX");
	if (!mkdtemp(folder)) {
		strcpy(folder, "/tmp/ctagg-fuzz-XXXXXX");
		must(mkdtemp(folder));
	}
	atexit(remove_folder);
}

const char *folder_path(const char *name)
{
	static char paths[4][128];
	static unsigned int next;
	char *path = paths[next++ % 4];

	if (!*folder)
		make_folder();
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

void folder_write(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(folder_path(name), "w");

	must(f);
	must(fwrite(bytes, 1, len, f) == len);
	must(!fclose(f));
}
