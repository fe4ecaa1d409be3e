/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_RECORD_H
#define CTAGG_SINK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/key.h"
#include "flow/label.h"
#include "flow/sums.h"
#include "flow/window_record.h"
#include "sink/id.h"

/* No line is longer, newline included: a pipe takes so much as a whole or not at all
 * (PIPE_BUF), so that nobody ever reads half a record from one. */
#define RECORD_MAX 4096

/* A writer of records, one JSON object a line (schema 1, ctagg(1)). */
struct record {
	struct id id;
	struct flow_spec spec;	/* which fields the keys have */
	bool interim;		/* live connections are counted */
	const struct labels *labels;	/* lent; NULL while there are no drops */
	label_of_fn *label_of;		/* looks up a label there */
	char host[384];
	size_t host_len;
	char head[600];		/* what all records of a window share */
	size_t head_len;
};

/* Every line will name this host (at most 64 bytes of it). */
void record_init(struct record *r, const char *host);

/* The lines that follow are of the window from start_ns to end_ns, one of several
 * levels where level_ns is its length, else 0. */
void record_begin(struct record *r, uint64_t start_ns, uint64_t end_ns, uint64_t level_ns);

/* Each writes one line at p, which has RECORD_MAX bytes of room, and returns where it
 * ends. reason is static; folded is how many flows `other` stands for. */
char *record_flow(struct record *r, char *p, const struct flow_row *row);
char *record_other(struct record *r, char *p, const struct flow_sums *sum, const char *reason,
		   uint64_t folded);
char *record_rule(struct record *r, char *p, const struct rule_total *total);
char *record_window(struct record *r, char *p, const struct window_record *w);

#endif
