/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json/flat.h"
#include "json/unicode.h"

static int bad(struct flat *f, const char *why)
{
	f->why = why;
	return -EBADMSG;
}

/* The byte that comes next; -1 behind the last one. */
static int peek(const struct flat *f)
{
	return f->p < f->end ? (unsigned char)*f->p : -1;
}

static void skip_space(struct flat *f)
{
	while (f->p < f->end && (*f->p == ' ' || *f->p == '\t' || *f->p == '\r' || *f->p == '\n'))
		f->p++;
}

/* --- strings ------------------------------------------------------------------ */

/* Four hexadecimal digits; -1 where one is missing. */
static int32_t four_digits(const char *p, const char *end)
{
	int32_t n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

/* Decode the escape of a character by its number, from behind its "\u" on: two escapes where the
 * character has a surrogate pair. Returns how many bytes the escape has, both "\u" included, or
 * 0. */
static size_t escaped_number(const char *p, const char *end, uint32_t *point)
{
	int32_t high = four_digits(p, end), low;

	*point = high;
	if (high <= 0 || (high >= 0xdc00 && high <= 0xdfff))
		return 0;
	if (high < 0xd800 || high > 0xdfff)
		return 6;
	if (end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return 0;
	low = four_digits(p + 6, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*point = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* Decode the escape at p, which begins with a backslash. Returns how many bytes it has, or 0. */
static size_t escape(const char *p, const char *end, uint32_t *point)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (end - p < 2)
		return 0;
	if (p[1] == 'u')
		return escaped_number(p + 2, end, point);
	letter = memchr(letters, p[1], sizeof(letters) - 1);
	if (!letter)
		return 0;
	*point = meant[letter - letters];
	return 2;
}

/* The length of the character at f->p, which is no plain ASCII; 0: there is none. */
static size_t odd_character(struct flat *f, struct flat_text *text)
{
	uint32_t point;
	size_t n;

	if (*f->p == '\\') {
		text->escaped = true;
		n = escape(f->p, f->end, &point);
		if (!n)
			bad(f, "an escape that JSON does not have, or half a surrogate pair");
		return n;
	}
	n = (unsigned char)*f->p < 0x20 ? 0 : utf8_decode((const unsigned char *)f->p, f->end - f->p, &point);
	if (!n)
		bad(f, "a byte in a string that is a control character or not UTF-8");
	return n;
}

/* Bytes of a string that stand for themselves. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Read a string from behind its first quote on, up to behind its last one. */
static int read_string(struct flat *f, struct flat_text *text)
{
	size_t n;

	text->p = f->p;
	text->escaped = false;
	for (;;) {
		while (f->p < f->end && is_plain(*f->p))
			f->p++;
		if (f->p == f->end)
			return bad(f, "a string without an end");
		if (*f->p == '"')
			break;
		n = odd_character(f, text);
		if (!n)
			return -EBADMSG;
		f->p += n;
	}
	text->len = f->p++ - text->p;
	return 0;
}

/* The next character that a well-formed text means, from *p on. */
static uint32_t next_point(const struct flat_text *text, const char **p)
{
	const char *end = text->p + text->len;
	uint32_t point = 0;

	if (text->escaped && **p == '\\')
		*p += escape(*p, end, &point);
	else
		*p += utf8_decode((const unsigned char *)*p, end - *p, &point);
	return point;
}

bool flat_copy(const struct flat_text *text, char *to, size_t room, size_t *len)
{
	const char *p = text->p, *end = p + text->len;
	char bytes[4];
	size_t n;

	*len = 0;
	if (!text->escaped) {
		if (text->len > room)
			return false;
		memcpy(to, p, text->len);
		*len = text->len;
		return true;
	}
	while (p < end) {
		n = utf8_encode(bytes, next_point(text, &p));
		if (n > room - *len)
			return false;
		memcpy(to + *len, bytes, n);
		*len += n;
	}
	return true;
}

static bool same_meaning(const struct flat_text *a, const struct flat_text *b)
{
	const char *p = a->p, *q = b->p, *p_end = p + a->len, *q_end = q + b->len;

	while (p < p_end && q < q_end)
		if (next_point(a, &p) != next_point(b, &q))
			return false;
	return p == p_end && q == q_end;
}

static bool same_text(const struct flat_text *a, const struct flat_text *b)
{
	if (a->escaped || b->escaped)
		return same_meaning(a, b);
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

bool flat_is(const struct flat_text *text, const char *s, size_t len)
{
	return same_text(text, &(struct flat_text){ .p = s, .len = len });
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
			return bad(f, "a number without digits behind its point");
	}
	if (peek(f) == 'e' || peek(f) == 'E') {
		f->p++;
		any = 1;
		if (peek(f) == '+' || peek(f) == '-')
			f->p++;
		if (!skip_digits(f))
			return bad(f, "a number without digits in its exponent");
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

/* The value of digits; false when it is above 2^63 - 1. */
static bool count_of(const char *p, const char *end, uint64_t *count)
{
	uint64_t n = 0;

	if (end - p > 19)
		return false;
	for (; p < end; p++)	/* 19 digits are less than 2^64 */
		n = 10 * n + (*p - '0');
	*count = n;
	return n <= INT64_MAX;
}

static int read_number(struct flat *f, struct flat_field *field)
{
	const char *start = f->p, *digits;
	int fraction;

	if (*start == '-')
		f->p++;
	digits = f->p;
	if (!skip_digits(f) || (*digits == '0' && f->p - digits > 1))
		return bad(f, "a number without digits, or with a 0 before them");
	field->type = FLAT_COUNT;
	if (digits == start && peek(f) != '.' && (peek(f) | 0x20) != 'e')
		return count_of(start, f->p, &field->count) ? 0 : bad(f, "a number above 2^63 - 1");
	fraction = skip_fraction(f);
	if (fraction < 0)
		return fraction;
	field->type = FLAT_NUMBER;
	field->text = (struct flat_text){ .p = start, .len = f->p - start };
	if (f->p == f->end)
		return bad(f, "the line ends inside the object");
	return can_be_held(start, !fraction) ? 0 : bad(f, "a number too large to be held");
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
	return bad(f, "a value that is no string, number, true, false or null");
}

static int read_value(struct flat *f, struct flat_field *field)
{
	int c = peek(f);

	if (c == '"') {
		f->p++;
		field->type = FLAT_STRING;
		return read_string(f, &field->text);
	}
	if (c == '-' || is_digit(c))
		return read_number(f, field);
	if (c == '{' || c == '[')
		return bad(f, "a value inside a value");
	return c < 0 ? bad(f, "the line ends inside the object") : read_word(f, field);
}

/* --- names ------------------------------------------------------------------------ */

static uint64_t eight_bytes(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* The bytes of a name that has less than eight, as a number. */
static uint64_t few_bytes(const struct flat_text *name, const char *end)
{
	uint64_t word = 0;

	if (end - name->p >= 8)
		return le64toh(eight_bytes(name->p)) & ((UINT64_C(1) << 8 * name->len) - 1);
	for (size_t i = name->len; i-- > 0;)
		word = word << 8 | (unsigned char)name->p[i];
	return word;
}

/* A number that two names share when they are equal, and few others do. */
static uint64_t print_of(const struct flat_text *name, const char *end)
{
	uint64_t print;

	if (name->len < 8)
		print = few_bytes(name, end);
	else
		print = eight_bytes(name->p) ^ eight_bytes(name->p + name->len - 8) * 3;
	return (print + name->len) * 0x9e3779b97f4a7c15ULL;
}

/* Whether the object has this name already. Escapes spell a name in many ways, so from the first
 * name with one all names are compared one by one. */
static bool met_before(const struct flat *f, const struct flat_text *name, uint64_t print)
{
	for (size_t i = f->outer; i < f->n; i++)
		if ((f->escaped_names || f->names[i].print == print) &&
		    same_text(&f->names[i].name, name))
			return true;
	return false;
}

/* `met` has a bit for the prints of all names so far: most names find theirs unset, and so are
 * known to be new. */
static int remember(struct flat *f, const struct flat_text *name)
{
	uint64_t print = print_of(name, f->end), bit = UINT64_C(1) << (print >> 58);

	f->escaped_names |= name->escaped;
	if ((f->escaped_names || f->met & bit) && met_before(f, name, print))
		return bad(f, "a name given twice");
	if (f->n == FLAT_MAX_FIELDS)
		return bad(f, "too many fields");
	f->met |= bit;
	f->names[f->n].name = *name;
	f->names[f->n++].print = print;
	return 0;
}

static int read_name(struct flat *f, struct flat_text *name)
{
	int err;

	if (peek(f) != '"')
		return bad(f, "no name in quotes where a field should begin");
	f->p++;
	err = read_string(f, name);
	if (!err)
		err = remember(f, name);
	if (err)
		return err;
	skip_space(f);
	if (peek(f) != ':')
		return bad(f, "no colon behind a name");
	f->p++;
	skip_space(f);
	return 0;
}

/* --- the object --------------------------------------------------------------------- */

void flat_begin(struct flat *f, const char *line, size_t len)
{
	f->p = line;
	f->end = line + len;
	f->why = f->allowed = NULL;
	f->begun = f->escaped_names = false;
	f->met = 0;
	f->n = f->outer = 0;
}

void flat_allow(struct flat *f, const char *name)
{
	f->allowed = name;
}

/* Skip what stands before a field. Returns 1 before a field, 0 behind the object. */
static int find_field(struct flat *f)
{
	skip_space(f);
	if (!f->begun && peek(f) != '{')
		return bad(f, "no object");
	if (f->n > f->outer && peek(f) != ',' && peek(f) != '}')
		return bad(f, peek(f) < 0 ? "the line ends inside the object" : "no comma between two fields");
	if (!f->begun || peek(f) == ',') {
		f->p++;
		skip_space(f);
		if (f->begun || peek(f) != '}') {
			f->begun = true;
			return 1;
		}
	}
	f->p++;
	return 0;
}

/* The names of the inner object are its own: they are kept above those of the outer one. */
static void enter(struct flat *f)
{
	f->outer = f->n;
	f->outer_met = f->met;
	f->met = 0;
	f->begun = false;
}

static void leave(struct flat *f)
{
	f->n = f->outer;
	f->met = f->outer_met;
	f->outer = 0;
	f->begun = true;
}

static bool may_enter(const struct flat *f, const struct flat_text *name)
{
	return f->allowed && !f->outer && flat_is(name, f->allowed, strlen(f->allowed));
}

/* Skip what stands behind the line's object. */
static int find_end(struct flat *f)
{
	skip_space(f);
	return f->p == f->end ? 0 : bad(f, "text behind the object");
}

int flat_next(struct flat *f, struct flat_field *field)
{
	int more;

	for (;;) {
		more = find_field(f);
		if (more < 0)
			return more;
		if (!more && !f->outer)
			return find_end(f);
		if (!more) {
			leave(f);
			continue;
		}
		if (read_name(f, &field->name))
			return -EBADMSG;
		if (peek(f) != '{' || !may_enter(f, &field->name))
			break;
		enter(f);
	}
	field->inner = f->outer;
	return read_value(f, field) ? -EBADMSG : 1;
}
