/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Write inputs for a fuzz target to begin with, those that are made and those of files of corpus.c, into
 * a directory, a file each; show the names of all targets; or make such a file of a directory's files.
 *
 *   seeds TARGET DIRECTORY CORPUS-FILE...
 *   seeds --targets
 *   seeds --keep FILE... >CORPUS-FILE
 */
#include "config.h"

#include <errno.h>
#include <string.h>

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

static int show_targets(void)
{
#define FUZZ_NAME(name) " " #name
	puts(&FUZZ_TARGETS(FUZZ_NAME)[1]);
#undef FUZZ_NAME
	return 0;
}

static int keep(char *const paths[])
{
	static char bytes[1 << 16];

	for (; *paths; paths++) {
		FILE *f = fopen(*paths, "r");

		if (!f) {
			perror(*paths);
			return 1;
		}
		corpus_write(stdout, bytes, fread(bytes, 1, sizeof(bytes), f));
		fclose(f);
	}
	return fflush(stdout) != 0;
}

/* A file that is not there has none: a target need not have each of them. */
static int write_seeds(const char *target, char *const paths[], struct folder *to)
{
	int n = seeds_each(target, write_seed, to);

	for (; *paths; paths++) {
		int kept = corpus_each(*paths, write_seed, to);

		if (kept < 0 && kept != -ENOENT) {
			fprintf(stderr, "seeds: %s: %s\n", *paths, strerror(-kept));
			return 1;
		}
		n += kept > 0 ? kept : 0;
	}
	return !n || to->failed;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "--targets"))
		return show_targets();
	if (argc > 2 && !strcmp(argv[1], "--keep"))
		return keep(argv + 2);
	if (argc > 3)
		return write_seeds(argv[1], argv + 3, &(struct folder){ .path = argv[2] });
	fprintf(stderr, "usage: seeds TARGET DIRECTORY CORPUS-FILE... | --targets | --keep FILE...\n");
	return 2;
}
