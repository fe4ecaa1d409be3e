/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"
#include "view/input.h"

/* What it costs to read records from a file: `view FILE' puts them together to windows, as
 * ctagg-view does, `view --jansson FILE' makes an object of each line and forgets it. */

struct totals {
	uint64_t windows, flows, starts, orig_bytes;
};

static int add(struct view_window *w, void *arg)
{
	struct totals *t = arg;

	t->windows++;
	for (size_t i = 0; i < w->n_flows; i++) {
		t->flows++;
		t->starts += w->flows[i].sums.of[VIEW_starts];
		t->orig_bytes += w->flows[i].sums.of[VIEW_orig_bytes];
	}
	view_window_free(w);
	return 0;
}

static uint64_t gather(char *file)
{
	struct view_texts *texts;
	struct view_gather *g;
	struct totals t = { 0 };
	uint64_t lines;

	if (view_texts_open(&texts) || view_gather_open(&g, texts, add, &t) ||
	    view_input_read(g, &file, 1))
		exit(1);
	lines = view_gather_counts(g)->lines;
	fprintf(stderr, "%" PRIu64 " windows, %" PRIu64 " flows, starts %" PRIu64 ", orig_bytes %" PRIu64 "\n",
		t.windows, t.flows, t.starts, t.orig_bytes);
	view_gather_close(g);
	view_texts_close(texts);
	return lines;
}

static uint64_t jansson(const char *file)
{
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t room = 0;
	uint64_t lines = 0;
	ssize_t len;

	if (!f)
		exit(1);
	for (; (len = getline(&line, &room, f)) > 0; lines++)
		json_decref(json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL));
	free(line);
	fclose(f);
	return lines;
}

int main(int argc, char **argv)
{
	bool other = argc == 3 && !strcmp(argv[1], "--jansson");
	double begin = bench_seconds();
	struct rusage used;
	uint64_t lines;

	if (argc != 2 && !other) {
		fprintf(stderr, "usage: view [--jansson] FILE\n");
		return 2;
	}
	lines = other ? jansson(argv[2]) : gather(argv[1]);
	bench_print("view", other ? "jansson" : "gather", "lines", lines, bench_seconds() - begin);
	getrusage(RUSAGE_SELF, &used);
	fprintf(stderr, "peak %ld KiB\n", used.ru_maxrss);
	return 0;
}
