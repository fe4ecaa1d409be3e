/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deliver/names.h"
#include "spool/name.h"

#define FIRST_SIZE 1024

static int add(struct names *names, const char *name)
{
	if (names->n == names->size) {
		size_t size = names->size ? 2 * names->size : FIRST_SIZE;
		char **list = reallocarray(names->list, size, sizeof(*list));

		if (!list)
			return -ENOMEM;
		names->list = list;
		names->size = size;
	}
	names->list[names->n] = strdup(name);
	if (!names->list[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

/* Not every file system says what an entry is. */
static bool is_window(const struct dirent *entry, bool regular)
{
	return (!regular || entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN) &&
	       spool_name_is(entry->d_name);
}

static int add_all(struct names *names, DIR *dir, bool regular)
{
	const struct dirent *entry;
	int err = 0;

	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (is_window(entry, regular))
			err = add(names, entry->d_name);
	}
	return err;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The directory is opened anew: descriptors that dup(2) makes share their place in it. */
int names_read(struct names *names, int dirfd, bool regular)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *dir;

	*names = (struct names){ 0 };
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	err = add_all(names, dir, regular);
	closedir(dir);
	if (err)
		names_free(names);
	else if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), compare);
	return err;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct names){ 0 };
}
