/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "pipeline/levels.h"
#include "pipeline/tables.h"

int levels_open(struct levels *l, const struct options *opts, struct labels *labels,
		uint64_t start_ns)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < opts->n_levels; i++) {
		struct level *level = &l->list[l->n++];
		int err = tables_memory(&level->table, opts);

		if (!err && labels)
			err = rule_totals_open(&level->rules, labels);
		if (err)
			return err;
		level->ns = opts->level_ns[i];
		level->start_ns = start_ns;
		window_record_restart(&level->sum);
	}
	return 0;
}

void levels_add(struct levels *l, struct emit *e, const struct memory *closed,
		const struct rule_totals *rules, const struct window_record *w,
		const uint64_t *late_ends)
{
	for (size_t i = 0; i < l->n; i++) {
		/* A connection that is alive in several windows is one live connection of the
		 * level: the last window's count stands for all. */
		memory_forget_live(l->list[i].table);
		emit_add(e, l->list[i].table, closed);
		rule_totals_add_all(l->list[i].rules, rules);
		window_record_add(&l->list[i].sum, w);
		l->list[i].sum.late_ends += late_ends[i];
	}
}

/* Whether a boundary lies between the start of the level's window and end_ns. */
static bool is_over(const struct level *level, uint64_t origin_ns, uint64_t end_ns)
{
	return (end_ns - origin_ns) / level->ns > (level->start_ns - origin_ns) / level->ns;
}

void levels_starts(const struct levels *l, uint64_t origin_ns, uint64_t end_ns, bool all,
		   struct kernel_starts *starts)
{
	for (size_t i = 0; i < l->n; i++)
		starts->ns[1 + i] = all || is_over(&l->list[i], origin_ns, end_ns) ?
			starts->ns[0] : l->list[i].start_ns;
}

void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by)
{
	for (size_t i = 0; i < l->n; i++) {
		struct level *level = &l->list[i];

		if (by == CLOSED_BY_TIMER && !is_over(level, origin_ns, end_ns))
			continue;
		level->sum.seq = ++level->seq;
		level->sum.closed_by = by;
		level->sum.clock_step_ms = level->clock_step_ms;
		level->sum.nominal_ns = level->ns;
		level->sum.table_capacity = memory_capacity(level->table);
		emit_begin(e, level->table, level->rules, level->start_ns, end_ns, &level->sum);
		window_record_restart(&level->sum);
		level->start_ns = end_ns;
		level->clock_step_ms = 0;
	}
}

void levels_restart(struct levels *l, uint64_t start_ns, int64_t clock_step_ms)
{
	for (size_t i = 0; i < l->n; i++) {
		l->list[i].start_ns = start_ns;
		l->list[i].clock_step_ms = clock_step_ms;
	}
}

void levels_close(struct levels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		memory_close(l->list[i].table);
		rule_totals_close(l->list[i].rules);
	}
}
