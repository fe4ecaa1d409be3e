/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "report/counts.h"

_Static_assert(REPORT_N_COUNTERS <= 16, "a bit for each counter");

/* The counters of connections, which records have for the connections that ended. */
#define TRAFFIC                                                                                \
	(1u << REPORT_orig_packets | 1u << REPORT_orig_bytes | 1u << REPORT_reply_packets |    \
	 1u << REPORT_reply_bytes)

#define TCP_ENDS (1u << REPORT_tcp_unanswered | 1u << REPORT_tcp_reset)

#define TAKE(name)                                                                             \
	to->of[REPORT_##name] = sums->known >> VIEW_##name & 1 ? sums->of[VIEW_##name] : 0;    \
	to->known |= (sums->known >> VIEW_##name & 1) << REPORT_##name;                        \
	to->unknown |= (sums->unknown >> VIEW_##name & 1) << REPORT_##name;

void report_counts_of(struct report_counts *to, const struct view_sums *sums)
{
	to->known = 0;
	to->unknown = 0;
	REPORT_COUNTERS(TAKE)
	if (!view_traffic_unknown(sums))
		to->unknown &= ~TRAFFIC;
	else
		to->unknown |= TRAFFIC;
	if (!sums->of[VIEW_ends])
		to->unknown &= ~TCP_ENDS;
}

void report_counts_without_tcp(struct report_counts *counts)
{
	counts->unknown &= ~TCP_ENDS;
}

void report_counts_add(struct report_counts *to, const struct report_counts *from)
{
	for (unsigned int i = 0; i < REPORT_N_COUNTERS; i++)
		to->of[i] = report_plus(to->of[i], from->of[i]);
	to->known |= from->known;
	to->unknown |= from->unknown;
}

struct report_value report_value(const struct report_counts *counts, struct report_figure figure)
{
	uint16_t bits = 1u << figure.first | 1u << figure.second;
	struct report_value v = {
		.n = counts->of[figure.first],
		.known = counts->known & bits,
		.least = counts->unknown & bits,
	};

	if (figure.second != figure.first)
		v.n = report_plus(v.n, counts->of[figure.second]);
	if (v.n == REPORT_LARGEST)
		v.least = true;
	return v;
}
