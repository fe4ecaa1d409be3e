/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_SCHEMA_H
#define CTAGG_SINK_SCHEMA_H

#include <stdbool.h>
#include <stdio.h>

/* What every line that ctagg writes can hold: one row a field. `ctagg --schema` is made from
 * these rows. The tests look up every field of every line here, and every row in ctagg-record(5). */

/* The types of records, as a set. */
enum schema_record {
	IN_FLOW = 1 << 0,
	IN_OTHER = 1 << 1,
	IN_RULE = 1 << 2,
	IN_WINDOW = 1 << 3,
	IN_CHANGE = 1 << 4,
	IN_CHECK = 1 << 5,
	IN_EVENT = 1 << 6,
	IN_LOSS = 1 << 7,
	IN_SOCKET = 1 << 8,
};
#define SCHEMA_RECORDS 9

/* What a value is. A field has one kind in all records; the lines of events are no records, and
 * have kinds of their own. */
enum schema_kind {
	SCHEMA_COUNT,	/* an integer, 0 or more */
	SCHEMA_SIGNED,	/* an integer, negative ones too */
	SCHEMA_PORT,	/* an integer from 0 to 65535 */
	SCHEMA_TEXT,	/* any string */
	SCHEMA_WORD,	/* a string, one of `words` */
	SCHEMA_TIME,	/* a string: RFC 3339, UTC, microseconds */
	SCHEMA_ID,	/* a string: a UUID of version 7 */
	SCHEMA_TRUTH,	/* true or false */
	SCHEMA_TRUE,	/* true; the field is absent otherwise */
	SCHEMA_KERNEL,	/* an object: the values of flow/window_kernel.h, each an integer or null */
};

/* name    of the field
 * kind    what its value is
 * null    the value can be null as well: unknown
 * in      the types of records that can have the field
 * always  the types of records that have it always
 * words   for SCHEMA_WORD: the words, with spaces between
 * about   what the field says, for the `description` of the schema
 */
struct schema_field {
	const char *name;
	enum schema_kind kind;
	bool null;
	unsigned int in, always;
	const char *words, *about;
};

/* All fields of records, and all fields of the lines of events, each in the order in which lines
 * have them; name is NULL after the last one. */
extern const struct schema_field schema_fields[], schema_event_fields[];

/* The list that has the fields of the record schema_records[i]. */
const struct schema_field *schema_fields_of(size_t i);

/* The names of the types of records, the bit 1 << i of enum schema_record at i. */
extern const char *const schema_records[SCHEMA_RECORDS];

/* Write the JSON Schema (draft 2020-12) of a line. Errors are those of the stream. */
void schema_print(FILE *out);

#endif
