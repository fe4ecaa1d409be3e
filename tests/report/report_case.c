/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "flow/address.h"
#include "report/report_case.h"

static uint64_t at(double s)
{
	return CASE_BEGIN + (uint64_t)(int64_t)(s * 1e9);	/* s can be negative */
}

struct view_window *case_window(uint32_t host, uint32_t run, uint64_t ms, uint64_t seq, double start_s, double end_s)
{
	struct view_window *w = calloc(1, sizeof(*w));

	cr_assert_not_null(w);
	w->host = host;
	w->run = run;
	w->window_ms = ms;
	w->start_ns = w->slot_ns = at(start_s);
	w->end_ns = at(end_s);
	w->status = WINDOW_OK;
	w->complete = seq;
	if (seq)
		w->seq = (struct view_number){ seq, VIEW_KNOWN };
	return w;
}

struct view_flow *case_flow(struct view_window *w)
{
	w->flows = realloc(w->flows, (w->n_flows + 1) * sizeof(*w->flows));
	cr_assert_not_null(w->flows);
	memset(&w->flows[w->n_flows], 0, sizeof(*w->flows));
	return &w->flows[w->n_flows++];
}

struct view_rule *case_rule(struct view_window *w)
{
	w->rules = realloc(w->rules, (w->n_rules + 1) * sizeof(*w->rules));
	cr_assert_not_null(w->rules);
	memset(&w->rules[w->n_rules], 0, sizeof(*w->rules));
	return &w->rules[w->n_rules++];
}

void case_count(struct view_sums *sums, enum view_counter counter, uint64_t n)
{
	sums->of[counter] = n;
	sums->known |= 1u << counter;
}

void case_address(uint8_t to[16], unsigned int a, unsigned int b)
{
	uint8_t ip4[4] = { 10, 0, (uint8_t)a, (uint8_t)b };

	flow_addr_v4(to, ip4);
}
