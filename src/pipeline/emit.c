/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "pipeline/emit.h"

#define BUFFER_SIZE (1 << 20)

int emit_open(struct emit *e, const char *path, const char *host)
{
	memset(e, 0, sizeof(*e));
	e->name = path ? path : "standard output";
	record_init(&e->record, host);
	return file_open(&e->file, path, BUFFER_SIZE);
}

void emit_begin(struct emit *e, struct memory *table, uint64_t start_ns, uint64_t end_ns,
		const struct record_window *w)
{
	e->table = table;
	e->window = *w;
	e->window.total = memory_total(table);
	e->window.records = memory_rows(table) + (memory_folded(table) > 0);
	e->next = 0;
	e->busy = true;
	record_begin(&e->record, start_ns, end_ns);
}

/* The next line of the window at p: a flow, after them `other`, then the
 * window's own. */
static char *next_line(struct emit *e, char *p)
{
	size_t rows = memory_rows(e->table), i = e->next++;

	if (i < rows)
		return record_flow(&e->record, p, memory_row(e->table, i));
	if (i < e->window.records)
		return record_other(&e->record, p, memory_other(e->table), "table_full",
				    memory_folded(e->table));
	e->window.write_errors = e->write_errors;
	p = record_window(&e->record, p, &e->window);
	memory_clear(e->table);
	e->busy = false;
	return p;
}

static size_t next_room(const struct emit *e)
{
	return e->next < e->window.records ? RECORD_MAX : RECORD_WINDOW_MAX;
}

static void fill(struct emit *e)
{
	char *p;

	while (e->busy && (p = file_room(e->file, next_room(e))))
		file_commit(e->file, next_line(e, p) - p);
}

static enum emit_state write_failed(struct emit *e, int err)
{
	e->write_errors++;
	e->err = err;
	if (!e->failing)
		log_error("cannot write to %s: %s; trying again every second, up to %d bytes wait and the window stays open",
			  e->name, strerror(-err), BUFFER_SIZE);
	e->failing = true;
	return EMIT_FAILING;
}

static enum emit_state flush(struct emit *e)
{
	int err;

	if (e->failing && !e->retry)
		return EMIT_FAILING;
	e->retry = false;
	err = file_flush(e->file);
	if (err == -EAGAIN)
		return EMIT_BLOCKED;
	if (err == -EPIPE)
		return EMIT_GONE;
	if (err)
		return write_failed(e, err);
	if (e->failing)
		log_notice("writing to %s again", e->name);
	e->failing = false;
	return e->busy ? EMIT_MORE : EMIT_IDLE;
}

enum emit_state emit_step(struct emit *e)
{
	fill(e);
	if (!file_pending(e->file))
		return EMIT_IDLE;
	return flush(e);
}

void emit_retry(struct emit *e)
{
	e->retry = true;
}

void emit_reopen(struct emit *e)
{
	int err = file_reopen(e->file);

	if (err)
		log_error("cannot open %s anew: %s; still writing to the old file", e->name,
			  strerror(-err));
	else
		log_verbose("opened %s anew", e->name);
	e->retry = true;
}

void emit_close(struct emit *e)
{
	file_close(e->file);
	e->file = NULL;
}
