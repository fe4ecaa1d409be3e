/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Write inputs for the fuzz targets to begin with: seeds TARGET DIRECTORY. */
#include "config.h"

#include <stdio.h>

#include "fuzz/targets.h"

struct folder {
	const char *path;
	int n;
	bool failed;
};

static void write_seed(const void *bytes, size_t len, void *arg)
{
	struct folder *to = arg;
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/seed-%03d", to->path, to->n++);
	out = fopen(path, "w");
	if (!out || fwrite(bytes, 1, len, out) != len || fclose(out)) {
		perror(path);
		to->failed = true;
	}
}

int main(int argc, char *argv[])
{
	struct folder to = { .path = argc == 3 ? argv[2] : NULL };

	if (argc == 3 && seeds_each(argv[1], write_seed, &to))
		return to.failed;
	fprintf(stderr, "usage: seeds TARGET DIRECTORY\n");
	return 2;
}
