/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/row.h"

#define TEXT_SIZE 512

const char *row_word(const struct option_row *row, size_t i)
{
	if (row->choices)
		return row->choices[i].name;
	return row->word ? row->word(i) : NULL;
}

/* A text that grows in an array and is cut at its end. */
struct text {
	char *end;
	size_t room;	/* the final '\0' included */
};

static void add(struct text *t, const char *part, size_t len)
{
	if (len >= t->room)
		len = t->room - 1;
	memcpy(t->end, part, len);
	t->end += len;
	t->room -= len;
	*t->end = '\0';
}

static void add_words(struct text *t, const struct option_row *row, const char *between,
		      const char *before_last)
{
	const char *word = row_word(row, 0), *next;

	for (size_t i = 1; word; word = next, i++) {
		next = row_word(row, i);
		if (i > 1)
			add(t, next ? between : before_last, strlen(next ? between : before_last));
		add(t, word, strlen(word));
	}
}

static void expand(const struct option_row *row, const char *text, const char *between,
		   const char *before_last, struct text *t)
{
	*t->end = '\0';
	for (;;) {
		size_t len = strcspn(text, "%");

		add(t, text, len);
		if (!text[len])
			return;
		add_words(t, row, between, before_last);
		text += len + 1;
	}
}

void row_help(const struct option_row *row, char *out, size_t size)
{
	expand(row, row->help, ", ", row->shape == SHAPE_WORD ? " or " : ", ",
	       &(struct text){ out, size });
}

void row_argument(const struct option_row *row, char *out, size_t size)
{
	const char *between = row->shape == SHAPE_WORD ? "|" : ",";

	expand(row, row->argument, between, between, &(struct text){ out, size });
}

/* Of a long value the beginning is enough: the reason quotes the part that is wrong. */
enum options_result row_refuse(const struct option_row *row, const char *typed, const char *value,
			       const struct refusal *reason, struct refusal *message)
{
	char words[TEXT_SIZE];

	expand(row, reason->words ? "%" : "", ", ", " or ", &(struct text){ words, sizeof(words) });
	refuse(message, "%s %.64s%s: %s%s%s%s", typed, *value ? value : "''",
	       strlen(value) > 64 ? "..." : "", reason->why, words,
	       row->expected ? "; give " : "", row->expected ? row->expected : "");
	return OPTIONS_WRONG;
}

enum options_result row_take(const struct option_row *row, void *opts, const char *typed,
			     const char *value, bool *given, struct refusal *message)
{
	enum options_result result;
	struct refusal reason;

	if (*given && row->once) {
		refuse(message, "%s: given twice; %s", typed, row->once);
		return OPTIONS_WRONG;
	}
	*given = true;
	result = row->take(opts, row, value, &reason);
	return result == OPTIONS_WRONG ? row_refuse(row, typed, value, &reason, message) : result;
}
