/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What windows say of themselves. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "report/incident.h"
#include "report/report_case.h"

static struct report_incident incident;

static uint32_t kinds_of(struct view_window *w)
{
	report_incident_of(&incident, w);
	view_window_free(w);
	return incident.kinds;
}

static struct view_window *window(void)
{
	return case_window(1, 1, 10000, 1, 0, 10);
}

Test(report_incident, a_window_of_status_ok_is_none)
{
	struct view_window *w = window();

	w->lost_events = w->lost_drops = (struct view_number){ 0, VIEW_KNOWN };
	cr_expect_eq(kinds_of(w), 0);
}

/* Each number alone makes an incident of its kind. */
#define EXPECT_KIND(member, kind)                                          \
	do {                                                               \
		struct view_window *w = window();                          \
		w->status = WINDOW_PARTIAL;                                \
		w->member = (struct view_number){ 7, VIEW_KNOWN };         \
		cr_expect_eq(kinds_of(w), 1u << REPORT_##kind);            \
		cr_expect_eq(incident.n[REPORT_##kind], 7);                \
	} while (0)

Test(report_incident, each_loss_has_its_kind)
{
	EXPECT_KIND(lost_events, lost_events);
	EXPECT_KIND(lost_drops, lost_drops);
	EXPECT_KIND(dropped_windows, dropped_windows);
	EXPECT_KIND(vanished, vanished);
	EXPECT_KIND(unread_rules, unread_rules);
	EXPECT_KIND(unread_sockets, unread_sockets);
}

Test(report_incident, a_number_that_is_null_is_unknown_and_not_zero)
{
	struct view_window *w = window();

	w->status = WINDOW_PARTIAL;
	w->lost_drops.state = VIEW_NULL;
	cr_expect_eq(kinds_of(w), 1u << REPORT_lost_drops);
	cr_expect_eq(incident.unknown, 1u << REPORT_lost_drops);
	cr_expect_eq(incident.n[REPORT_lost_drops], 0);
}

Test(report_incident, flows_are_folded_for_want_of_room_but_not_by_top)
{
	struct view_window *w = window();
	struct view_flow *f = case_flow(w);

	f->other = true;
	f->folded_flows = 100;
	cr_expect_eq(kinds_of(w), 0);
	w = window();
	f = case_flow(w);
	f->other = f->table_full = true;
	f->folded_flows = 100;
	w->status = WINDOW_PARTIAL;
	cr_expect_eq(kinds_of(w), 1u << REPORT_folded);
	cr_expect_eq(incident.n[REPORT_folded], 100);
}

Test(report_incident, a_partial_window_without_a_reason_is_partial_all_the_same)
{
	struct view_window *w = window();

	w->status = WINDOW_PARTIAL;
	cr_expect_eq(kinds_of(w), 1u << REPORT_partial);
	w = window();
	w->status = WINDOW_PARTIAL;
	w->missing = 3;
	cr_expect_eq(kinds_of(w), 1u << REPORT_partial | 1u << REPORT_lost_records);
}

Test(report_incident, other_windows_have_their_kinds)
{
	struct view_window *w = case_window(1, 1, 10000, 0, 0, 10);

	cr_expect_eq(kinds_of(w), 1u << REPORT_unfinished);
	w = window();
	w->status = WINDOW_NODATA;
	cr_expect_eq(kinds_of(w), 1u << REPORT_nodata);
	w = window();
	w->clock_step_ms = -5000;
	cr_expect_eq(kinds_of(w), 1u << REPORT_clock);
	w = window();
	w->status = WINDOW_PARTIAL;
	w->flowtable_uncounted = true;
	cr_expect_eq(kinds_of(w), 1u << REPORT_flowtable);
}

/* --- lists ------------------------------------------------------------------------ */

static struct report_incident loss(uint32_t host, uint64_t start, uint64_t n)
{
	struct report_incident in = { .host = host, .kinds = 1u << REPORT_lost_events, .start_ns = start,
				      .end_ns = start + 10, .windows = 1 };

	in.n[REPORT_lost_events] = n;
	return in;
}

Test(report_incident, windows_one_behind_the_other_are_one_row)
{
	struct report_incidents list = { .n = 0 };
	size_t last[2] = { SIZE_MAX, SIZE_MAX };

	for (unsigned int i = 0; i < 5; i++)
		for (uint32_t host = 0; host < 2; host++) {
			struct report_incident in = loss(host, 10 * i, i);

			cr_assert_eq(report_incidents_add(&list, &in, &last[host]), 0);
		}
	cr_assert_eq(list.n, 2);
	cr_expect_eq(list.of[0].windows, 5);
	cr_expect_eq(list.of[0].end_ns, 50);
	cr_expect_eq(list.of[0].n[REPORT_lost_events], 0 + 1 + 2 + 3 + 4);
	cr_expect_eq(list.all.n[REPORT_lost_events], 20);
	cr_expect_eq(list.windows[REPORT_lost_events], 10);
	report_incidents_close(&list);
}

Test(report_incident, a_list_is_bounded_and_its_sums_are_not)
{
	struct report_incidents list = { .n = 0 };
	size_t last = SIZE_MAX;

	for (unsigned int i = 0; i < REPORT_MAX_INCIDENTS + 100; i++) {
		struct report_incident in = loss(0, 20 * i, 3);

		cr_assert_eq(report_incidents_add(&list, &in, &last), 0);
	}
	cr_expect_eq(list.n, REPORT_MAX_INCIDENTS);
	cr_expect_eq(list.more, 100);
	cr_expect_eq(list.all.n[REPORT_lost_events], 3 * (REPORT_MAX_INCIDENTS + 100));
	report_incidents_close(&list);
}
