/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "pipeline/levels.h"
#include "pipeline/tables.h"

int levels_open(struct levels *l, const struct options *opts, struct labels *labels,
		const struct labelling *labelling)
{
	memset(l, 0, sizeof(*l));
	l->whole = opts->read;
	l->labelling = labelling;
	for (size_t i = 0; i < opts->n_levels; i++) {
		struct level *level = &l->list[l->n++];
		int err = tables_memory(&level->table, opts);

		if (!err && (labels || opts->rules))
			err = rule_totals_open(&level->beside.rules, labels);
		if (!err && opts->sockets)
			err = socket_totals_open(&level->beside.sockets, opts->max_flows, opts->sockets);
		if (err)
			return err;
		level->ns = opts->level_ns[i];
		window_record_restart(&level->sum);
	}
	return 0;
}

/* The level's last boundary up to at_ns. */
static uint64_t boundary(const struct level *level, uint64_t origin_ns, uint64_t at_ns)
{
	return at_ns - (at_ns - origin_ns) % level->ns;
}

/* Of the level's windows, where that begins which the shortest window from start_ns on is in. */
static uint64_t start_of(const struct levels *l, const struct level *level, uint64_t origin_ns,
			 uint64_t start_ns)
{
	return l->whole ? boundary(level, origin_ns, start_ns) : start_ns;
}

/* The level's next window begins: its labels are those that are in force now. */
static void begin_labels(const struct levels *l, struct level *level)
{
	netlabel_set_drop(level->labels);
	level->labels = netlabel_set_hold(l->labelling->current);
}

void levels_begin(struct levels *l, uint64_t origin_ns, uint64_t start_ns)
{
	for (size_t i = 0; i < l->n; i++) {
		l->list[i].start_ns = start_of(l, &l->list[i], origin_ns, start_ns);
		begin_labels(l, &l->list[i]);
	}
}

/* The record of a window in which there is nothing. What spools dropped is in *w, and is not said
 * again. */
static struct window_record idle_after(const struct window_record *w)
{
	struct window_record idle = *w;

	if (idle.dropped_windows)
		idle.status = WINDOW_OK;
	idle.dropped_windows = idle.dropped_records = 0;
	return idle;
}

void levels_add(struct levels *l, struct emit *e, const struct label_tables *tables,
		struct memory *closed, const struct emit_beside *beside, const struct window_record *w,
		const uint64_t *late_ends, const uint64_t *late_events)
{
	l->idle = idle_after(w);
	for (size_t i = 0; i < l->n; i++) {
		/* A connection that is alive in several windows is one live connection of the
		 * level: the last window's count stands for all. */
		memory_forget_live(l->list[i].table);
		emit_add(e, l->list[i].table, label_tables_closed(tables, l->list[i].labels, closed));
		rule_totals_add_all(l->list[i].beside.rules, beside->rules);
		socket_totals_add_all(l->list[i].beside.sockets, beside->sockets);
		window_record_add(&l->list[i].sum, w);
		l->list[i].sum.late_ends += late_ends[i];
		l->list[i].sum.late_events += late_events[i];
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
			start_of(l, &l->list[i], origin_ns, starts->ns[0]) : l->list[i].start_ns;
}

static void emit_one(const struct levels *l, struct level *level, struct emit *e, uint64_t end_ns, enum window_closed_by by)
{
	level->sum.seq = ++level->seq;
	level->sum.closed_by = by;
	level->sum.clock_step_ms = level->clock_step_ms;
	level->sum.nominal_ns = level->ns;
	level->sum.table_capacity = memory_capacity(level->table);
	e->labels = level->labels;
	emit_begin(e, level->table, &level->beside, level->start_ns, end_ns, &level->sum);
	begin_labels(l, level);
	window_record_restart(&level->sum);
	level->start_ns = end_ns;
	level->clock_step_ms = 0;
}

void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by)
{
	for (size_t i = 0; i < l->n; i++) {
		struct level *level = &l->list[i];

		if (by == CLOSED_BY_TIMER && !is_over(level, origin_ns, end_ns))
			continue;
		emit_one(l, level, e, l->whole ? level->start_ns + level->ns : end_ns, by);
	}
}

bool levels_are_behind(const struct levels *l, uint64_t origin_ns, uint64_t start_ns)
{
	bool behind = false;

	for (size_t i = 0; i < l->n && l->whole; i++)
		behind |= is_over(&l->list[i], origin_ns, start_ns);
	return behind;
}

void levels_catch_up(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t start_ns)
{
	for (size_t i = 0; i < l->n; i++) {
		struct level *level = &l->list[i];
		uint64_t end_ns = boundary(level, origin_ns, start_ns);
		bool gap = end_ns - level->start_ns > LEVELS_MAX_EMPTY * level->ns;

		if (!is_over(level, origin_ns, start_ns))
			continue;
		window_record_add(&level->sum, &l->idle);
		emit_one(l, level, e, gap ? end_ns : level->start_ns + level->ns,
			 gap ? CLOSED_BY_GAP : CLOSED_BY_TIMER);
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
		rule_totals_close(l->list[i].beside.rules);
		socket_totals_close(l->list[i].beside.sockets);
		netlabel_set_drop(l->list[i].labels);
	}
}
