/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "cli/choice.h"

const struct options_choice *options_choose(const struct options_choice *choices,
					    const char *name)
{
	for (; choices->name; choices++)
		if (!strcmp(choices->name, name))
			return choices;
	return NULL;
}

const char *options_choice_name(const struct options_choice *choices, unsigned int value)
{
	while (choices->name && choices->value != value)
		choices++;
	return choices->name;
}
