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

static bool same_field(const struct flat_field *field, const json_t *object)
{
	size_t len;
	char *name = meaning(&field->name, &len);
	const json_t *theirs = json_object_get(object, name);
	bool same = strlen(name) == len && theirs && same_value(field, theirs);

	free(name);
	return same;
}

/* Whether the object is one of those that only this reader refuses. */
static bool is_refused_here(const json_t *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object) || json_object_size(object) > FLAT_MAX_FIELDS)
		return true;
	json_object_foreach((json_t *)object, name, value)
		if (json_is_object(value) || json_is_array(value))
			return true;
	return false;
}

bool json_agree(const char *bytes, size_t len, bool *taken)
{
	json_t *object = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	struct flat_field field;
	struct flat flat;
	bool same = true;
	size_t n = 0;
	int more;

	flat_begin(&flat, bytes, len);
	while ((more = flat_next(&flat, &field)) > 0) {
		n++;
		if (object && !is_refused_here(object))
			same = same && same_field(&field, object);
	}
	*taken = more == 0;
	if (*taken)
		same = same && object && !is_refused_here(object) && n == json_object_size(object);
	else
		same = same && flat.why && (!object || is_refused_here(object) || memchr(bytes, 0, len));
	json_decref(object);
	return same;
}
