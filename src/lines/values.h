/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_VALUES_H
#define CTAGG_LINES_VALUES_H

#include "json/flat.h"
#include "lines/event_read.h"
#include "lines/fields.h"

/* The fields of one line, by name, and what reading them has come to; for the files of this room.
 *
 * of    those that the line has: a bit of `seen' says which
 */
struct line_values {
	uint64_t seen;
	struct flat_field of[LINE_N_FIELDS];
	struct line_problem *problem;
};
_Static_assert(LINE_N_FIELDS <= 64, "a bit for each field");

/* Read a line; its texts are lent. Types are not checked yet. Returns 0; or -EBADMSG, as all of
 * the functions here do when the line is malformed, and *problem. */
int line_values_read(struct line_values *v, const char *line, size_t len, struct line_problem *problem);

/* Whether each field of LINE_FIELDS has its type, or is null. */
int line_values_check(struct line_values *v);

/* Say why the line is malformed. Returns -EBADMSG. */
int line_blame(struct line_values *v, enum line_field field, const char *why);

static inline bool line_has(const struct line_values *v, enum line_field field)
{
	return v->seen >> field & 1 && v->of[field].type != FLAT_NULL;
}

static inline bool line_is_null(const struct line_values *v, enum line_field field)
{
	return v->seen >> field & 1 && v->of[field].type == FLAT_NULL;
}

/* Each of these reads a field that must be there. */

/* A number from min to max. */
int line_count(struct line_values *v, enum line_field field, uint64_t min, uint64_t max, uint64_t *n);
/* One of the words, see lines/words.h: its index. */
int line_word(struct line_values *v, enum line_field field, const char *const *words, unsigned int *n);
/* A text of at most `room' - 1 bytes, which gets a NUL behind it. */
int line_text(struct line_values *v, enum line_field field, char *to, size_t room, size_t *len);
int line_instant(struct line_values *v, enum line_field field, uint64_t *ns);
/* An address, as flow/address.h has it, and its family. */
int line_address(struct line_values *v, enum line_field field, __u8 addr[16], __u8 *family);

#endif
