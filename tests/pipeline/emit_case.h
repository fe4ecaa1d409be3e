/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_PIPELINE_EMIT_CASE_H
#define CTAGG_TESTS_PIPELINE_EMIT_CASE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/emit.h"

/* What the tests of the emitter share. A function that fails ends the test. */

#define START 1795222800000000000ULL
#define END (START + 60000000000ULL)

/* The path of a file of its own that each case writes to, and removes. */
extern char lines_path[];
void make_lines_file(void);
void remove_lines_file(void);

/* Begin an emitter whose only output is this path. */
void emit_to(struct emit *e, const char *path);

/* A table that has counted a start and an end for each of so many flows. */
struct memory *table_of(uint32_t max_flows, uint32_t flows);

/* Give the emitter a window, from START to END. */
void begin_job_with(struct emit *e, struct memory *m, struct rule_totals *rules);
void begin_job(struct emit *e, struct memory *m);

/* Take steps until there is nothing to do at once; returns why not. */
enum emit_state run_emit(struct emit *e);

/* What the lines of one window add up to. Every line must be whole, the lines in the order of
 * emit.h, and the `window` record must say the same sums. */
struct found {
	uint64_t flows, others, rules, rule_drops, windows, starts, ends, orig_bytes, write_errors;
};

/* Read the next window; or a window that is the only one; or the only window of lines_path. */
struct found read_one_window(FILE *in);
struct found read_window(FILE *in);
struct found read_lines_file(void);

uint64_t member(const json_t *o, const char *key);

#endif
