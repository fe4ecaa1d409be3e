/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "lines/address.h"
#include "lines/time.h"
#include "lines/values.h"

#define TIME_SIZE 64	/* room for more digits of a fraction than any clock has */

static const struct {
	const char *name;
	enum flat_type type;
} fields[] = {
#define LINE_FIELD_ROW(name, type) { #name, FLAT_##type },
	LINE_FIELDS(LINE_FIELD_ROW)
};

static const char *const wrong_type[] = {
	[FLAT_STRING] = "not a string", [FLAT_COUNT] = "not a number without sign, point and exponent",
	[FLAT_TRUTH] = "not true or false",
};

int line_blame(struct line_values *v, enum line_field field, const char *why)
{
	*v->problem = (struct line_problem){ fields[field].name, why };
	return -EBADMSG;
}

/* The names that lines have. A run of ctagg or ctagg-deliver reads lines in one thread. */
static struct flat_names *all_names(void)
{
	static struct flat_names names;

	if (!names.n) {
		flat_names_init(&names);
		for (unsigned int i = 0; i < LINE_N_FIELDS; i++)
			flat_names_add(&names, fields[i].name, false, (int)i);
	}
	return &names;
}

int line_values_read(struct line_values *v, const char *line, size_t len, struct line_problem *problem)
{
	const struct flat_field *field;
	struct flat flat;
	int more;

	v->seen = 0;
	v->problem = problem;
	flat_begin(&flat, all_names(), v->of, line, len);
	while ((more = flat_next(&flat, &field)) > 0)
		if (field->number >= 0)
			v->seen |= UINT64_C(1) << field->number;
	if (more < 0)
		*problem = (struct line_problem){ NULL, flat.why };
	return more;
}

int line_values_check(struct line_values *v)
{
	for (unsigned int i = 0; i < LINE_N_FIELDS; i++)
		if (line_has(v, i) && v->of[i].type != fields[i].type)
			return line_blame(v, i, wrong_type[fields[i].type]);
	return 0;
}

static int missing(struct line_values *v, enum line_field field)
{
	return line_blame(v, field, "missing");
}

int line_count(struct line_values *v, enum line_field field, uint64_t min, uint64_t max, uint64_t *n)
{
	if (!line_has(v, field))
		return missing(v, field);
	*n = v->of[field].count;
	return *n < min || *n > max ? line_blame(v, field, "out of range") : 0;
}

int line_word(struct line_values *v, enum line_field field, const char *const *words, unsigned int *n)
{
	if (!line_has(v, field))
		return missing(v, field);
	for (*n = 0; words[*n]; ++*n)
		if (*words[*n] && flat_is(&v->of[field].text, words[*n], strlen(words[*n])))
			return 0;
	return line_blame(v, field, "not one of its words");
}

int line_text(struct line_values *v, enum line_field field, char *to, size_t room, size_t *len)
{
	if (!line_has(v, field))
		return missing(v, field);
	if (!flat_copy(&v->of[field].text, to, room - 1, len))
		return line_blame(v, field, "too long");
	to[*len] = '\0';
	return 0;
}

int line_instant(struct line_values *v, enum line_field field, uint64_t *ns)
{
	char text[TIME_SIZE];
	size_t len;
	int err = line_text(v, field, text, sizeof(text), &len);

	if (err)
		return err;
	return line_time(text, len, ns) ? 0 :
	       line_blame(v, field, "not a time of RFC 3339 with its zone, from 1970 to 2261");
}

int line_address(struct line_values *v, enum line_field field, __u8 addr[16], __u8 *family)
{
	char text[INET6_ADDRSTRLEN];
	size_t len;
	int err = line_text(v, field, text, sizeof(text), &len);

	if (err)
		return err;
	return line_ip(text, len, addr, family) ? 0 : line_blame(v, field, "not an IP address");
}
