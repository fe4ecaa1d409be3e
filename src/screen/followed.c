/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "screen/followed.h"

#define FIRST_SIZE 64

void followed_free(struct followed *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->files[i].name);
	free(f->files);
	*f = (struct followed){ 0 };
}

/* Where the file of this name stands, or would stand. */
static size_t find(const struct followed *f, const char *name, bool *found)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(f->files[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < f->n && !strcmp(f->files[low].name, name);
	return low;
}

static bool grow(struct followed *f)
{
	size_t size = f->size ? 2 * f->size : FIRST_SIZE;
	struct followed_file *files;

	if (f->n < f->size)
		return true;
	files = realloc(f->files, size * sizeof(*files));
	if (!files)
		return false;
	f->files = files;
	f->size = size;
	return true;
}

struct followed_file *followed_find(const struct followed *f, const char *name)
{
	bool found;
	size_t at = find(f, name, &found);

	return found ? &f->files[at] : NULL;
}

struct followed_file *followed_get(struct followed *f, const char *name)
{
	bool found;
	size_t at = find(f, name, &found);
	char *copy;

	if (found)
		return &f->files[at];
	if (!grow(f))
		return NULL;
	copy = strdup(name);
	if (!copy)
		return NULL;
	memmove(f->files + at + 1, f->files + at, (f->n - at) * sizeof(*f->files));
	f->files[at] = (struct followed_file){ .name = copy };
	f->n++;
	return &f->files[at];
}

bool followed_forget(struct followed *f, const char *name)
{
	bool found;
	size_t at = find(f, name, &found);

	if (!found)
		return false;
	free(f->files[at].name);
	f->n--;
	memmove(f->files + at, f->files + at + 1, (f->n - at) * sizeof(*f->files));
	return true;
}
