/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lines/record_read.h"

/* The object in window records whose members are the fields from RECORD_kernel_drop on, and by
 * which names they have in it. */
#define KERNEL "kernel"
#define FIRST_INNER RECORD_kernel_drop
#define INNER_PREFIX (sizeof("kernel_") - 1)

static const struct {
	const char *name;
	size_t len;
	enum flat_type type;
} rows[] = {
#define RECORD_FIELD_ROW(name, type) { #name, sizeof(#name) - 1, FLAT_##type },
	RECORD_FIELDS(RECORD_FIELD_ROW)
};

static const char *const types[] = {
	[RECORD_FLOW] = "flow", [RECORD_OTHER] = "other", [RECORD_WINDOW] = "window",
	[RECORD_RULE] = "rule", [RECORD_SOCKET] = "socket", [RECORD_CHANGE] = "change",
	[RECORD_EVENT] = "event", [RECORD_LOSS] = "loss", [RECORD_CHECK] = "check",
};

static bool is_field(const struct flat_field *field, unsigned int i)
{
	size_t skip = i >= FIRST_INNER ? INNER_PREFIX : 0, len = rows[i].len - skip;

	if (field->inner != (i >= FIRST_INNER) || (field->name.len != len && !field->name.escaped))
		return false;
	return flat_is(&field->name, rows[i].name + skip, len);
}

/* The row of this field, or RECORD_N_FIELDS. Lines mostly have their fields in the order of the
 * table, so the search begins behind the row that was found last. */
static unsigned int find(const struct flat_field *field, unsigned int from)
{
	unsigned int i = from;

	do {
		if (is_field(field, i))
			return i;
		if (++i == RECORD_N_FIELDS)
			i = 0;
	} while (i != from);
	return RECORD_N_FIELDS;
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
	r->of[i] = *field;
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
	unsigned int next = 0, found;
	struct flat_field field;
	int more, err = 0;

	while (!err && (more = flat_next(flat, &field)) > 0) {
		found = find(&field, next);
		if (found < RECORD_N_FIELDS) {
			err = take(r, &field, found, why);
			next = found + 1 < RECORD_N_FIELDS ? found + 1 : 0;
		} else if (!field.inner && flat_is(&field.name, KERNEL, sizeof(KERNEL) - 1)) {
			err = take_kernel(r, &field, why);
		}
	}
	if (err)
		return err;
	*why = flat->why;
	return more;
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
	flat_begin(&flat, line, len);
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
