/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_ROW_H
#define CTAGG_CLI_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/choice.h"
#include "cli/program.h"
#include "cli/refusal.h"

/* An option is one row of a program's table. Parsing, --help and the completion files are made
 * from the rows. */

/* The shape of a value, as far as completion and --help want to know. */
enum option_shape {
	SHAPE_FREE,		/* nothing can be proposed */
	SHAPE_WORD,		/* one of the words */
	SHAPE_LIST,		/* words between commas */
	SHAPE_SELECTION,	/* as SHAPE_LIST, perhaps with a `!' before the list */
	SHAPE_NUMBER_WORD,	/* a number, and perhaps a comma and one of the words */
	SHAPE_PORTS,		/* as SHAPE_SELECTION, with the names of services for words */
	SHAPE_FILE,
	SHAPE_FOLDER,
	SHAPE_COMMAND,		/* a program, by its name or as a file */
	SHAPE_USER,		/* the name of a user */
	SHAPE_NETNS,		/* a network namespace: a name of ip-netns(8), or a file */
};

struct option_row;

/* Take the value (NULL where there is none) into *opts. Returns OPTIONS_RUN to go on with the
 * command line. Any other result ends the reading of the command line: with OPTIONS_WRONG the
 * reason is in *why, for the caller to say; otherwise the function has said all. */
typedef enum options_result option_take_fn(void *opts, const struct option_row *row,
					   const char *value, struct refusal *why);

struct option_row {
	const char *name;	/* long, without the dashes; NULL after the last row */
	char letter;		/* short; 0: none */
	unsigned int group;	/* of --help; the rows of a group stand together */
	const char *argument;	/* name of the value in --help; NULL: the option takes none */
	bool optional;		/* the value can be left out */
	bool rest;		/* the value and all words after it go into the member, a char ** */
	enum option_shape shape;
	const char *help;	/* completion shows the text up to the first `;' */

	option_take_fn *take;	/* kinds.h says how each function uses what follows */
	size_t at, size;	/* the member of *opts: ROW_MEMBER_OF() */
	uint64_t min, max;
	int value;		/* for the member, when the option stands without a value */
	const char *expected;	/* ends a refusal: "; give ..."; NULL: the reason says enough */
	const struct options_choice *choices;	/* the words and their values; or */
	const char *(*word)(size_t i);	/* the words alone: NULL after the last */

	const char *once;	/* why the option is given once; NULL: it can be repeated */
	const char *needs;	/* name of an option that must be given, too; */
	const char *needs_why;	/* and the message that says so */
};

#define ROW_MEMBER_OF(type, member)                                                            \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)

/* The i-th word that the value can be or begin with; NULL after the last one. */
const char *row_word(const struct option_row *row, size_t i);

/* Copy row->help with the words in place of `%': with "a, b or c" for one of them and "a, b, c"
 * for a list. A text that is too long is cut. */
void row_help(const struct option_row *row, char *out, size_t size);

/* Copy row->argument in the same way, with "a|b|c" for one of the words and "a,b,c" for a list. */
void row_argument(const struct option_row *row, char *out, size_t size);

/* Why a value is refused, as a message that begins with the option as it was typed (-w or --window);
 * `reason' is what the row's function said. Returns OPTIONS_WRONG. */
enum options_result row_refuse(const struct option_row *row, const char *typed, const char *value,
			       const struct refusal *reason, struct refusal *message);

/* Take the value of an option that was typed so. *given says whether the option was given before,
 * and is set. Returns what the row's function returns; with OPTIONS_WRONG, also for an option that
 * is given twice and may not be, *message is all that there is to say. */
enum options_result row_take(const struct option_row *row, void *opts, const char *typed,
			     const char *value, bool *given, struct refusal *message);

#endif
