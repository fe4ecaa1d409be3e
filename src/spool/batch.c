/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/batch.h"

/* While a directory is read, names[] is a heap: each name is larger than the two at 2i + 1 and
 * 2i + 2, so the largest is the first, and goes when a smaller name comes. */

static void swap(char *a, char *b)
{
	char kept[SPOOL_NAME_MAX];

	memcpy(kept, a, SPOOL_NAME_MAX);
	memcpy(a, b, SPOOL_NAME_MAX);
	memcpy(b, kept, SPOOL_NAME_MAX);
}

static void sift_up(struct spool_batch *b, size_t i)
{
	for (; i && strcmp(b->names[i], b->names[(i - 1) / 2]) > 0; i = (i - 1) / 2)
		swap(b->names[i], b->names[(i - 1) / 2]);
}

static void sift_down(struct spool_batch *b)
{
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < b->n; i = child) {
		if (child + 1 < b->n && strcmp(b->names[child + 1], b->names[child]) > 0)
			child++;
		if (strcmp(b->names[i], b->names[child]) >= 0)
			return;
		swap(b->names[i], b->names[child]);
	}
}

static void keep(struct spool_batch *b, const char *name, size_t len)
{
	if (b->n < SPOOL_BATCH) {
		memcpy(b->names[b->n], name, len + 1);
		sift_up(b, b->n++);
	} else if (strcmp(name, b->names[0]) < 0) {
		memcpy(b->names[0], name, len + 1);
		sift_down(b);
	}
}

static void look_at(struct spool_batch *b, const char *name, const char *after,
		    spool_accept_fn *accept)
{
	size_t len = strlen(name);

	if (*name == '.')
		return;
	if (len >= SPOOL_NAME_MAX || !accept(name)) {
		b->others++;
		snprintf(b->other, sizeof(b->other), "%s", name);
		return;
	}
	b->total++;
	if (strcmp(name, after) > 0)
		keep(b, name, len);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The directory is opened anew: descriptors that dup(2) makes share their place in it. */
int spool_batch_accept(struct spool_batch *b, int dirfd, const char *after, spool_accept_fn *accept)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	b->n = 0;
	b->total = b->others = 0;
	b->other[0] = '\0';
	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((void)(errno = 0), (entry = readdir(dir)))
		look_at(b, entry->d_name, after, accept);
	err = -errno;
	closedir(dir);
	qsort(b->names, b->n, SPOOL_NAME_MAX, compare);
	return err;
}

int spool_batch_read(struct spool_batch *b, int dirfd, const char *after)
{
	return spool_batch_accept(b, dirfd, after, spool_name_is);
}
