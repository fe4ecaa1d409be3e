/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "pipeline/emit_case.h"
#include "sink/file.h"
#include "table/default_key.h"

char lines_path[] = "/tmp/ctagg-test-XXXXXX";

void make_lines_file(void)
{
	int fd = mkstemp(lines_path);

	cr_assert_geq(fd, 0);
	close(fd);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	log_level(LOG_QUIET - 1);
}

void remove_lines_file(void)
{
	unlink(lines_path);
}

void emit_to(struct emit *e, const char *path)
{
	struct output *output;

	emit_init(e);
	cr_assert_eq(origin_init(&e->origin, "gw1", NULL), 0);
	cr_assert_eq(file_open(&output, path, OUTPUTS_BUFFER), 0);
	outputs_add(&e->outputs, output);
}

struct memory *table_of(uint32_t max_flows, uint32_t flows)
{
	struct memory *m = NULL;

	cr_assert_eq(memory_open(&m, max_flows), 0);
	for (uint32_t i = 0; i < flows; i++) {
		struct flow_event ev = { .time_ns = START + i };
		__be32 ip4 = htonl(0x0a000000 | i);

		ev.family = AF_INET;
		ev.l4 = IPPROTO_GRE;
		flow_addr_v4(ev.orig.saddr, &ip4);
		flow_addr_v4(ev.orig.daddr, &ip4);
		add_events(m, &ev, 1);
		ev.kind = FLOW_END;
		ev.has_counters = true;
		ev.orig_bytes = i;
		add_events(m, &ev, 1);
	}
	return m;
}

void begin_job_with(struct emit *e, struct memory *m, struct rule_totals *rules)
{
	struct window_record w = {
		.seq = 1, .closed_by = CLOSED_BY_TIMER, .status = WINDOW_OK, .engine = "hash",
	};

	emit_begin(e, m, &(struct emit_beside){ .rules = rules }, START, END, &w);
	cr_assert(e->busy);
}

void begin_job(struct emit *e, struct memory *m)
{
	begin_job_with(e, m, NULL);
}

enum emit_state run_emit(struct emit *e)
{
	enum emit_state state;

	do
		state = emit_step(e);
	while (state == EMIT_MORE);
	return state;
}

uint64_t member(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void check_window(const json_t *o, struct found *f)
{
	f->windows++;
	cr_assert_eq(member(o, "records"), f->flows + f->others + f->rules);
	cr_assert_eq(member(o, "starts"), f->starts);
	cr_assert_eq(member(o, "ends"), f->ends);
	cr_assert_eq(member(o, "orig_bytes"), f->orig_bytes);
	f->write_errors = member(o, "write_errors");
}

static void check_line(const json_t *o, struct found *f)
{
	const char *type = json_string_value(json_object_get(o, "type"));

	if (!strcmp(type, "window")) {
		check_window(o, f);
		return;
	}
	if (!strcmp(type, "rule")) {
		f->rules++;
		f->rule_drops += member(o, "drops");
		return;
	}
	cr_assert_eq(f->rules, 0, "rules come last");
	f->starts += member(o, "starts");
	f->ends += member(o, "ends");
	f->orig_bytes += member(o, "orig_bytes");
	if (!strcmp(type, "flow")) {
		cr_assert_eq(f->others, 0);
		f->flows++;
	} else {
		cr_assert_str_eq(type, "other");
		f->others++;
	}
}

struct found read_one_window(FILE *in)
{
	struct found f = { 0 };
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (!f.windows && (n = getline(&line, &size, in)) > 0) {
		json_t *o = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);

		cr_assert_eq(line[n - 1], '\n');
		cr_assert_not_null(o, "%s", line);
		check_line(o, &f);
		json_decref(o);
	}
	free(line);
	cr_assert_eq(f.windows, 1);
	return f;
}

struct found read_window(FILE *in)
{
	struct found f = read_one_window(in);

	cr_assert_eq(fgetc(in), EOF, "the window is the last line");
	return f;
}

struct found read_lines_file(void)
{
	FILE *in = fopen(lines_path, "r");
	struct found f = read_window(in);

	fclose(in);
	return f;
}
