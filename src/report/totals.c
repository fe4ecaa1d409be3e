/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "report/flows.h"
#include "report/totals.h"
#include "view/filter.h"

#define MAX_POINTS ((size_t)1 << 18)

int report_totals_open(struct report_totals *t, const struct flow_select *select, uint64_t level_ms)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->select = select && flow_select_any(select) ? select : NULL;
	t->width_ns = REPORT_NARROWEST_NS;
	t->max_points = MAX_POINTS;
	err = report_runs_open(&t->runs, level_ms);
	if (!err)
		err = report_keys_open(&t->hosts, sizeof(struct report_host));
	if (!err)
		err = report_flows_open(t);
	if (err)
		report_totals_close(t);
	return err;
}

void report_totals_close(struct report_totals *t)
{
	for (unsigned int i = 0; i < REPORT_N_GROUPS; i++)
		report_group_close(&t->groups[i]);
	for (size_t i = 0; i < t->hosts.n; i++) {
		report_series_close(&report_totals_host(t, i)->series);
		free(report_totals_host(t, i)->spans.of);
	}
	report_keys_close(&t->hosts);
	report_runs_close(&t->runs);
	report_incidents_close(&t->incidents);
	memset(t, 0, sizeof(*t));
}

static int host_of(struct report_totals *t, const struct view_window *w, uint32_t *number)
{
	struct report_key key = { { 0 } };
	struct report_host *host;
	int new;

	memcpy(key.bytes, &w->host, sizeof(w->host));
	memcpy(key.bytes + sizeof(w->host), &w->netns, sizeof(w->netns));
	new = report_keys_number(&t->hosts, &key, number);
	if (new <= 0)
		return new;
	host = report_totals_host(t, *number);
	host->host = w->host;
	host->netns = w->netns;
	host->last_incident = SIZE_MAX;
	return 0;
}

/* --- what a window has ------------------------------------------------------------------------ */

/* Whether the window record says the sums of the window. Where a part of the flows was shown before, these
 * have been counted. */
static bool is_total(const struct view_window *w)
{
	return w->complete && !w->before;
}

/* What all records say, and whether this one is selected. *all: the sums of all flows of a window
 * whose window record does not say them. */
static bool take_flow(struct report_totals *t, const struct view_flow *f, struct report_counts *counts,
		      struct report_counts *all)
{
	t->has |= f->key.has;
	t->others += f->other;
	t->folded_flows = report_plus(t->folded_flows, f->folded_flows);
	report_counts_of(counts, &f->sums);
	if (f->key.has & VIEW_PROTO && f->key.proto != IPPROTO_TCP)
		report_counts_without_tcp(counts);
	if (all)
		report_counts_add(all, counts);
	if (!t->select || view_filter_holds(t->select, f))
		return true;
	t->unselected++;
	return false;
}

/* Add the flows that are selected to the groups, AT_A_TIME of them. *selected: their sums. */
#define AT_A_TIME 16

static int take_flows(struct report_totals *t, const struct view_window *w, struct report_counts *selected,
		      struct report_counts *all)
{
	struct report_flow flows[AT_A_TIME];
	size_t n = 0;
	int err = 0;

	for (size_t i = 0; i < w->n_flows && !err; i++) {
		if (take_flow(t, &w->flows[i], &flows[n].counts, is_total(w) ? NULL : all)) {
			report_counts_add(selected, &flows[n].counts);
			report_flows_expect(t, &w->flows[i], &flows[n++]);
		}
		if (n < AT_A_TIME && i + 1 < w->n_flows)
			continue;
		err = report_flows_add(t, flows, n);
		n = 0;
	}
	report_counts_add(&t->selected, selected);
	return err;
}

static int take_rules(struct report_totals *t, uint32_t host, const struct view_window *w)
{
	int err = 0;

	for (size_t i = 0; i < w->n_rules && !err; i++)
		err = report_rules_add(t, host, &w->rules[i]);
	return err;
}

static void add_loss(uint64_t *lost, bool *unknown, struct view_number number)
{
	if (number.state == VIEW_KNOWN)
		*lost = report_plus(*lost, number.n);
	*unknown = *unknown || number.state == VIEW_NULL;
}

static void take_totals(struct report_totals *t, struct report_host *host, const struct view_window *w,
			const struct report_counts *total, bool whole)
{
	if (!host->windows || w->start_ns < host->start_ns)
		host->start_ns = w->start_ns;
	if (w->end_ns > host->end_ns)
		host->end_ns = w->end_ns;
	t->windows++;
	host->windows++;
	host->whole += whole;
	report_counts_add(&host->total, total);
	report_counts_add(&t->total, total);
	if (w->complete) {
		t->interim = t->interim || (w->total.known >> VIEW_live & 1);
		add_loss(&host->lost_events, &host->lost_events_unknown, w->lost_events);
		add_loss(&host->lost_drops, &host->lost_drops_unknown, w->lost_drops);
	}
}

/* --- along the time --------------------------------------------------------------------------- */

/* Wider cells, until half of the points are left. */
static void widen(struct report_totals *t)
{
	while (t->points > t->max_points / 2) {
		t->width_ns = report_wider(t->width_ns);
		t->points = 0;
		for (size_t i = 0; i < t->hosts.n; i++) {
			report_series_merge(&report_totals_host(t, i)->series, t->width_ns);
			t->points += report_totals_host(t, i)->series.n;
		}
		if (t->points <= t->hosts.n)	/* no width makes fewer */
			break;
	}
}

static int take_point(struct report_totals *t, struct report_host *host, const struct view_window *w,
		      const struct report_counts *sums, uint32_t marks)
{
	uint64_t long_ns = w->before ? 0 : w->end_ns - w->start_ns;
	struct report_value sent = report_value(sums, (struct report_figure){ REPORT_orig_bytes, REPORT_orig_bytes });
	struct report_point p = {
		.start_ns = w->start_ns, .covered_ns = long_ns,
		.known_ns = sent.least && !sent.known ? 0 : long_ns,
		.sent = sent.n, .received = sums->of[REPORT_reply_bytes],
		.starts = sums->of[REPORT_starts], .drops = sums->of[REPORT_drops],
		.windows = 1, .marks = marks,
	};
	int more = report_series_add(&host->series, &p, t->width_ns);

	if (more < 0)
		return more;
	t->points += more;
	if (t->points > t->max_points && t->points > 2 * t->hosts.n)
		widen(t);
	return 0;
}

/* --- windows ---------------------------------------------------------------------------------- */

/* Of a window without its window record the sums are those of the flows that have come. Of one whose flows
 * come in several parts, the first part counts its time, and all parts their flows. */
static int count(void *arg, struct report_run *run, const struct view_window *w)
{
	struct report_totals *t = arg;
	struct report_host *host = report_totals_host(t, run->host);
	struct report_counts selected = { .known = 0 }, total = { .known = 0 };
	struct report_incident incident;
	bool any = report_incident_of(&incident, w);
	int err = take_flows(t, w, &selected, &total);

	if (is_total(w))
		report_counts_of(&total, &w->total);
	incident.host = run->host;
	take_totals(t, host, w, &total, !(report_marks(incident.kinds) & ~(1u << REPORT_NOTE)));
	if (!err)
		err = take_rules(t, run->host, w);
	if (!err)
		err = take_point(t, host, w, t->select ? &selected : &total, report_marks(incident.kinds));
	if (!err && any)
		err = report_incidents_add(&t->incidents, &incident, &host->last_incident);
	return err ? err : report_stretches_add(&run->stretches, w);
}

int report_totals_take(struct report_totals *t, struct view_window *w)
{
	uint32_t host;
	int err = host_of(t, w, &host);

	if (err) {
		view_window_free(w);
		return err;
	}
	return report_runs_take(&t->runs, host, w, count, t);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Runs of one host stand apart from one another: a host's cover is open until all are added. */
static int cover_hosts(struct report_totals *t, struct report_cover *covers)
{
	int err = 0;

	for (size_t i = 0; i < t->hosts.n; i++)
		covers[i] = (struct report_cover){ .host = i, .incidents = &t->incidents };
	for (size_t i = 0; i < t->runs.keys.n && !err; i++) {
		struct report_run *run = report_runs_get(&t->runs, i);

		err = report_cover_run(&covers[run->host], &run->stretches);
		free(run->stretches.of);
		run->stretches = (struct report_stretches){ .of = NULL };
	}
	for (size_t i = 0; i < t->hosts.n; i++) {
		struct report_host *host = report_totals_host(t, i);
		int failed = report_cover_close(&covers[i], &host->spans);

		err = err ? err : failed;
		host->lost_windows = covers[i].lost_windows;
	}
	return err;
}

int report_totals_end(struct report_totals *t)
{
	struct report_cover *covers;
	int err = report_runs_end(&t->runs, count, t);

	covers = calloc(t->hosts.n + 1, sizeof(*covers));
	if (!covers)
		return -ENOMEM;
	if (!err)
		err = cover_hosts(t, covers);
	free(covers);
	for (size_t i = 0; i < t->hosts.n; i++)
		report_series_merge(&report_totals_host(t, i)->series, t->width_ns);
	report_incidents_sort(&t->incidents);
	return err;
}
