/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "view/gather_case.h"

TestSuite(view_gather, .init = open_gather, .fini = close_gather, .timeout = 60);

#define WINDOW(host, minute)                                                                   \
	"\"host\":\"" host "\",\"run\":\"aaaaaaaa\",\"window_ms\":60000,"                        \
	"\"slot\":\"2026-11-21T01:0" #minute ":00.000000Z\","                                    \
	"\"window_start\":\"2026-11-21T01:0" #minute ":00.000000Z\","                            \
	"\"window_end\":\"2026-11-21T01:0" #minute ":59.999999Z\""
#define FLOW(host, minute, rest) "{\"type\":\"flow\",\"schema\":1," WINDOW(host, minute) rest "}"
#define END(host, minute, rest)                                                                \
	"{\"type\":\"window\",\"schema\":1," WINDOW(host, minute) ",\"seq\":1,\"closed_by\":\"timer\",\"status\":\"ok\"" rest "}"

Test(view_gather, a_window_is_shown_when_its_window_record_comes)
{
	const struct view_window *w;

	give(FLOW("gw1", 1, ",\"proto\":\"tcp\",\"src_ip\":\"192.0.2.1\",\"dst_port\":443,\"starts\":3,\"ends\":null"));
	give(FLOW("gw1", 1, ",\"proto\":\"47\",\"src_ip\":\"2001:db8::/32\",\"starts\":4"));
	cr_assert_eq(shown.n, 0);
	give(END("gw1", 1, ",\"records\":2,\"starts\":7,\"clock_step_ms\":-2500,\"kernel\":{\"drop\":5,\"max\":null}"));
	cr_assert_eq(shown.n, 1);
	w = shown.windows[0];
	cr_expect(w->complete);
	cr_expect(is_text(w->host, "gw1"));
	cr_expect(is_text(w->run, "aaaaaaaa"));
	cr_expect(is_text(w->closed_by, "timer"));
	cr_expect_eq(w->window_ms, 60000);
	cr_expect_eq(w->start_ns, 1795222860000000000ULL);
	cr_expect_eq(w->end_ns, w->start_ns + 59999999000ULL);
	cr_expect_eq(w->status, WINDOW_OK);
	cr_expect_eq(w->clock_step_ms, -2500);
	cr_expect_eq(w->kernel_drop.n, 5);
	cr_expect_eq(w->kernel_max.state, VIEW_NULL);
	cr_expect_eq(w->kernel_entries.state, VIEW_ABSENT);
	cr_expect_eq(w->missing, 0);
	cr_assert_eq(w->n_flows, 2);
	cr_expect_eq(w->flows[0].key.has, VIEW_PROTO | VIEW_SRC | VIEW_DPORT);
	cr_expect_eq(w->flows[0].key.proto, 6);
	cr_expect_eq(w->flows[0].key.dport, 443);
	cr_expect_eq(w->flows[0].key.src_bits, 128);
	cr_expect_eq(memcmp(w->flows[0].key.src, "\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1", 16), 0);
	cr_expect_eq(w->flows[0].sums.of[VIEW_starts], 3);
	cr_expect_eq(w->flows[0].sums.known, 1 << VIEW_starts);
	cr_expect_eq(w->flows[0].sums.unknown, 1 << VIEW_ends);
	cr_expect_eq(w->flows[1].key.proto, 47);
	cr_expect_eq(w->flows[1].key.src_bits, 32);
}

Test(view_gather, windows_of_several_hosts_come_mixed)
{
	give(FLOW("gw1", 1, ",\"starts\":1"));
	give(FLOW("gw2", 1, ",\"starts\":2"));
	give(FLOW("gw1", 1, ",\"starts\":3"));
	give(END("gw2", 1, ",\"records\":2"));
	give(END("gw1", 1, ",\"records\":2"));
	cr_assert_eq(shown.n, 2);
	cr_expect(is_text(shown.windows[0]->host, "gw2"));
	cr_expect_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(shown.windows[0]->missing, 1);
	cr_expect_eq(shown.windows[1]->n_flows, 2);
	cr_expect_eq(shown.windows[1]->missing, 0);
}

Test(view_gather, a_window_counts_once)
{
	for (int i = 0; i < 2; i++) {
		give(FLOW("gw1", 1, ",\"starts\":1"));
		give(END("gw1", 1, ",\"records\":1"));
	}
	give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, 2);
}

Test(view_gather, a_window_without_its_window_record_is_shown_at_the_end)
{
	give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_assert_eq(shown.n, 1);
	cr_expect(!shown.windows[0]->complete);
	cr_expect_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->unfinished, 1);
}
