/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/batch.h"
#include "spool/lock.h"
#include "spool/replace.h"
#include "spool/torn.h"

static bool is_small_file(const char *name)
{
	return !strncmp(name, SPOOL_REPLACING, strlen(SPOOL_REPLACING));
}

static bool is_ours(const char *name)
{
	return spool_name_is(name) || is_small_file(name);
}

/* A small file that was not put in its place is of no use to anybody. Returns whether a window was
 * set aside. */
static bool set_aside(const struct spool_dir *d, const char *name)
{
	int fd = spool_take_alone(d->tmp, name);
	char torn[SPOOL_NAME_MAX + sizeof(SPOOL_TORN)];
	bool moved = false;

	if (fd < 0)
		return false;
	snprintf(torn, sizeof(torn), "%s" SPOOL_TORN, name);
	if (is_small_file(name))
		unlinkat(d->tmp, name, 0);
	else
		moved = !renameat(d->tmp, name, d->dead, torn);
	close(fd);
	return moved;
}

int spool_set_torn_aside(const struct spool_dir *d, uint64_t *torn)
{
	struct spool_batch *b = calloc(1, sizeof(*b));
	char after[SPOOL_NAME_MAX] = "";
	int err = b ? 0 : -ENOMEM;

	*torn = 0;
	while (!err) {
		err = spool_batch_accept(b, d->tmp, after, is_ours);
		for (size_t i = 0; i < b->n && !err; i++)
			*torn += set_aside(d, b->names[i]);
		if (b->n < SPOOL_BATCH)
			break;
		strcpy(after, b->names[b->n - 1]);
	}
	free(b);
	return err;
}
