/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json/agree.h"
#include "json/flat.h"

/* What the text means, in memory that the caller frees. A text is never longer than its bytes. */
static char *meaning(const struct flat_text *text, size_t *len)
{
	char *copy = malloc(text->len + 1);

	if (!copy || !flat_copy(text, copy, text->len, len) || !flat_is(text, copy, *len))
		abort();
	copy[*len] = '\0';
	return copy;
}

static bool same_string(const struct flat_text *text, const json_t *theirs)
{
	size_t len;
	char *ours = meaning(text, &len);
	bool same = json_is_string(theirs) && json_string_length(theirs) == len &&
		    !memcmp(ours, json_string_value(theirs), len);

	free(ours);
	return same;
}

/* -0 is no FLAT_COUNT here, and 0 there. */
static bool same_value(const struct flat_field *field, const json_t *theirs)
{
	switch (field->type) {
	case FLAT_STRING:
		return same_string(&field->text, theirs);
	case FLAT_COUNT:
		return json_is_integer(theirs) && (uint64_t)json_integer_value(theirs) == field->count;
	case FLAT_NUMBER:
		return json_is_real(theirs) || (json_is_integer(theirs) && json_integer_value(theirs) <= 0);
	case FLAT_TRUTH:
		return field->truth ? json_is_true(theirs) : json_is_false(theirs);
	case FLAT_NULL:
		break;
	}
	return json_is_null(theirs);
}

/* The field of the line that may be an object, where one may be. */
#define OBJECT "a"

static bool same_field(const struct flat_field *field, const json_t *object)
{
	size_t len;
	char *name = meaning(&field->name, &len);
	const json_t *around = field->inner ? json_object_get(object, OBJECT) : object;
	const json_t *theirs = json_object_get(around, name);
	bool same = strlen(name) == len && theirs && same_value(field, theirs);

	free(name);
	return same;
}

static size_t names_in(const json_t *object, bool allowed)
{
	return json_object_size(object) + (allowed ? json_object_size(json_object_get(object, OBJECT)) : 0);
}

/* The name of the field that is an object is not shown. */
static size_t fields_in(const json_t *object, bool allowed)
{
	return names_in(object, allowed) - (allowed && json_is_object(json_object_get(object, OBJECT)));
}

static bool nests(const json_t *object, bool allowed)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) {
		if (allowed && json_is_object(value) && !strcmp(name, OBJECT) && !nests(value, false))
			continue;
		if (json_is_object(value) || json_is_array(value))
			return true;
	}
	return false;
}

/* Whether the object is one of those that only this reader refuses. */
static bool is_refused_here(const json_t *object, bool allowed)
{
	return !json_is_object(object) || names_in(object, allowed) > FLAT_MAX_FIELDS || nests(object, allowed);
}

/* allowed: one field may be an object. */
static bool agrees(const json_t *object, struct flat_names *names, const char *bytes, size_t len, bool allowed,
		   bool *taken)
{
	bool same = true, refused = object && is_refused_here(object, allowed);
	const struct flat_field *field;
	struct flat flat;
	size_t n = 0;
	int more;

	flat_begin(&flat, names, NULL, bytes, len);
	if (allowed)
		flat_allow(&flat, OBJECT);
	while ((more = flat_next(&flat, &field)) > 0) {
		n++;
		if (object && !refused)
			same = same && same_field(field, object);
	}
	*taken = more == 0;
	if (*taken)
		return same && object && !refused && n == fields_in(object, allowed);
	return same && flat.why && (!object || refused || memchr(bytes, 0, len));
}

/* The names of fields are found without names that are known, as new ones, and as those that stood in
 * this order the last time. */
bool json_agree(const char *bytes, size_t len, bool *taken)
{
	json_t *object = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	bool same = true, now;
	struct flat_names names;

	flat_names_init(&names);
	flat_names_add(&names, "b", false, 1);
	for (unsigned int i = 0; i < 6; i++) {
		same = same && agrees(object, i / 2 ? &names : NULL, bytes, len, i % 2, &now);
		if (i == 0)
			*taken = now;
		else if (i % 2 == 0)
			same = same && *taken == now;
	}
	json_decref(object);
	return same;
}
