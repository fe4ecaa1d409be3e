/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/emit_case.h"

TestSuite(emit, .init = make_lines_file, .fini = remove_lines_file, .timeout = 60);

/* How many flows were counted in a table that table_of() has made, or in a sum of them. */
static size_t flows_of(const struct memory *m)
{
	return memory_total(m)->starts;
}

Test(emit, a_window_is_its_flows_and_what_found_no_room_and_itself)
{
	struct memory *m = table_of(10, 15);
	struct found f;
	struct emit e;

	emit_to(&e, lines_path);
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	cr_assert_not(e.busy);
	cr_assert_eq(memory_rows(m), 0, "the table is free for the next window");
	cr_assert_eq(flow_sums_events(memory_total(m)), 0);
	f = read_lines_file();
	cr_assert_eq(f.flows, 10);
	cr_assert_eq(f.others, 1);
	cr_assert_eq(f.starts, 15);
	emit_close(&e);
	memory_close(m);
}

/* A window and a longer one are closed together: each has its own `rule` records. One of them
 * has flows that found no room, so its rules follow an `other` record. */
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
	rule_totals_count(rules[0], &(struct flow_event){ .kind = FLOW_DROP, .rule = a });
	rule_totals_add_all(rules[1], rules[0]);
	rule_totals_count(rules[1], &(struct flow_event){ .kind = FLOW_DROP, .rule = b });
	rule_totals_count(rules[1], &(struct flow_event){ .kind = FLOW_DROP, .rule = b });
	emit_to(&e, lines_path);
	e.record.labels = labels;
	for (int i = 0; i < 2; i++)
		begin_job_with(&e, tables[i], rules[i]);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	in = fopen(lines_path, "r");
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

	emit_to(&e, lines_path);
	cr_assert_eq(emit_step(&e), EMIT_IDLE, "nothing yet");
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	f = read_lines_file();
	cr_assert_eq(f.flows + f.others, 0);
	emit_close(&e);
	memory_close(m);
}

Test(emit, more_than_the_buffer_takes_goes_in_parts)
{
	struct memory *m = table_of(20000, 20000);
	struct emit e;

	emit_to(&e, lines_path);
	begin_job(&e, m);
	cr_assert_eq(emit_step(&e), EMIT_MORE, "other work has its turn");
	cr_assert(e.busy);
	cr_assert_eq(memory_rows(m), 20000, "as it was");
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	cr_assert_eq(read_lines_file().flows, 20000);
	emit_close(&e);
	memory_close(m);
}

Test(emit, choosing_the_largest_goes_in_parts)
{
	struct memory *m = table_of(100000, 100000);
	size_t turns = 0;
	struct found f;
	struct emit e;

	emit_to(&e, lines_path);
	e.top = 10;
	e.top_by = TOP_BYTES;
	begin_job(&e, m);
	while (emit_step(&e) == EMIT_MORE) {
		cr_assert_eq(memory_rows(m), 100000, "as it was");
		turns++;
	}
	cr_expect_geq(turns, 4, "other work has its turn");
	cr_assert_not(e.busy);
	f = read_lines_file();
	cr_expect_eq(f.flows, 10);
	cr_expect_eq(f.others, 1);
	cr_expect_eq(f.starts, 100000);
	emit_close(&e);
	memory_close(m);
}

/* A closed window is added to the longer ones before its own lines are made. */
Test(emit, adding_to_longer_windows_goes_in_parts)
{
	struct memory *m = table_of(100000, 100000), *longer[2];
	size_t before = 0, turns = 0;
	struct emit e;
	FILE *lines;

	emit_to(&e, lines_path);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(memory_open(&longer[i], 50000), 0);
		memory_evict(longer[i], TOP_EVENTS);
		emit_add(&e, longer[i], m);
	}
	begin_job(&e, m);
	while (flows_of(longer[1]) < 100000) {
		cr_assert_eq(emit_step(&e), EMIT_MORE);
		cr_expect_lt(flows_of(longer[0]) + flows_of(longer[1]) - before, 50000);
		before = flows_of(longer[0]) + flows_of(longer[1]);
		cr_assert_eq(memory_rows(m), 100000, "as it was");
		turns++;
	}
	cr_expect_geq(turns, 4, "other work has its turn");
	for (int i = 0; i < 2; i++)
		begin_job(&e, longer[i]);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	lines = fopen(lines_path, "r");
	cr_assert_not_null(lines);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(read_one_window(lines).starts, 100000);
	fclose(lines);
	emit_close(&e);
	memory_close(m);
	memory_close(longer[0]);
	memory_close(longer[1]);
}

/* Additions go on while the reader of earlier lines is not ready. */
Test(emit, a_slow_reader_holds_up_no_addition)
{
	struct memory *first = table_of(20000, 20000), *second = table_of(50000, 50000), *longer;
	struct emit e;
	int reader;

	unlink(lines_path);
	cr_assert_eq(mkfifo(lines_path, 0600), 0);
	reader = open(lines_path, O_RDONLY | O_NONBLOCK);
	emit_to(&e, lines_path);
	cr_assert_eq(memory_open(&longer, 50000), 0);
	begin_job(&e, first);
	emit_add(&e, longer, second);
	cr_assert_eq(run_emit(&e), EMIT_BLOCKED);
	cr_expect_eq(memory_rows(longer), 50000);
	close(reader);
	emit_close(&e);
	memory_close(first);
	memory_close(second);
	memory_close(longer);
}

Test(emit, windows_follow_each_other_with_increasing_ids)
{
	struct memory *windows[] = { table_of(10, 5), table_of(10, 0), table_of(10, 9) };
	char *line = NULL, last[37] = "";
	size_t size = 0, lines = 0;
	struct emit e;
	FILE *in;

	emit_to(&e, lines_path);
	for (int i = 0; i < 3; i++) {
		begin_job(&e, windows[i]);
		cr_assert_eq(run_emit(&e), EMIT_IDLE);
		memory_close(windows[i]);
	}
	in = fopen(lines_path, "r");
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

/* How many lines of the file have this type. *records becomes what the `window` record says. */
static size_t lines_of_type(const char *type, uint64_t *records)
{
	char *line = NULL;
	size_t size = 0, n = 0;
	FILE *in = fopen(lines_path, "r");

	while (getline(&line, &size, in) > 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *is = json_string_value(json_object_get(o, "type"));

		n += !strcmp(is, type);
		if (!strcmp(is, "window"))
			*records = member(o, "records");
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

	emit_to(&e, lines_path);
	e.snapshot = &snapshot;
	e.top = 4;
	e.top_by = TOP_EVENTS;
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	cr_expect_eq(lines_of_type("flow", &records), 4);
	cr_expect_eq(lines_of_type("other", &records), 2, "those that are not large, and no room");
	cr_expect_eq(lines_of_type("window", &records), 1);
	cr_expect_eq(records, 6);
	emit_close(&e);
	memory_close(m);
}

Test(emit, changes_take_the_place_of_flows)
{
	const struct record_snapshot snapshot = { .compared = true, .appeared = 3, .sha256 = "",
						  .sha256_keys = "" };
	struct memory *m = table_of(10, 10);
	struct flow_row row = *memory_row(m, 0);
	uint64_t records = 0;
	struct emit e;

	row.sum.live = 0;
	emit_to(&e, lines_path);
	e.snapshot = &snapshot;
	e.changes = three_changes;
	e.arg = &row;
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	cr_expect_eq(lines_of_type("change", &records), 3);
	cr_expect_eq(lines_of_type("flow", &records), 0);
	cr_expect_eq(lines_of_type("window", &records), 1);
	cr_expect_eq(records, 3);
	emit_close(&e);
	memory_close(m);
}
