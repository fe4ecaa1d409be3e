/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of records, and what gathers them into windows: what a line says does not depend on the lines
 * before it, windows have only values that can be, and a second reading of the same lines brings no window
 * that is complete. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/targets.h"
#include "lines/record_read.h"
#include "view/gather.h"

#define SMALL 20000	/* bytes for windows that are open, in every second input */

struct shown {
	struct view_texts *texts;
	uint64_t complete, unfinished;
};

/* Show all lines to fn, in memory that ends where the line ends. */
static void each_line(const uint8_t *data, size_t size, void (*fn)(const char *line, size_t len, void *arg), void *arg)
{
	const uint8_t *end = data + size, *newline;

	for (; data < end; data = newline + 1) {
		char *line;

		newline = memchr(data, '\n', end - data);
		newline = newline ? newline : end;
		line = malloc(newline - data + 1);
		must(line);
		memcpy(line, data, newline - data);
		fn(line, newline - data, arg);
		free(line);
	}
}

static void read_twice(const char *line, size_t len, void *arg)
{
	static struct record_line alone;
	struct record_line *after_others = arg;
	const char *why = NULL, *why_too = NULL;
	int err;

	record_line_init(&alone);
	err = record_read(&alone, line, len, &why);
	must(record_read(after_others, line, len, &why_too) == err && why == why_too);
	if (err) {
		must(why);
		return;
	}
	must(alone.type == after_others->type && !memcmp(alone.seen, after_others->seen, sizeof(alone.seen)) &&
	     !memcmp(alone.null, after_others->null, sizeof(alone.null)));
	for (unsigned int i = 0; i < RECORD_N_FIELDS; i++)
		must(!record_has(&alone, i) || alone.of[i].type == after_others->of[i].type);
}

static void check_text(struct view_texts *texts, uint32_t number)
{
	size_t len;
	const char *text = view_texts_get(texts, number, &len);

	must(strlen(text) == len && (len > 0) == (number > 0));
}

static void check_sums(const struct view_sums *sums)
{
	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++)
		must(sums->of[i] <= INT64_MAX && (sums->known >> i & 1 || !sums->of[i]));
	must(!(sums->known & sums->unknown & ~VIEW_TRAFFIC));	/* of traffic, a part can be known */
}

static void check_key(struct view_texts *texts, const struct view_key *key)
{
	const uint32_t numbers[] = {
		key->iif, key->oif, key->src_label, key->dst_label, key->mark_label, key->prefix, key->rule, key->comment,
	};

	must(key->src_bits <= 128 && key->dst_bits <= 128 && key->nat_src_bits <= 128 && key->nat_dst_bits <= 128);
	must(!key->pad[0] && !key->pad[1]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		check_text(texts, numbers[i]);
}

static int check_window(struct view_window *w, void *arg)
{
	struct shown *shown = arg;

	must(w->start_ns <= w->end_ns && w->window_ms <= INT64_MAX);
	check_text(shown->texts, w->host);
	check_text(shown->texts, w->run);
	check_text(shown->texts, w->netns);
	check_sums(&w->total);
	for (size_t i = 0; i < w->n_flows; i++) {
		check_key(shown->texts, &w->flows[i].key);
		check_sums(&w->flows[i].sums);
		must(!w->flows[i].other || !w->flows[i].key.has);
	}
	for (size_t i = 0; i < w->n_rules; i++)
		check_text(shown->texts, w->rules[i].prefix);
	shown->complete += w->complete;
	shown->unfinished += !w->complete;
	view_window_free(w);
	return 0;
}

static void gather_line(const char *line, size_t len, void *g)
{
	must(!view_gather_line(g, line, len));
}

int fuzz_records(const uint8_t *data, size_t size)
{
	static struct record_line line;
	struct shown shown = { .complete = 0 };
	struct view_gather *g = NULL;
	uint64_t complete;

	record_line_init(&line);
	each_line(data, size, read_twice, &line);
	must(!view_texts_open(&shown.texts));
	must(!view_gather_open(&g, shown.texts, check_window, &shown));
	if (size % 2)
		view_gather_bound(g, SMALL);
	each_line(data, size, gather_line, g);
	must(!view_gather_end(g));
	complete = shown.complete;
	each_line(data, size, gather_line, g);
	must(!view_gather_end(g));
	must(shown.complete == complete && view_gather_counts(g)->unfinished == shown.unfinished);
	view_gather_close(g);
	view_texts_close(shown.texts);
	return 0;
}
