/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Totals of random windows, beside sums that look at all flows again for each row. */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/report_case.h"
#include "report/totals.h"
#include "view/filter.h"

#define WINDOWS 60
#define FLOWS 40

static struct report_totals totals;
static struct view_flow flows[WINDOWS * FLOWS];
static size_t n_flows;

static void random_key(struct view_key *k, struct random *r)
{
	k->has = VIEW_SRC | VIEW_DST | VIEW_DIRECTION | VIEW_PROTO;
	case_address(k->src, 1, random_below(r, 20));
	case_address(k->dst, 2, random_below(r, 9));
	k->src_bits = k->dst_bits = 128;
	k->direction = random_below(r, 4);
	k->proto = random_below(r, 3) ? IPPROTO_TCP : IPPROTO_ICMP;
	if (k->proto == IPPROTO_TCP) {
		k->has |= VIEW_DPORT;
		k->dport = 440 + random_below(r, 5);
	} else {
		k->has |= VIEW_ICMP_TYPE;
		k->icmp_type = random_below(r, 2);
	}
	if (random_below(r, 2)) {
		k->has |= VIEW_SRC_LABEL;
		k->src_label = 1 + random_below(r, 3);
	}
}

static void random_flow(struct view_flow *f, struct random *r)
{
	f->other = !random_below(r, 20);
	if (!f->other)
		random_key(&f->key, r);
	else
		f->folded_flows = 3;
	case_count(&f->sums, VIEW_starts, random_below(r, 100));
	case_count(&f->sums, VIEW_ends, random_below(r, 100));
	case_count(&f->sums, VIEW_unreplied, random_below(r, 3));
	case_count(&f->sums, VIEW_orig_bytes, random_below(r, 1u << 30));
	case_count(&f->sums, VIEW_reply_bytes, random_below(r, 1u << 30));
	flows[n_flows++] = *f;
}

static void take_random(const struct flow_select *select)
{
	struct random r = random_from(7);

	n_flows = 0;
	cr_assert_eq(report_totals_open(&totals, select, 0), 0);
	for (unsigned int i = 0; i < WINDOWS; i++) {
		struct view_window *w = case_window(1 + i % 3, 1 + i % 3, 10000, 1 + i / 3, 10 * (i / 3), 10 * (i / 3) + 10);

		for (unsigned int n = random_below(&r, FLOWS); n; n--) {
			struct view_flow *f = case_flow(w);

			random_flow(f, &r);
			view_sums_add(&w->total, &f->sums);
		}
		cr_assert_eq(report_totals_take(&totals, w), 0);
	}
	cr_assert_eq(report_totals_end(&totals), 0);
}

/* Whether a flow belongs to a row of a group. */
static bool belongs(enum report_group_id id, const struct report_field *f, const struct view_flow *flow)
{
	const struct view_key *k = &flow->key;

	if ((f->what == REPORT_OTHERS) != flow->other)
		return false;
	if (flow->other)
		return true;
	switch (id) {
	case REPORT_SOURCES:
		return !memcmp(f->addr, k->src, 16) && f->bits == k->src_bits;
	case REPORT_DESTINATIONS:
		return !memcmp(f->addr, k->dst, 16);
	case REPORT_PORTS:
		return f->proto == k->proto && f->port == (k->proto == IPPROTO_TCP ? k->dport : k->icmp_type);
	case REPORT_LABELS:
		return f->text[0] == k->src_label && f->text[1] == k->dst_label;
	case REPORT_DIRECTIONS:
		return f->direction == k->direction;
	default:
		return !memcmp(f->addr, k->dst, 16) && f->proto == k->proto &&
		       f->port == (k->proto == IPPROTO_TCP ? k->dport : k->icmp_type);
	}
}

static void expect_row(enum report_group_id id, const struct report_row *row, const struct flow_select *select,
		       size_t *in_rows)
{
	struct view_sums sums = { .known = 0 };
	struct report_field field;

	memcpy(&field, &row->key, sizeof(field));
	for (size_t i = 0; i < n_flows; i++)
		if (belongs(id, &field, &flows[i]) && (!select || view_filter_holds(select, &flows[i]))) {
			view_sums_add(&sums, &flows[i].sums);
			++*in_rows;
		}
	cr_expect_eq(row->sums.of[REPORT_starts], sums.of[VIEW_starts], "group %d", id);
	cr_expect_eq(row->sums.of[REPORT_unreplied], sums.of[VIEW_unreplied], "group %d", id);
	cr_expect_eq(row->sums.of[REPORT_orig_bytes], sums.of[VIEW_orig_bytes], "group %d", id);
	cr_expect_eq(row->sums.of[REPORT_reply_bytes], sums.of[VIEW_reply_bytes], "group %d", id);
	cr_expect_eq(row->sums.known, 1u << REPORT_starts | 1u << REPORT_ends | 1u << REPORT_unreplied |
					      1u << REPORT_orig_bytes | 1u << REPORT_reply_bytes);
}

static size_t selected(const struct flow_select *select)
{
	size_t n = 0;

	for (size_t i = 0; i < n_flows; i++)
		n += !select || view_filter_holds(select, &flows[i]);
	return n;
}

static void expect_groups(const struct flow_select *select)
{
	for (enum report_group_id id = 0; id < REPORT_RULES; id++) {
		const struct report_group *g = &totals.groups[id];
		size_t in_rows = 0;

		cr_expect_gt(g->keys.n, 1);
		for (size_t i = 0; i < g->keys.n; i++)
			expect_row(id, report_group_row(g, i), select, &in_rows);
		cr_expect_eq(in_rows, selected(select), "group %d: each flow is in one row", id);
	}
}

Test(report_totals, rows_have_the_sums_of_their_flows)
{
	take_random(NULL);
	expect_groups(NULL);
	cr_expect_eq(totals.unselected, 0);
	report_totals_close(&totals);
}

Test(report_totals, a_selection_is_of_flows_and_never_of_windows)
{
	static struct flow_select select;
	struct report_counts all;

	take_random(NULL);
	all = totals.total;
	report_totals_close(&totals);
	select.dport.list[0] = (struct flow_range){ 441, 443 };
	select.dport.n = 1;
	take_random(&select);
	cr_expect_lt(selected(&select), n_flows);
	cr_expect_gt(selected(&select), 0);
	expect_groups(&select);
	cr_expect_eq(totals.unselected, n_flows - selected(&select));
	cr_expect_eq(totals.total.of[REPORT_starts], all.of[REPORT_starts]);
	report_totals_close(&totals);
}

Test(report_totals, hosts_have_the_sums_of_their_windows)
{
	uint64_t starts = 0, truth = 0;

	take_random(NULL);
	cr_assert_eq(totals.hosts.n, 3);
	for (size_t i = 0; i < 3; i++) {
		starts += report_totals_host(&totals, i)->total.of[REPORT_starts];
		cr_expect_eq(report_totals_host(&totals, i)->windows, WINDOWS / 3);
		cr_expect_eq(report_covered(&report_totals_host(&totals, i)->spans, 0, UINT64_MAX),
			     WINDOWS / 3 * 10 * CASE_SECOND);
	}
	for (size_t i = 0; i < n_flows; i++)
		truth += flows[i].sums.of[VIEW_starts];
	cr_expect_eq(starts, truth);
	report_totals_close(&totals);
}

Test(report_totals, a_window_without_its_record_counts_by_its_flows)
{
	struct view_window *w = case_window(1, 1, 10000, 0, 0, 10);
	struct view_flow *f = case_flow(w);

	cr_assert_eq(report_totals_open(&totals, NULL, 0), 0);
	f->key.has = VIEW_SRC;
	case_count(&f->sums, VIEW_starts, 5);
	cr_assert_eq(report_totals_take(&totals, w), 0);
	cr_assert_eq(report_totals_end(&totals), 0);
	cr_expect_eq(totals.total.of[REPORT_starts], 5);
	cr_expect_eq(report_totals_host(&totals, 0)->whole, 0);
	cr_expect_eq(totals.incidents.all.n[REPORT_unfinished], 1);
	report_totals_close(&totals);
}

/* A part without its window record, and the rest with it. */
Test(report_totals, flows_of_a_window_that_comes_in_parts_count_once)
{
	cr_assert_eq(report_totals_open(&totals, NULL, 0), 0);
	for (unsigned int part = 0; part < 2; part++) {
		struct view_window *w = case_window(1, 1, 10000, part, 0, 10);

		w->before = part;
		case_count(&case_flow(w)->sums, VIEW_starts, 5);
		case_count(&w->total, VIEW_starts, 10);
		cr_assert_eq(report_totals_take(&totals, w), 0);
	}
	cr_assert_eq(report_totals_end(&totals), 0);
	cr_expect_eq(totals.total.of[REPORT_starts], 10);
	cr_expect_eq(report_totals_host(&totals, 0)->total.of[REPORT_starts], 10);
	cr_expect_eq(report_totals_host(&totals, 0)->series.of[0].covered_ns, 10 * CASE_SECOND);
	report_totals_close(&totals);
}

Test(report_totals, what_is_unknown_of_one_loss_is_known_of_the_other)
{
	struct view_window *w = case_window(1, 1, 10000, 1, 0, 10);

	cr_assert_eq(report_totals_open(&totals, NULL, 0), 0);
	w->lost_events = (struct view_number){ 7, VIEW_KNOWN };
	w->lost_drops.state = VIEW_NULL;
	cr_assert_eq(report_totals_take(&totals, w), 0);
	cr_assert_eq(report_totals_end(&totals), 0);
	cr_expect_eq(report_totals_host(&totals, 0)->lost_events, 7);
	cr_expect_not(report_totals_host(&totals, 0)->lost_events_unknown);
	cr_expect(report_totals_host(&totals, 0)->lost_drops_unknown);
	report_totals_close(&totals);
}

/* A rule's packets as it logged them, and as its counter counted them. */
Test(report_totals, rules_of_two_hosts_are_two)
{
	cr_assert_eq(report_totals_open(&totals, NULL, 0), 0);
	for (unsigned int i = 0; i < 4; i++) {
		struct view_window *w = case_window(1 + i % 2, 1 + i % 2, 10000, 1 + i / 2, 10 * i, 10 * i + 10);
		struct view_rule *rule = case_rule(w);

		rule->rule = 7;
		rule->prefix = 8;
		rule->drops = (struct view_number){ 10, VIEW_KNOWN };
		rule->drop_bytes = (struct view_number){ 0, i == 3 ? VIEW_NULL : VIEW_KNOWN };
		rule->packets = (struct view_number){ 3, VIEW_KNOWN };
		cr_assert_eq(report_totals_take(&totals, w), 0);
	}
	cr_assert_eq(report_totals_end(&totals), 0);
	cr_assert_eq(totals.groups[REPORT_RULES].keys.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct report_counts *sums = &report_group_row(&totals.groups[REPORT_RULES], i)->sums;

		cr_expect_eq(sums->of[REPORT_drops], 20);
		cr_expect_eq(sums->of[REPORT_orig_packets], 6);
		cr_expect_eq(sums->unknown >> REPORT_drop_bytes & 1, i);
	}
	cr_expect(totals.rule_logs && totals.rule_counters);
	report_totals_close(&totals);
}
