/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lines/record_read.h"

/* The fields from RECORD_kernel_drop on are those of an object in window records, where their names lack
 * the `kernel_'. The object itself has the number behind theirs. */
#define KERNEL "kernel"
#define FIRST_INNER RECORD_kernel_drop
#define INNER_PREFIX (sizeof("kernel_") - 1)
#define NUMBER_KERNEL RECORD_N_FIELDS

static const struct {
	const char *name;
	enum flat_type type;
} rows[] = {
#define RECORD_FIELD_ROW(name, type) { #name, FLAT_##type },
	RECORD_FIELDS(RECORD_FIELD_ROW)
};

static const char *const types[] = {
	[RECORD_FLOW] = "flow", [RECORD_OTHER] = "other", [RECORD_WINDOW] = "window",
	[RECORD_RULE] = "rule", [RECORD_SOCKET] = "socket", [RECORD_CHANGE] = "change",
	[RECORD_EVENT] = "event", [RECORD_LOSS] = "loss", [RECORD_CHECK] = "check",
};

void record_line_init(struct record_line *r)
{
	flat_names_init(&r->names);
	for (int i = 0; i < FIRST_INNER; i++)
		flat_names_add(&r->names, rows[i].name, false, i);
	flat_names_add(&r->names, KERNEL, false, NUMBER_KERNEL);
	for (int i = FIRST_INNER; i < RECORD_N_FIELDS; i++)
		flat_names_add(&r->names, rows[i].name + INNER_PREFIX, true, i);
}

static void set(uint64_t bits[2], unsigned int field)
{
	bits[field / 64] |= UINT64_C(1) << field % 64;
}

static bool has_type(const struct flat_field *field, unsigned int i)
{
	return field->type == rows[i].type || (rows[i].type == FLAT_NUMBER && field->type == FLAT_COUNT);
}

static int take(struct record_line *r, const struct flat_field *field, unsigned int i, const char **why)
{
	if (field->type == FLAT_NULL) {
		set(r->null, i);
		return 0;
	}
	if (!has_type(field, i)) {
		*why = "a field with a value of another type";
		return -EBADMSG;
	}
	set(r->seen, i);
	return 0;
}

/* `kernel' without members: all of them are unknown. */
static int take_kernel(struct record_line *r, const struct flat_field *field, const char **why)
{
	if (field->type != FLAT_NULL) {
		*why = "a kernel object that is none";
		return -EBADMSG;
	}
	for (unsigned int i = FIRST_INNER; i < RECORD_N_FIELDS; i++)
		set(r->null, i);
	return 0;
}

static int read_fields(struct record_line *r, struct flat *flat, const char **why)
{
	const struct flat_field *field;
	int more, err = 0;

	while (!err && (more = flat_next(flat, &field)) > 0) {
		if (field->number == NUMBER_KERNEL)
			err = take_kernel(r, field, why);
		else if (field->number >= 0)
			err = take(r, field, field->number, why);
	}
	if (!err && more < 0)
		*why = flat->why;
	return err ? err : more;
}

static enum record_type type_of(const struct flat_text *text)
{
	for (unsigned int i = RECORD_FLOW; i < sizeof(types) / sizeof(types[0]); i++)
		if (flat_is(text, types[i], strlen(types[i])))
			return i;
	return RECORD_UNKNOWN;
}

int record_read(struct record_line *r, const char *line, size_t len, const char **why)
{
	struct flat flat;
	int err;

	memset(r->seen, 0, sizeof(r->seen));
	memset(r->null, 0, sizeof(r->null));
	flat_begin(&flat, &r->names, r->of, line, len);
	flat_allow(&flat, KERNEL);
	err = read_fields(r, &flat, why);
	if (err)
		return err;
	if (!record_has(r, RECORD_type)) {
		*why = "no type";
		return -EBADMSG;
	}
	r->type = type_of(&r->of[RECORD_type].text);
	return 0;
}
