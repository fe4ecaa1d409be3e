/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generate PROGRAM bash|zsh|fish: copy a completion file of that program, for that shell, from
 * standard input to standard output. The lines between its marks `# begin: ...' and `# end' are
 * made from the program's table of options. `make completions` renews the files beside this one
 * so. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/rows.h"
#include "deliver/options.h"
#include "viewer/options.h"

static const struct option_program *const programs[] = {
	&ctagg_program, &deliver_program, &viewer_program,
};

static const struct option_program *program;	/* the one whose file is made */

/* The text up to the first semicolon: what shells show beside an option. */
static int brief_length(const struct option_row *row)
{
	return strcspn(row->help, ";");
}

static void print_words(const struct option_row *row, const char *before_first)
{
	for (size_t i = 0; row_word(row, i); i++)
		printf("%s%s", i ? " " : before_first, row_word(row, i));
}

/* What the function is called that proposes values, after "_ctagg_"; NULL where nothing
 * can be proposed. */
static const char *function_of(const struct option_row *row)
{
	static const char *const names[] = {
		[SHAPE_FREE] = NULL, [SHAPE_WORD] = "word", [SHAPE_LIST] = "list",
		[SHAPE_SELECTION] = "selection", [SHAPE_NUMBER_WORD] = "number_word",
		[SHAPE_PORTS] = "ports",
		[SHAPE_FILE] = "file", [SHAPE_FOLDER] = "folder",
		[SHAPE_COMMAND] = "command", [SHAPE_USER] = "user", [SHAPE_NETNS] = "netns",
	};

	return names[row->shape];
}

/* --- bash ---------------------------------------------------------------------- */

/* -t|--top|--top=) _ctagg_number_word "$value" starts ends ;; */
static void bash_value(const struct option_row *row)
{
	printf("\t");
	if (row->letter)
		printf("-%c|", row->letter);
	/* An optional value is never the next word, see getopt_long(3). */
	if (!row->optional)
		printf("--%s|", row->name);
	printf("--%s=)", row->name);
	if (function_of(row))
		printf(" _ctagg_%s \"$value\"", function_of(row));
	print_words(row, " ");
	printf(" ;;\n");
}

static void bash(void)
{
	printf("\tcase $option in\n");
	for (const struct option_row *row = program->rows; row->name; row++)
		if (row->argument)
			bash_value(row);
	printf("\t*=) ;;\n\t*) _ctagg_%s \"$value\"", program->words ? "option_or_file" : "word");
	for (const struct option_row *row = program->rows; row->name; row++) {
		printf(" --%s", row->name);
		for (size_t i = 0; row->optional && row_word(row, i); i++)
			printf(" --%s=%s", row->name, row_word(row, i));
	}
	printf(" ;;\n\tesac\n");
}

/* --- zsh ----------------------------------------------------------------------- */

/* Text between single quotes, with a backslash before characters that _arguments would
 * take for the end of the text. */
static void zsh_quoted(const char *text, int len)
{
	for (int i = 0; i < len; i++) {
		if (text[i] == '\'')
			printf("'\\'");
		else if (strchr("[]:\\", text[i]))
			putchar('\\');
		putchar(text[i]);
	}
}

/* Other options that cannot stand beside this one, or the * for one that is repeated; then
 * the names. + and = say where a value can begin, - that it must be attached. */
static void zsh_names(const struct option_row *row)
{
	if (row->argument && !row->once)
		printf("'*'");
	else if (row->letter)
		printf("'(-%c --%s)'", row->letter, row->name);
	if (row->letter)
		printf("{-%c%s,", row->letter, row->argument ? "+" : "");
	printf("--%s%s", row->name, !row->argument ? "" : row->optional ? "=-" : "=");
	if (row->letter)
		printf("}");
}

/* How zsh proposes a value: words in parentheses, or a function. */
static void zsh_action(const struct option_row *row)
{
	switch (row->shape) {
	case SHAPE_FREE:
		return;
	case SHAPE_WORD:
		print_words(row, "(");
		printf(")");
		return;
	case SHAPE_FILE:
		printf("_files");
		return;
	case SHAPE_FOLDER:
		printf("_files -/");
		return;
	case SHAPE_COMMAND:
		printf("_command_names -e");
		return;
	case SHAPE_USER:
		printf("_users");
		return;
	default:
		printf("_ctagg_%s", function_of(row));
		print_words(row, " ");
	}
}

/* A specification of _arguments, see zshcompsys(1): the names, [what the option does], and
 * :what its value is:how zsh proposes one. */
static void zsh_option(const struct option_row *row)
{
	char argument[96];

	printf(" \\\n\t");
	zsh_names(row);
	printf("'[");
	zsh_quoted(row->help, brief_length(row));
	printf("]");
	if (row->argument) {
		row_argument(row, argument, sizeof(argument));
		printf(row->optional ? "::" : ":");
		zsh_quoted(argument, strlen(argument));
		printf(":");
		zsh_action(row);
	}
	printf("'");
}

static void zsh(void)
{
	printf("_arguments -s -S");
	for (const struct option_row *row = program->rows; row->name; row++)
		zsh_option(row);
	if (program->words)
		printf(" \\\n\t'*:%s:_files'", program->words);
	printf("\n");
}

/* --- fish ---------------------------------------------------------------------- */

static void fish_quoted(const char *text, int len)
{
	putchar('\'');
	for (int i = 0; i < len; i++) {
		if (text[i] == '\'' || text[i] == '\\')
			putchar('\\');
		putchar(text[i]);
	}
	putchar('\'');
}

/* The words of a row, or what a function makes of them. */
static void fish_words(const struct option_row *row)
{
	if (row->shape == SHAPE_WORD) {
		print_words(row, " -a '");
		printf("'");
		return;
	}
	printf(" -a '(__ctagg_%s", function_of(row));
	print_words(row, " ");
	printf(")'");
}

/* -r: a value must follow; -F: files are proposed, -f: none; -a: further proposals. */
static void fish_value(const struct option_row *row)
{
	bool files = row->shape == SHAPE_FILE || row->shape == SHAPE_NETNS;

	printf("%s %s", row->optional ? "" : " -r", files ? "-F" : "-f");
	switch (row->shape) {
	case SHAPE_FREE:
	case SHAPE_FILE:
		return;
	case SHAPE_FOLDER:
		printf(" -a '(__fish_complete_directories)'");
		return;
	case SHAPE_COMMAND:
		printf(" -a '(__fish_complete_command)'");
		return;
	case SHAPE_USER:
		printf(" -a '(__fish_complete_users)'");
		return;
	default:
		fish_words(row);
	}
}

static void fish(void)
{
	for (const struct option_row *row = program->rows; row->name; row++) {
		printf("complete -c %s", program->name);
		if (row->letter)
			printf(" -s %c", row->letter);
		printf(" -l %s", row->name);
		if (row->argument)
			fish_value(row);
		printf(" -d ");
		fish_quoted(row->help, brief_length(row));
		printf("\n");
	}
}

/* --- the file ------------------------------------------------------------------- */

static bool is_mark(const char *line, const char *mark)
{
	line += strspn(line, "\t");
	return !strncmp(line, mark, strlen(mark));
}

/* Returns whether the file had both marks. */
static bool copy(FILE *in, void (*options)(void))
{
	bool inside = false, done = false;
	char line[8192];

	while (fgets(line, sizeof(line), in)) {
		if (inside && is_mark(line, "# end")) {
			inside = false;
			done = true;
		}
		if (!inside)
			fputs(line, stdout);
		if (is_mark(line, "# begin:")) {
			inside = true;
			options();
		}
	}
	return done && !inside;
}

static const struct option_program *program_named(const char *name)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (!strcmp(programs[i]->name, name))
			return programs[i];
	return NULL;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*options)(void);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	if (argc == 3)
		program = program_named(argv[1]);
	for (size_t i = 0; program && i < sizeof(shells) / sizeof(shells[0]); i++)
		if (!strcmp(argv[2], shells[i].name))
			return !copy(stdin, shells[i].options) || fflush(stdout) || ferror(stdout);
	fprintf(stderr, "usage: generate PROGRAM bash|zsh|fish <FILE >NEW\n");
	return 2;
}
