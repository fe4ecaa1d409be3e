/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"
#include "view/input.h"

/* What it costs to read a file of records and put them together to windows, as ctagg-view does; and what it
 * costs jansson to read the first lines of the same file. view FILE; bench/day makes one.
 * On standard error: what the lines say, for a look whether all of them were read. */

#define JANSSON_LINES 100000

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

/* Returns how many lines there are. */
static uint64_t gather(char *file)
{
	struct view_texts *texts;
	struct view_gather *g;
	struct totals t = { 0 };
	uint64_t lines;

	if (view_texts_open(&texts) || view_gather_open(&g, texts, add, &t) || view_input_read(g, &file, 1))
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
	for (; lines < JANSSON_LINES && (len = getline(&line, &room, f)) > 0; lines++)
		json_decref(json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL));
	free(line);
	fclose(f);
	return lines;
}

static double ns_a_line(const char *name, uint64_t lines, double begin)
{
	double seconds = bench_seconds() - begin;

	bench_print("view", name, "lines", lines, seconds);
	return seconds * 1e9 / lines;
}

int main(int argc, char **argv)
{
	double begin = bench_seconds(), ours, theirs;
	struct rusage used;

	if (argc != 2) {
		fprintf(stderr, "usage: view FILE\n");
		return 2;
	}
	ours = ns_a_line("windows", gather(argv[1]), begin);
	getrusage(RUSAGE_SELF, &used);
	begin = bench_seconds();
	theirs = ns_a_line("jansson", jansson(argv[1]), begin);
	printf("{\"bench\":\"view\",\"jansson_times\":%.1f,\"peak_kib\":%ld}\n", theirs / ours, used.ru_maxrss);
	return 0;
}
