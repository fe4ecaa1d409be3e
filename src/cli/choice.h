/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_CHOICE_H
#define CTAGG_CLI_CHOICE_H

/* A word that an option takes, and the value that the word stands for. */
struct options_choice {
	const char *name;	/* NULL after the last one of an array */
	unsigned int value;
};

/* The choice of this name; NULL when there is none. */
const struct options_choice *options_choose(const struct options_choice *choices,
					    const char *name);

/* The name of the first choice with this value; NULL when there is none. */
const char *options_choice_name(const struct options_choice *choices, unsigned int value);

#endif
