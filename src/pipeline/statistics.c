/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>

#include "cli/log.h"
#include "pipeline/statistics.h"

struct source_stats statistics_sum(const struct closing *c)
{
	struct source_stats sum = { 0 };

	for (size_t i = 0; i < c->n_sources; i++)
		source_do(c->sources[i].source, stats, &sum);
	return sum;
}

void statistics_print(const struct closing *c, const struct emit *e, size_t rows,
		      unsigned int max_flows)
{
	struct source_stats s = statistics_sum(c);

	log_answer("statistics: windows %" PRIu64 ", events read %" PRIu64 ", lost events %" PRIu64
		  ", undecoded %" PRIu64 ", foreign %" PRIu64 ", reopens %" PRIu64
		  ", logged packets %" PRIu64 ", lost packets %" PRIu64
		  " (without those in %" PRIu64 " refused messages), odd packets %" PRIu64
		  ", flows in memory %zu of %u, waiting to be written %zu bytes, write errors %" PRIu64,
		  c->windows, s.events, s.lost_events, s.undecoded, s.foreign, s.reopens,
		  s.packets, s.lost_packets, s.refused, s.odd, rows, max_flows,
		  outputs_pending(&e->outputs), e->outputs.write_errors);
}
