/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/beside.h"
#include "cli/log.h"
#include "cli/program.h"
#include "cli/row.h"

/* What getopt_long() returns for an option without a letter: the number of its row
 * after all letters. */
#define FIRST_ROW 256

/* The tables of getopt_long(), made from the rows of a program. */
struct tables {
	struct option longs[OPTIONS_MAX_ROWS];
	char letters[3 + 3 * OPTIONS_MAX_ROWS];
};

static int argument_kind(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return row->optional ? optional_argument : required_argument;
}

/* Whether an option takes the rest of the command line. */
static bool takes_rest(const struct option_program *p)
{
	const struct option_row *row = p->rows;

	while (row->name && !row->rest)
		row++;
	return row->name;
}

static void make_tables(const struct option_program *p, struct tables *t)
{
	char *letter = t->letters;

	memset(t, 0, sizeof(*t));
	if (takes_rest(p))
		*letter++ = '+';	/* leave the words in the order that they have */
	*letter++ = ':';	/* a missing value makes ':', not '?' */
	for (int i = 0; p->rows[i].name; i++) {
		const struct option_row *row = &p->rows[i];

		t->longs[i] = (struct option){ row->name, argument_kind(row), NULL,
					       row->letter ? row->letter : FIRST_ROW + i };
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		for (int colons = argument_kind(row); colons; colons--)
			*letter++ = ':';	/* none, one or two, as getopt(3) has it */
	}
}

/* The row that a result of getopt_long() stands for; NULL for none. */
static const struct option_row *row_of(const struct option_program *p, int option)
{
	for (int i = 0; p->rows[i].name; i++)
		if (option == p->rows[i].letter || option == FIRST_ROW + i)
			return &p->rows[i];
	return NULL;
}

/* The long options that an abbreviation can stand for, in a message. */
static void complain_ambiguous(const struct option_program *p, const char *typed)
{
	size_t len = strcspn(typed, "=") - 2, at = 0;
	char names[256] = "";

	for (const struct option_row *row = p->rows; row->name && at < sizeof(names); row++)
		if (!strncmp(row->name, typed + 2, len))
			at += snprintf(names + at, sizeof(names) - at, "%s--%s", at ? ", " : "",
				       row->name);
	if (at)
		log_error("%s: can stand for %s; write more of the name", typed, names);
	else
		log_error("%s: not an option; see %s --help", typed, p->name);
}

/* Say what getopt_long() has refused, as it was typed. A letter is named by itself: it can
 * stand among others (-qx); and when getopt_long() has not yet moved on from these letters,
 * argv[optind - 1] is the word before them. */
static enum options_result complain(const struct option_program *p, int result, char *argv[])
{
	const char *typed = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' }, argument[128];

	/* optopt is 0 for a long option that is unknown or ambiguous */
	if (result == ':') {
		row_argument(row_of(p, optopt), argument, sizeof(argument));
		log_error("%s: its value is missing: %s", strncmp(typed, "--", 2) ? letter : typed,
			  argument);
	} else if (!optopt) {
		complain_ambiguous(p, typed);
	} else if (row_of(p, optopt)) {
		log_error("%s: takes no value; leave it out", typed);
	} else {
		log_error("%s: not an option; see %s --help", letter, p->name);
	}
	return OPTIONS_WRONG;
}

/* Read the option of this row. by_letter: it was typed as -w, not as --window; *given: the command
 * line had it before. */
static enum options_result take(void *opts, const struct option_row *row, const char *value,
				bool by_letter, bool *given)
{
	enum options_result result;
	struct refusal message;
	char typed[64];

	if (by_letter)
		snprintf(typed, sizeof(typed), "-%c", row->letter);
	else
		snprintf(typed, sizeof(typed), "--%s", row->name);
	result = row_take(row, opts, typed, value, given, &message);
	if (result == OPTIONS_WRONG)
		log_error("%s", message.why);
	return result;
}

/* The option that was just read takes the rest of the command line: its value is the first of the
 * words, which is in argv, or behind the = of the option's own word. */
static void take_rest(void *opts, const struct option_row *row, int argc, char *argv[])
{
	char **words = &argv[optind - 1];

	*words = optarg;
	memcpy((char *)opts + row->at, &words, sizeof(words));
	optind = argc;
}

/* getopt_long() has moved all words that are no options behind the options. */
static void take_words(const struct option_program *p, void *opts, int argc, char *argv[])
{
	struct option_words words = { argv + optind, argc - optind };

	memcpy((char *)opts + p->words_at, &words, sizeof(words));
}

/* As getopt_long(), which numbers long options only. */
static int next_option(int argc, char *argv[], const struct tables *t, bool *by_letter)
{
	int number = -1, option = getopt_long(argc, argv, t->letters, t->longs, &number);

	*by_letter = number < 0;
	return option;
}

static enum options_result read_all(const struct option_program *p, void *opts, int argc,
				    char *argv[], bool given[OPTIONS_MAX_ROWS])
{
	enum options_result result;
	struct tables tables;
	bool by_letter;
	int option;

	make_tables(p, &tables);
	opterr = 0;
	optind = 0;	/* begin anew: tests parse many command lines */
	while ((option = next_option(argc, argv, &tables, &by_letter)) != -1) {
		const struct option_row *row = row_of(p, option);

		if (!row)
			return complain(p, option, argv);
		result = take(opts, row, optarg, by_letter, &given[row - p->rows]);
		if (result != OPTIONS_RUN)
			return result;
		if (p->values_at)
			((struct option_values *)((char *)opts + p->values_at))->of[row - p->rows] = optarg;
		if (row->rest)
			take_rest(opts, row, argc, argv);
	}
	if (p->words) {
		take_words(p, opts, argc, argv);
	} else if (optind < argc) {
		log_error("%s: not expected; options begin with -, see %s --help", argv[optind],
			  p->name);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_result program_parse(const struct option_program *p, void *opts, int argc,
				  char *argv[])
{
	bool given[OPTIONS_MAX_ROWS] = { false };
	enum options_result result;

	log_name(p->name);
	result = read_all(p, opts, argc, argv, given);
	if (result == OPTIONS_RUN)
		result = options_beside(p, given);
	return result == OPTIONS_RUN ? p->together(p, opts, given) : result;
}
