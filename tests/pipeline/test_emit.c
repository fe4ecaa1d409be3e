/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"
#include "pipeline/emit.h"
#include "sink/file.h"
#include "table/default_key.h"

#define START 1795222800000000000ULL
#define END (START + 60000000000ULL)

static char out[] = "/tmp/ctagg-test-XXXXXX";

static void make_file(void)
{
	int fd = mkstemp(out);

	cr_assert_geq(fd, 0);
	close(fd);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	log_level(LOG_QUIET - 1);
}

static void remove_file(void)
{
	unlink(out);
}

TestSuite(emit, .init = make_file, .fini = remove_file, .timeout = 60);

/* --- helpers --------------------------------------------------------------- */

static void opened(struct emit *e, const char *path)
{
	struct output *output;

	emit_init(e, "gw1");
	cr_assert_eq(file_open(&output, path, OUTPUTS_BUFFER), 0);
	outputs_add(&e->outputs, output);
}

/* A start and an end for each of so many flows. */
static struct memory *table_of(uint32_t max_flows, uint32_t flows)
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

/* How many flows a table has counted: each has a start and an end. */
static size_t flows_of(const struct memory *m)
{
	return memory_total(m)->starts;
}

static void begin_with(struct emit *e, struct memory *m, struct rule_totals *rules)
{
	struct window_record w = {
		.seq = 1, .closed_by = CLOSED_BY_TIMER, .status = WINDOW_OK, .table = "hash",
	};

	emit_begin(e, m, rules, START, END, &w);
	cr_assert(e->busy);
}

static void begin(struct emit *e, struct memory *m)
{
	begin_with(e, m, NULL);
}

static enum emit_state run(struct emit *e)
{
	enum emit_state state;

	do
		state = emit_step(e);
	while (state == EMIT_MORE);
	return state;
}

/* What was written: whole lines, the flows, then `other`, the rules, and the window. */
struct found {
	uint64_t flows, others, rules, rule_drops, windows, starts, ends, orig_bytes, write_errors;
};

static uint64_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void check_window(const json_t *o, struct found *f)
{
	f->windows++;
	cr_assert_eq(number(o, "records"), f->flows + f->others + f->rules);
	cr_assert_eq(number(o, "starts"), f->starts);
	cr_assert_eq(number(o, "ends"), f->ends);
	cr_assert_eq(number(o, "orig_bytes"), f->orig_bytes);
	f->write_errors = number(o, "write_errors");
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
		f->rule_drops += number(o, "drops");
		return;
	}
	cr_assert_eq(f->rules, 0, "rules come last");
	f->starts += number(o, "starts");
	f->ends += number(o, "ends");
	f->orig_bytes += number(o, "orig_bytes");
	if (!strcmp(type, "flow")) {
		cr_assert_eq(f->others, 0);
		f->flows++;
	} else {
		cr_assert_str_eq(type, "other");
		f->others++;
	}
}

static struct found read_one_window(FILE *in)
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

/* The only one. */
static struct found read_window(FILE *in)
{
	struct found f = read_one_window(in);

	cr_assert_eq(fgetc(in), EOF, "the window is the last line");
	return f;
}

static struct found read_file(void)
{
	FILE *in = fopen(out, "r");
	struct found f = read_window(in);

	fclose(in);
	return f;
}

static void limit_size(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* --- cases ----------------------------------------------------------------- */

Test(emit, a_window_is_its_flows_and_what_found_no_room_and_itself)
{
	struct memory *m = table_of(10, 15);
	struct found f;
	struct emit e;

	opened(&e, out);
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_IDLE);
	cr_assert_not(e.busy);
	cr_assert_eq(memory_rows(m), 0, "the table is free for the next window");
	cr_assert_eq(flow_sums_events(memory_total(m)), 0);
	f = read_file();
	cr_assert_eq(f.flows, 10);
	cr_assert_eq(f.others, 1);
	cr_assert_eq(f.starts, 15);
	emit_close(&e);
	memory_close(m);
}

/* Of a window and of a longer one that are closed together, each has its own rules,
 * with a line of what found no room and without. */
Test(emit, each_window_has_its_rules)
{
	struct memory *tables[] = { table_of(10, 15), table_of(20, 15) };
	struct rule_totals *rules[2];
	enum rule_verdict verdict;
	struct labels *labels;
	uint32_t a, b;
	struct found f;
	struct emit e;
	FILE *in;

	cr_assert_eq(labels_open(&labels), 0);
	a = labels_find(labels, 2, 5, "a", 1, &verdict);
	b = labels_find(labels, 2, 5, "b", 1, &verdict);
	for (int i = 0; i < 2; i++)
		cr_assert_eq(rule_totals_open(&rules[i], labels), 0);
	rule_totals_count(rules[0], a, true);
	rule_totals_add_all(rules[1], rules[0]);
	rule_totals_count(rules[1], b, true);
	rule_totals_count(rules[1], b, true);
	opened(&e, out);
	e.record.labels = labels;
	for (int i = 0; i < 2; i++)
		begin_with(&e, tables[i], rules[i]);
	cr_assert_eq(run(&e), EMIT_IDLE);
	in = fopen(out, "r");
	f = read_one_window(in);
	cr_expect_eq(f.others, 1);
	cr_expect_eq(f.rules, 1);
	cr_expect_eq(f.rule_drops, 1);
	f = read_one_window(in);
	cr_expect_eq(f.others, 0);
	cr_expect_eq(f.rules, 2);
	cr_expect_eq(f.rule_drops, 3);
	cr_expect_eq(fgetc(in), EOF);
	fclose(in);
	for (int i = 0; i < 2; i++) {
		cr_expect_eq(rule_totals_n(rules[i]), 0, "free for the next window");
		rule_totals_close(rules[i]);
		memory_close(tables[i]);
	}
	emit_close(&e);
	labels_close(labels);
}

Test(emit, an_empty_window_is_one_line)
{
	struct memory *m = table_of(10, 0);
	struct found f;
	struct emit e;

	opened(&e, out);
	cr_assert_eq(emit_step(&e), EMIT_IDLE, "nothing yet");
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_IDLE);
	f = read_file();
	cr_assert_eq(f.flows + f.others, 0);
	emit_close(&e);
	memory_close(m);
}

Test(emit, more_than_the_buffer_takes_goes_in_parts)
{
	struct memory *m = table_of(20000, 20000);
	struct emit e;

	opened(&e, out);
	begin(&e, m);
	cr_assert_eq(emit_step(&e), EMIT_MORE, "other work has its turn");
	cr_assert(e.busy);
	cr_assert_eq(memory_rows(m), 20000, "as it was");
	cr_assert_eq(run(&e), EMIT_IDLE);
	cr_assert_eq(read_file().flows, 20000);
	emit_close(&e);
	memory_close(m);
}

Test(emit, choosing_the_largest_goes_in_parts)
{
	struct memory *m = table_of(100000, 100000);
	size_t turns = 0;
	struct found f;
	struct emit e;

	opened(&e, out);
	e.top = 10;
	e.top_by = TOP_BYTES;
	begin(&e, m);
	while (emit_step(&e) == EMIT_MORE) {
		cr_assert_eq(memory_rows(m), 100000, "as it was");
		turns++;
	}
	cr_expect_geq(turns, 4, "other work has its turn");
	cr_assert_not(e.busy);
	f = read_file();
	cr_expect_eq(f.flows, 10);
	cr_expect_eq(f.others, 1);
	cr_expect_eq(f.starts, 100000);
	emit_close(&e);
	memory_close(m);
}

/* Longer windows take in a closed one before its lines are made. */
Test(emit, adding_to_longer_windows_goes_in_parts)
{
	struct memory *m = table_of(100000, 100000), *longer[2];
	size_t before = 0, turns = 0;
	struct emit e;
	FILE *lines;

	opened(&e, out);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(memory_open(&longer[i], 50000), 0);
		memory_evict(longer[i], TOP_EVENTS);
		emit_add(&e, longer[i], m);
	}
	begin(&e, m);
	while (flows_of(longer[1]) < 100000) {
		cr_assert_eq(emit_step(&e), EMIT_MORE);
		cr_expect_lt(flows_of(longer[0]) + flows_of(longer[1]) - before, 50000);
		before = flows_of(longer[0]) + flows_of(longer[1]);
		cr_assert_eq(memory_rows(m), 100000, "as it was");
		turns++;
	}
	cr_expect_geq(turns, 4, "other work has its turn");
	for (int i = 0; i < 2; i++)
		begin(&e, longer[i]);
	cr_assert_eq(run(&e), EMIT_IDLE);
	lines = fopen(out, "r");
	cr_assert_not_null(lines);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(read_one_window(lines).starts, 100000);
	fclose(lines);
	emit_close(&e);
	memory_close(m);
	memory_close(longer[0]);
	memory_close(longer[1]);
}

/* What can be prepared is, also while the reader of earlier lines is not ready. */
Test(emit, a_slow_reader_holds_up_no_addition)
{
	struct memory *first = table_of(20000, 20000), *second = table_of(50000, 50000), *longer;
	struct emit e;
	int reader;

	unlink(out);
	cr_assert_eq(mkfifo(out, 0600), 0);
	reader = open(out, O_RDONLY | O_NONBLOCK);
	opened(&e, out);
	cr_assert_eq(memory_open(&longer, 50000), 0);
	begin(&e, first);
	emit_add(&e, longer, second);
	cr_assert_eq(run(&e), EMIT_BLOCKED);
	cr_expect_eq(memory_rows(longer), 50000);
	close(reader);
	emit_close(&e);
	memory_close(first);
	memory_close(second);
	memory_close(longer);
}

Test(emit, a_slow_reader_keeps_the_window_waiting)
{
	struct memory *m = table_of(20000, 20000);
	FILE *keep = tmpfile();
	char part[65536];
	struct emit e;
	int reader;
	ssize_t n;

	unlink(out);
	cr_assert_eq(mkfifo(out, 0600), 0);
	reader = open(out, O_RDONLY | O_NONBLOCK);
	opened(&e, out);
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_BLOCKED);
	cr_assert(e.busy);
	cr_assert_eq(memory_rows(m), 20000);
	while (run(&e) == EMIT_BLOCKED) {
		n = read(reader, part, sizeof(part));
		cr_assert_gt(n, 0);
		fwrite(part, 1, n, keep);
	}
	while ((n = read(reader, part, sizeof(part))) > 0)
		fwrite(part, 1, n, keep);
	rewind(keep);
	cr_assert_eq(read_window(keep).flows, 20000);
	cr_assert_eq(e.outputs.write_errors, 0);
	fclose(keep);
	emit_close(&e);
	memory_close(m);
}

Test(emit, a_reader_that_has_gone_is_the_end)
{
	struct memory *m = table_of(10, 1);
	struct emit e;
	int reader;

	unlink(out);
	cr_assert_eq(mkfifo(out, 0600), 0);
	reader = open(out, O_RDONLY | O_NONBLOCK);
	opened(&e, out);
	close(reader);
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_GONE);
	emit_close(&e);
	memory_close(m);
}

/* A disk that is full for a while, as near as a file size limit comes to it. */
Test(emit, a_failed_write_waits_for_the_next_try_and_loses_nothing)
{
	struct memory *m = table_of(20000, 20000);
	struct found f;
	struct emit e;

	opened(&e, out);
	begin(&e, m);
	limit_size(100000);
	cr_assert_eq(run(&e), EMIT_FAILING);
	cr_assert_eq(e.outputs.list[0].err, -EFBIG);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(run(&e), EMIT_FAILING, "not before it is told to");
	cr_assert_eq(e.outputs.write_errors, 1);
	limit_size(100001);
	outputs_retry(&e.outputs);
	cr_assert_eq(run(&e), EMIT_FAILING);
	cr_assert_eq(e.outputs.write_errors, 2);
	cr_assert_eq(memory_rows(m), 20000);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(run(&e), EMIT_FAILING, "one try for each time it is told");
	outputs_retry(&e.outputs);
	cr_assert_eq(run(&e), EMIT_IDLE);
	f = read_file();
	cr_assert_eq(f.flows, 20000);
	cr_assert_eq(f.write_errors, 2, "and the window says so");
	emit_close(&e);
	memory_close(m);
}

Test(emit, reopening_is_a_new_try)
{
	struct memory *m = table_of(10, 3);
	struct found f;
	struct emit e;

	opened(&e, out);
	begin(&e, m);
	limit_size(100);
	cr_assert_eq(run(&e), EMIT_FAILING);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(unlink(out), 0);
	outputs_reopen(&e.outputs);
	cr_assert_eq(run(&e), EMIT_IDLE);
	f = read_file();
	cr_assert_eq(f.flows, 3, "the line of which the old file has a part is whole in the new one");
	emit_close(&e);
	memory_close(m);
}

Test(emit, a_file_that_cannot_be_opened_anew_is_tried_each_second)
{
	char moved[sizeof(out) + 2];
	struct emit e;

	snprintf(moved, sizeof(moved), "%s.1", out);
	opened(&e, out);
	cr_assert_not(outputs_tick(&e.outputs), "nobody has asked");
	cr_assert_eq(rename(out, moved), 0);
	cr_assert_eq(symlink("nowhere", out), 0);
	outputs_reopen(&e.outputs);
	cr_assert_eq(e.outputs.list[0].reopen_err, -ELOOP);
	cr_assert_not(outputs_tick(&e.outputs));
	cr_assert_eq(unlink(out), 0);
	cr_assert(outputs_tick(&e.outputs));
	cr_assert_eq(access(out, W_OK), 0);
	cr_assert_eq(unlink(out), 0);
	cr_assert_not(outputs_tick(&e.outputs), "it is done");
	cr_assert_lt(access(out, W_OK), 0);
	unlink(moved);
	emit_close(&e);
}

Test(emit, windows_follow_each_other_with_increasing_ids)
{
	struct memory *windows[] = { table_of(10, 5), table_of(10, 0), table_of(10, 9) };
	char *line = NULL, last[37] = "";
	size_t size = 0, lines = 0;
	struct emit e;
	FILE *in;

	opened(&e, out);
	for (int i = 0; i < 3; i++) {
		begin(&e, windows[i]);
		cr_assert_eq(run(&e), EMIT_IDLE);
		memory_close(windows[i]);
	}
	in = fopen(out, "r");
	for (; getline(&line, &size, in) > 0; lines++) {
		json_t *o = json_loads(line, 0, NULL);
		const char *id = json_string_value(json_object_get(o, "id"));

		cr_assert_gt(strcmp(id, last), 0);
		strcpy(last, id);
		json_decref(o);
	}
	cr_assert_eq(lines, 6 + 1 + 10);
	free(line);
	fclose(in);
	emit_close(&e);
}

/* --- a snapshot ------------------------------------------------------------- */

static char *three_changes(void *arg, struct record *r, char *p)
{
	struct flow_row *row = arg;

	return row->sum.live++ < 3 ? record_change(r, p, &row->key, NULL, &row->sum) : NULL;
}

/* How many lines of the file have this type; *records is what the window says. */
static size_t lines_of_type(const char *type, uint64_t *records)
{
	char *line = NULL;
	size_t size = 0, n = 0;
	FILE *in = fopen(out, "r");

	while (getline(&line, &size, in) > 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *is = json_string_value(json_object_get(o, "type"));

		n += !strcmp(is, type);
		if (!strcmp(is, "window"))
			*records = number(o, "records");
		json_decref(o);
	}
	free(line);
	fclose(in);
	return n;
}

Test(emit, a_snapshot_has_its_own_window_record_and_the_largest_flows)
{
	const struct record_snapshot snapshot = { .duplicates = 2 };
	struct memory *m = table_of(10, 15);
	uint64_t records = 0;
	struct emit e;

	opened(&e, out);
	e.snapshot = &snapshot;
	e.top = 4;
	e.top_by = TOP_EVENTS;
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_IDLE);
	cr_expect_eq(lines_of_type("flow", &records), 4);
	cr_expect_eq(lines_of_type("other", &records), 2, "those that are not large, and no room");
	cr_expect_eq(lines_of_type("window", &records), 1);
	cr_expect_eq(records, 6);
	emit_close(&e);
	memory_close(m);
}

Test(emit, changes_take_the_place_of_flows)
{
	const struct record_snapshot snapshot = { .compared = true, .appeared = 3, .sha256 = "" };
	struct memory *m = table_of(10, 10);
	struct flow_row row = *memory_row(m, 0);
	uint64_t records = 0;
	struct emit e;

	row.sum.live = 0;
	opened(&e, out);
	e.snapshot = &snapshot;
	e.changes = three_changes;
	e.arg = &row;
	begin(&e, m);
	cr_assert_eq(run(&e), EMIT_IDLE);
	cr_expect_eq(lines_of_type("change", &records), 3);
	cr_expect_eq(lines_of_type("flow", &records), 0);
	cr_expect_eq(lines_of_type("window", &records), 1);
	cr_expect_eq(records, 3);
	emit_close(&e);
	memory_close(m);
}
