/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/windows.h"

static char *text;

static void print(struct metrics_windows *m)
{
	size_t len;
	struct exposition x = { open_memstream(&text, &len), NULL };

	free(text);
	text = NULL;
	cr_assert_not_null(x.out);
	metrics_windows_print(m, &x);
	cr_assert_eq(fclose(x.out), 0);
}

/* Whether the text has this line. */
static bool has(const char *line)
{
	size_t n = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

static bool has_family(const char *name)
{
	char type[128];

	snprintf(type, sizeof(type), "# TYPE %s ", name);
	return strstr(text, type);
}

static void add(struct metrics_windows *m, const struct flow_sums *sum)
{
	struct window_record w = { .total = sum, .lost_drops.known = true };

	metrics_windows_add(m, &w, 0, 0);
}

/* Each counter gets another value, and says it under its own name. */
Test(metrics_windows, every_counter_adds_up_under_its_name)
{
#define SUM_total(name) sum.name
#define SUM_record(name) w.name
#define SUM_loss(name) w.name.n
#define FILL(from, name, help) SUM_##from(name) = ++n * 1000;
	struct flow_sums sum = { 0 };
	struct window_record w = { .total = &sum };
	struct metrics_windows m = { 0 };
	char line[128];
	uint64_t n = 0;

	METRICS_COUNTERS(FILL)
	metrics_windows_add(&m, &w, 0, 0);
	metrics_windows_add(&m, &w, 0, 0);
	print(&m);
	n = 0;
#define CHECK(from, name, help)                                                                \
	snprintf(line, sizeof(line), "ctagg_" #name "_total %u", (unsigned int)++n * 2000);    \
	cr_expect(has(line), "%s", line);
	METRICS_COUNTERS(CHECK)
	cr_expect(n > 8);
}

Test(metrics_windows, the_rest_of_the_record_is_there_too)
{
	struct flow_sums sum = {
		.ends = 3, .uncounted = 1, .orig_packets = 10, .orig_bytes = 1000,
		.reply_packets = 20, .reply_bytes = 2000, .drop_bytes = 77, .unsized_drops = 2,
	};
	struct window_record w = {
		.total = &sum, .status = WINDOW_PARTIAL, .lost_drops = { .n = 4, .known = true },
		.rotate_us = 500000, .drain_us = 1000001, .write_errors = 9, .table_rows = 6,
		.table_capacity = 65536, .flowtable_uncounted = true,
	};
	struct metrics_windows m = { .rotates = true, .write_ns = 2000003999 };

	metrics_windows_add(&m, &w, 1795222800000001999, 5);
	w.status = WINDOW_OK;
	w.flowtable_uncounted = false;
	w.table_rows = 7;
	cr_expect(m.fresh);
	metrics_windows_add(&m, &w, 1795222860000001999, 0);
	print(&m);
	cr_expect_not(m.fresh);
	cr_expect(has("ctagg_packets_total{direction=\"orig\"} 20"));
	cr_expect(has("ctagg_packets_total{direction=\"reply\"} 40"));
	cr_expect(has("ctagg_bytes_total{direction=\"orig\"} 2000"));
	cr_expect(has("ctagg_bytes_total{direction=\"reply\"} 4000"));
	cr_expect(has("ctagg_uncounted_ends_total 2"));
	cr_expect(has("ctagg_drop_bytes_total 154"));
	cr_expect(has("ctagg_unsized_drops_total 4"));
	cr_expect(has("ctagg_lost_drops_total 8"));
	cr_expect(has("ctagg_unknown_losses_total 0"));
	cr_expect(has("ctagg_windows_total 2"));
	cr_expect(has("ctagg_partial_windows_total 1"));
	cr_expect(has("ctagg_flowtable_uncounted_windows_total 1"));
	cr_expect(has("ctagg_folded_flows_total 5"));
	cr_expect(has("ctagg_write_errors_total 9"), "as the last record has it");
	cr_expect(has("ctagg_table_rows 7"), "of the last window");
	cr_expect(has("ctagg_table_capacity 65536"));
	cr_expect(has("ctagg_last_window_timestamp_seconds 1795222860.000001"));
	cr_expect(has("ctagg_rotate_seconds_total 1.000000"));
	cr_expect(has("ctagg_drain_seconds_total 2.000002"));
	cr_expect(has("ctagg_write_seconds_total 2.000003"));
}

Test(metrics_windows, before_the_first_window_counters_are_0_and_gauges_absent)
{
	struct metrics_windows m = { 0 };

	print(&m);
	cr_expect(has("ctagg_starts_total 0"));
	cr_expect(has("ctagg_windows_total 0"));
	cr_expect(has("ctagg_packets_total{direction=\"orig\"} 0"));
	cr_expect_not(has_family("ctagg_table_rows"));
	cr_expect_not(has_family("ctagg_last_window_timestamp_seconds"));
	cr_expect_not(has_family("ctagg_rotate_seconds_total"), "there is no kernel table");
	cr_expect(has_family("ctagg_write_seconds_total"));
}

/* A loss that a window does not know is in no window twice, and is not hidden. */
Test(metrics_windows, a_window_with_an_unknown_loss_is_counted)
{
	struct flow_sums sum = { 0 };
	struct window_record w = { .total = &sum, .lost_drops = { .n = 3, .known = false } };
	struct metrics_windows m = { 0 };

	metrics_windows_add(&m, &w, 0, 0);
	w.lost_drops = (struct window_loss){ .n = 5, .known = true };
	metrics_windows_add(&m, &w, 0, 0);
	print(&m);
	cr_expect(has("ctagg_lost_drops_total 8"));
	cr_expect(has("ctagg_unknown_losses_total 1"));
}

Test(metrics_windows, traffic_that_no_end_tells_is_unknown_and_not_0)
{
	struct flow_sums untold = { .ends = 2, .uncounted = 2 };
	struct flow_sums told = { .ends = 1 };
	struct metrics_windows m = { 0 };

	add(&m, &untold);
	print(&m);
	cr_expect_not(has_family("ctagg_packets_total"));
	cr_expect_not(has_family("ctagg_bytes_total"));
	cr_expect(has("ctagg_uncounted_ends_total 2"));
	add(&m, &told);
	print(&m);
	cr_expect(has("ctagg_bytes_total{direction=\"orig\"} 0"));
}

Test(metrics_windows, states_of_tcp_that_no_end_tells_are_unknown_and_not_0)
{
	struct flow_sums untold = { .ends = 2 };
	struct flow_sums told = { .ends = 10, .tcp_unanswered = 1, .tcp_closed = 2, .tcp_reset = 3,
				  .tcp_expired = 4 };
	struct metrics_windows m = { 0 };

	print(&m);
	cr_expect(has("ctagg_tcp_closed_total 0"), "nothing has ended");
	add(&m, &untold);
	print(&m);
	cr_expect_not(has_family("ctagg_tcp_closed_total"));
	add(&m, &told);
	add(&m, &told);
	print(&m);
	cr_expect(has("ctagg_tcp_unanswered_total 2"));
	cr_expect(has("ctagg_tcp_closed_total 4"));
	cr_expect(has("ctagg_tcp_reset_total 6"));
	cr_expect(has("ctagg_tcp_expired_total 8"));
}

Test(metrics_windows, lengths_that_no_packet_has_are_unknown_and_not_0)
{
	struct flow_sums sum = { .drops = 2, .unsized_drops = 2 };
	struct metrics_windows m = { 0 };

	add(&m, &sum);
	print(&m);
	cr_expect_not(has_family("ctagg_drop_bytes_total"));
}

Test(metrics_windows, sums_stop_at_the_largest_number)
{
	struct flow_sums sum = { .starts = UINT64_MAX - 1 };
	struct metrics_windows m = { 0 };

	add(&m, &sum);
	add(&m, &sum);
	print(&m);
	cr_expect(has("ctagg_starts_total 18446744073709551615"));
}

/* A window whose reading failed leaves what it missed to the next one. */
Test(metrics_windows, what_the_kernel_counts_and_its_last_values)
{
	struct flow_sums sum = { 0 };
	struct window_record w = { .total = &sum, .kernel = { .asked = true } };
	struct metrics_windows m = { 0 };

	metrics_windows_add(&m, &w, 0, 0);
	print(&m);
	cr_expect_not(has_family("ctagg_kernel_drop_total"), "not known");
	cr_expect_not(has_family("ctagg_kernel_entries"));
	w.kernel.drop = (struct window_loss){ .n = 3, .known = true };
	w.kernel.entries = (struct window_gauge){ 9, true };
	metrics_windows_add(&m, &w, 0, 0);
	w.kernel.drop = (struct window_loss){ .n = 4, .known = true };
	w.kernel.entries.n = 8;
	metrics_windows_add(&m, &w, 0, 0);
	print(&m);
	cr_expect(has("ctagg_kernel_drop_total 7"));
	cr_expect(has("ctagg_kernel_entries 8"));
	cr_expect_not(has_family("ctagg_kernel_invalid_total"));
}
