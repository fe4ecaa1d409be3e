/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lines/time.h"
#include "view/head.h"
#include "view/record.h"

static const enum record_field fields[VIEW_HEAD_TEXTS] = {
	RECORD_host, RECORD_run, RECORD_slot, RECORD_window_start, RECORD_window_end,
};

static bool is_same(const struct view_head *h, const struct record_line *r)
{
	if (!h->known || h->window_ms != record_count(r, RECORD_window_ms))
		return false;
	for (unsigned int i = 0; i < VIEW_HEAD_TEXTS; i++) {
		const struct flat_text *text = &r->of[fields[i]].text;

		if (h->of[i].is_there != record_has(r, fields[i]))
			return false;
		if (h->of[i].is_there && (h->of[i].len != text->len || memcmp(h->of[i].at, text->p, text->len) != 0))
			return false;
	}
	return true;
}

/* Keep the fields as they are, to compare those of the next record with. */
static void remember(struct view_head *h, const struct record_line *r)
{
	char *p = h->bytes, *end = p + sizeof(h->bytes);

	h->window_ms = record_count(r, RECORD_window_ms);
	for (unsigned int i = 0; i < VIEW_HEAD_TEXTS; i++) {
		const struct flat_text *text = &r->of[fields[i]].text;

		h->of[i].is_there = record_has(r, fields[i]);
		if (!h->of[i].is_there)
			continue;
		if (text->len > (size_t)(end - p))
			return;
		memcpy(p, text->p, text->len);
		h->of[i].at = p;
		h->of[i].len = text->len;
		p += text->len;
	}
	h->known = true;
}

static int refuse(const char **why, const char *because)
{
	*why = because;
	return -EBADMSG;
}

static int read_time(const struct record_line *r, enum record_field field, uint64_t *ns, const char **why)
{
	char copy[VIEW_TEXT_MAX];
	const char *text;
	size_t len;

	if (!record_has(r, field))
		return refuse(why, "a record without the bounds of its window");
	text = view_record_text(r, field, copy, &len);
	return line_time(text, len, ns) ? 0 : refuse(why, "a window whose bounds are no times");
}

static int read_times(struct view_window *w, const struct record_line *r, const char **why)
{
	int err = read_time(r, RECORD_window_start, &w->start_ns, why);

	if (!err)
		err = read_time(r, RECORD_window_end, &w->end_ns, why);
	if (!err && w->start_ns > w->end_ns)
		err = refuse(why, "a window that ends before it begins");
	w->slot_ns = w->start_ns;
	if (!err && record_has(r, RECORD_slot))
		err = read_time(r, RECORD_slot, &w->slot_ns, why);
	return err;
}

static int read_name(struct view_texts *texts, const struct record_line *r, enum record_field field, uint32_t *number)
{
	char copy[VIEW_TEXT_MAX];
	const char *text;
	size_t len;

	*number = 0;
	if (!record_has(r, field))
		return 0;
	text = view_record_text(r, field, copy, &len);
	return view_texts_number(texts, text, len, number);
}

int view_head_read(struct view_head *h, struct view_texts *texts, const struct record_line *r, const char **why)
{
	struct view_window *w = &h->window;
	int err;

	if (is_same(h, r))
		return 1;
	h->known = false;
	if (!record_has(r, RECORD_host) || !record_has(r, RECORD_run))
		return refuse(why, "a record without host or run");
	err = read_times(w, r, why);
	if (!err)
		err = read_name(texts, r, RECORD_host, &w->host);
	if (!err)
		err = read_name(texts, r, RECORD_run, &w->run);
	if (err)
		return err;
	w->window_ms = record_count(r, RECORD_window_ms);
	remember(h, r);
	return 0;
}
