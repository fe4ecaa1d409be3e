/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_PROGRAM_H
#define CTAGG_CLI_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct option_row;

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,	/* --help or --version has been printed: exit 0 */
	OPTIONS_WRONG,	/* wrong usage; the error has been printed: exit 2 */
	OPTIONS_FAILED,	/* printing has failed; the error has been printed: exit 1 */
};

/* How many options a program can have, the row after the last one included. */
#define OPTIONS_MAX_ROWS 96

/* Options that do nothing beside another one: of the names in `others', with spaces between, none
 * stands together with `one'. The message names both options and says why. */
struct option_pair {
	const char *one, *others, *why;	/* one is NULL after the last pair of an array */
};

/* Whether the values of a whole command line go together; given[i] says whether the option of
 * rows[i] is given. Settles what one option means beside another. Returns OPTIONS_RUN; or
 * OPTIONS_WRONG, after a message. */
struct option_program;
typedef enum options_result option_together_fn(const struct option_program *p, void *opts,
					       const bool given[OPTIONS_MAX_ROWS]);

/* The words of a command line that are no options; lent from argv. */
struct option_words {
	char **list;
	size_t n;
};

/* The values that options were given, as they stand in argv, by the rows of the options; NULL: none.
 * Of an option that was given several times it is the last one. */
struct option_values {
	const char *of[OPTIONS_MAX_ROWS];
};

/* The command line of one of our programs: what is read, and what --help and --version say.
 *
 * name      of the program, with which its messages begin
 * rows      the options; a row without a name is the last one
 * words     what a word that is no option stands for, as in "FILE"; NULL: such words are refused
 * words_at  the member of *opts for them, a struct option_words
 * values_at the member of *opts for the values, a struct option_values; 0: nobody wants them
 * headings  of --help, by the group of a row
 * head      what --help says before the options
 * tail      and after them
 * built     what --version says of how the program was built: whole lines
 * pairs     options that do nothing together
 * together  called last, when all options have been read
 */
struct option_program {
	const char *name;
	const struct option_row *rows;
	const char *words;
	size_t words_at, values_at;
	const char *const *headings;
	const char *head, *tail, *built;
	const struct option_pair *pairs;
	option_together_fn *together;
};

/* Read the command line into *opts, which has the defaults and is what the rows say (ROW_MEMBER()).
 * From now on messages begin with the name of this program. Errors are one line on standard error
 * that names the option and the value. */
enum options_result program_parse(const struct option_program *p, void *opts, int argc,
				  char *argv[]);

/* Whether the command line has the option of this name. */
bool program_given(const struct option_program *p, const bool given[OPTIONS_MAX_ROWS],
		   const char *name);

#endif
