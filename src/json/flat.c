/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json/flat.h"
#include "json/flat_text.h"

/* The byte that comes next; -1 behind the last one. */
static int peek(const struct flat *f)
{
	return f->p < f->end ? (unsigned char)*f->p : -1;
}

/* Mostly there is none. */
static void skip_space(struct flat *f)
{
	const char *p = f->p, *end = f->end;

	while (p < end && (unsigned char)*p <= ' ' && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	f->p = p;
}

/* --- numbers and words ---------------------------------------------------------- */

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* At least one digit. */
static bool skip_digits(struct flat *f)
{
	if (!is_digit(peek(f)))
		return false;
	while (is_digit(peek(f)))
		f->p++;
	return true;
}

/* Skip a fraction and an exponent. Returns 1 when there was one of them, 0 when there was none,
 * -EBADMSG when one lacks its digits. */
static int skip_fraction(struct flat *f)
{
	int any = 0;

	if (peek(f) == '.') {
		f->p++;
		any = 1;
		if (!skip_digits(f))
			return flat_bad(f, "a number without digits behind its point");
	}
	if (peek(f) == 'e' || peek(f) == 'E') {
		f->p++;
		any = 1;
		if (peek(f) == '+' || peek(f) == '-')
			f->p++;
		if (!skip_digits(f))
			return flat_bad(f, "a number without digits in its exponent");
	}
	return any;
}

/* Whether 64 bits or a double can hold the number at `start`, behind which there is one more byte
 * at least, and none that could belong to a number. */
static bool can_be_held(const char *start, bool whole)
{
	double value;

	errno = 0;
	if (whole) {
		strtoll(start, NULL, 10);
		return !errno;
	}
	value = strtod(start, NULL);	/* a number too close to 0 is held as 0 */
	return !errno || (value > -1 && value < 1);
}

/* A number that is more than digits: from `start' on, f->p stands behind its first digits. */
static int read_odd_number(struct flat *f, struct flat_field *field, const char *start)
{
	int fraction = skip_fraction(f);

	if (fraction < 0)
		return fraction;
	field->type = FLAT_NUMBER;
	field->text = (struct flat_text){ .p = start, .len = f->p - start };
	if (f->p == f->end)
		return flat_bad(f, "the line ends inside the object");
	return can_be_held(start, !fraction) ? 0 : flat_bad(f, "a number too large to be held");
}

static int read_number(struct flat *f, struct flat_field *field)
{
	const char *start = f->p, *digits = start + (*start == '-'), *p = digits, *end = f->end;
	uint64_t n = 0;

	for (; p < end && is_digit(*p); p++)
		n = 10 * n + (*p - '0');
	f->p = p;
	if (f->p == digits || (*digits == '0' && f->p - digits > 1))
		return flat_bad(f, "a number without digits, or with a 0 before them");
	if (digits != start || peek(f) == '.' || (peek(f) | 0x20) == 'e')
		return read_odd_number(f, field, start);
	field->type = FLAT_COUNT;
	field->count = n;	/* 19 digits are less than 2^64 */
	return f->p - digits <= 19 && n <= INT64_MAX ? 0 : flat_bad(f, "a number above 2^63 - 1");
}

static bool skip_word(struct flat *f, const char *word, size_t len)
{
	if ((size_t)(f->end - f->p) < len || memcmp(f->p, word, len))
		return false;
	f->p += len;
	return true;
}

static int read_word(struct flat *f, struct flat_field *field)
{
	field->type = FLAT_TRUTH;
	field->truth = skip_word(f, "true", 4);
	if (field->truth || skip_word(f, "false", 5))
		return 0;
	field->type = FLAT_NULL;
	if (skip_word(f, "null", 4))
		return 0;
	return flat_bad(f, "a value that is no string, number, true, false or null");
}

static int read_value(struct flat *f, struct flat_field *field)
{
	int c = peek(f);

	if (c == '"') {
		f->p++;
		field->type = FLAT_STRING;
		return flat_read_string(f, &field->text);
	}
	if (c == '-' || is_digit(c))
		return read_number(f, field);
	if (c == '{' || c == '[')
		return flat_bad(f, "a value inside a value");
	return c < 0 ? flat_bad(f, "the line ends inside the object") : read_word(f, field);
}

/* --- names ------------------------------------------------------------------------ */

/* Whether the object has a name already that is not in f->names. Escapes spell a name in many ways, and
 * such names are rare: all are compared. */
static bool met_other(const struct flat *f, const struct flat_text *name)
{
	for (size_t i = f->first_other; i < f->n_others; i++) {
		const struct flat_text *other = &f->others[i];

		if ((other->len == name->len || other->escaped || name->escaped) && flat_same_text(other, name))
			return true;
	}
	return false;
}

/* The place of a name in f->names; 0: it has none. */
static unsigned int find(struct flat *f, const struct flat_text *name)
{
	char copy[FLAT_MAX_NAME];
	size_t len;

	if (!f->names || (name->escaped && !flat_copy(name, copy, sizeof(copy), &len)))
		return 0;
	if (!name->escaped)
		return flat_names_find(f->names, name->p, name->len, f->within);
	return flat_names_find(f->names, copy, len, f->within);
}

/* Take a name that is in f->names: whether it is new to the line. */
static bool is_new(struct flat *f, unsigned int known)
{
	uint64_t bit = UINT64_C(1) << known % 64, *met = &f->met[known / 64];
	bool is = !(*met & bit);

	*met |= bit;
	f->known = known;
	return is;
}

static int remember(struct flat *f, const struct flat_text *name, int *number)
{
	unsigned int known = find(f, name), before = f->known;

	if (known ? !is_new(f, known) : met_other(f, name))
		return flat_bad(f, "a name given twice");
	if (!known) {
		f->others[f->n_others++] = *name;
		*number = -1;
		return 0;
	}
	f->names->of[before].next = (uint8_t)known;
	*number = f->names->of[known].number;
	return 0;
}

static bool same_bytes(const char *a, const char *b, size_t n)
{
	uint64_t x, y;

	if (n < 8)
		return !memcmp(a, b, n);
	for (size_t i = 0; i < n; i += 8) {
		size_t at = i + 8 <= n ? i : n - 8;

		memcpy(&x, a + at, 8);
		memcpy(&y, b + at, 8);
		if (x != y)
			return false;
	}
	return true;
}

/* Read a name, from behind its first quote up to behind its colon, if it is the one that stood behind the
 * name before it the last time. */
static bool read_expected(struct flat *f, struct flat_text *name, int *number)
{
	const struct flat_name *next;
	unsigned int known;
	size_t len;

	if (!f->names)
		return false;
	known = f->names->of[f->known].next;
	next = &f->names->of[known];
	len = next->len + 2;
	if (!known || next->inner != f->within || (size_t)(f->end - f->p) < len ||
	    !same_bytes(f->p, f->names->bytes + next->at, len) || !is_new(f, known))
		return false;
	*name = (struct flat_text){ .p = f->p, .len = next->len };
	*number = next->number;
	f->p += len;
	return true;
}

static int read_any_name(struct flat *f, struct flat_text *name, int *number)
{
	int err = flat_read_string(f, name);

	if (!err)
		err = remember(f, name, number);
	if (err)
		return err;
	skip_space(f);
	if (peek(f) != ':')
		return flat_bad(f, "no colon behind a name");
	f->p++;
	return 0;
}

static int read_name(struct flat *f, struct flat_text *name, int *number)
{
	if (peek(f) != '"')
		return flat_bad(f, "no name in quotes where a field should begin");
	f->p++;
	if (f->n++ == FLAT_MAX_FIELDS)
		return flat_bad(f, "too many fields");
	if (!read_expected(f, name, number) && read_any_name(f, name, number))
		return -EBADMSG;
	skip_space(f);
	return 0;
}

/* --- the object --------------------------------------------------------------------- */

void flat_begin(struct flat *f, struct flat_names *names, struct flat_field *of, const char *line, size_t len)
{
	f->p = line;
	f->end = line + len;
	f->why = f->allowed = NULL;
	f->names = names;
	f->of = of;
	f->begun = f->within = f->any = false;
	f->known = 0;
	memset(f->met, 0, sizeof(f->met));
	f->n = f->n_others = f->first_other = 0;
}

void flat_allow(struct flat *f, const char *name)
{
	f->allowed = name;
}

/* Skip what stands before a field. Returns 1 before a field, 0 behind the object. */
static int find_field(struct flat *f)
{
	if (f->any && f->end - f->p > 1 && f->p[0] == ',' && f->p[1] == '"') {
		f->p++;
		return 1;
	}
	skip_space(f);
	if (!f->begun && peek(f) != '{')
		return flat_bad(f, "no object");
	if (f->any && peek(f) != ',' && peek(f) != '}')
		return flat_bad(f, peek(f) < 0 ? "the line ends inside the object" : "no comma between two fields");
	if (!f->begun || peek(f) == ',') {
		f->p++;
		skip_space(f);
		if (f->begun || peek(f) != '}') {
			f->begun = f->any = true;
			return 1;
		}
	}
	f->p++;
	return 0;
}

/* The names of the inner object are its own. */
static void enter(struct flat *f)
{
	f->first_other = f->n_others;
	f->within = true;
	f->begun = f->any = false;
}

static void leave(struct flat *f)
{
	f->n_others = f->first_other;
	f->first_other = 0;
	f->within = false;
	f->begun = f->any = true;
}

static bool may_enter(const struct flat *f, const struct flat_text *name)
{
	return f->allowed && !f->within && flat_is(name, f->allowed, strlen(f->allowed));
}

/* Skip what stands behind the line's object. */
static int find_end(struct flat *f)
{
	skip_space(f);
	return f->p == f->end ? 0 : flat_bad(f, "text behind the object");
}

int flat_next(struct flat *f, const struct flat_field **out)
{
	struct flat_field *field = &f->spare;
	int more, number;

	for (;;) {
		more = find_field(f);
		if (more < 0)
			return more;
		if (!more && !f->within)
			return find_end(f);
		if (!more) {
			leave(f);
			continue;
		}
		if (read_name(f, &field->name, &number))
			return -EBADMSG;
		if (peek(f) != '{' || !may_enter(f, &field->name))
			break;
		enter(f);
	}
	if (f->of && number >= 0)
		field = &f->of[number];
	field->number = number;
	field->inner = f->within;
	*out = field;
	return read_value(f, field) ? -EBADMSG : 1;
}
