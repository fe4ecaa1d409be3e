/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_REPORT_CASE_H
#define CTAGG_TESTS_REPORT_CASE_H

#include "view/window.h"

/* Windows for the tests of the report. Times are seconds from 2026-11-21 00:00 UTC on. */

#define CASE_SECOND UINT64_C(1000000000)
#define CASE_BEGIN (UINT64_C(1795219200) * CASE_SECOND)

/* A complete window of status ok, of no flows and no rules. seq 0: without a window record. */
struct view_window *case_window(uint32_t host, uint32_t run, uint64_t ms, uint64_t seq, double start_s, double end_s);

/* Add a flow without key and counters, which the caller fills in. */
struct view_flow *case_flow(struct view_window *w);
struct view_rule *case_rule(struct view_window *w);

/* Set a counter to a number. */
void case_count(struct view_sums *sums, enum view_counter counter, uint64_t n);

/* 10.0.a.b, mapped. */
void case_address(uint8_t to[16], unsigned int a, unsigned int b);

#endif
