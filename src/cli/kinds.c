/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/kinds.h"
#include "cli/list.h"
#include "cli/marks.h"
#include "cli/networks.h"
#include "cli/number.h"
#include "cli/ranges.h"
#include "host/identity.h"

static void *member(void *opts, const struct option_row *row)
{
	return (char *)opts + row->at;
}

/* The table says how wide the member is; its type is any integer, a bool or an enum. */
static void store(void *opts, const struct option_row *row, uint64_t value)
{
	uint32_t narrow = value;
	bool flag = value;

	if (row->size == sizeof(value))
		memcpy(member(opts, row), &value, sizeof(value));
	else if (row->size == sizeof(narrow))
		memcpy(member(opts, row), &narrow, sizeof(narrow));
	else
		memcpy(member(opts, row), &flag, sizeof(flag));
}

enum options_result take_flag(void *opts, const struct option_row *row,
			      const char *value, struct refusal *why)
{
	(void)value, (void)why;
	store(opts, row, row->value);
	return OPTIONS_RUN;
}

enum options_result take_number(void *opts, const struct option_row *row,
				const char *value, struct refusal *why)
{
	uint64_t n;

	if (!value)
		return take_flag(opts, row, value, why);
	if (options_number(value, row->min, row->max, &n, why))
		return OPTIONS_WRONG;
	store(opts, row, n);
	return OPTIONS_RUN;
}

enum options_result take_size(void *opts, const struct option_row *row,
			      const char *value, struct refusal *why)
{
	uint64_t bytes;

	if (options_size(value, row->min, row->max, &bytes, why))
		return OPTIONS_WRONG;
	store(opts, row, bytes);
	return OPTIONS_RUN;
}

enum options_result take_duration(void *opts, const struct option_row *row,
				  const char *value, struct refusal *why)
{
	uint64_t ns;

	if (options_duration(value, &ns, why))
		return OPTIONS_WRONG;
	store(opts, row, ns);
	return OPTIONS_RUN;
}

enum options_result take_text(void *opts, const struct option_row *row,
			      const char *value, struct refusal *why)
{
	if (!*value) {
		refuse(why, "the value is empty");
		return OPTIONS_WRONG;
	}
	memcpy(member(opts, row), &value, sizeof(value));
	return OPTIONS_RUN;
}

enum options_result take_user(void *opts, const struct option_row *row, const char *value,
			      struct refusal *why)
{
	int err = identity_find(member(opts, row), value);

	if (!err)
		return OPTIONS_RUN;
	refuse(why, "%s", err == -ENOENT ? "there is no such user" : strerror(-err));
	return OPTIONS_WRONG;
}

enum options_result take_output(void *opts, const struct option_row *row,
				const char *value, struct refusal *why)
{
	enum options_result result = take_text(opts, row, value, why);

	if (result == OPTIONS_RUN && !strcmp(value, "-"))
		memset(member(opts, row), 0, row->size);
	return result;
}

enum options_result take_choice(void *opts, const struct option_row *row,
				const char *value, struct refusal *why)
{
	const struct options_choice *choice;

	if (!value)
		return take_flag(opts, row, value, why);
	choice = options_choose(row->choices, value);
	if (!choice) {
		refuse_word(why, value, "is not");
		return OPTIONS_WRONG;
	}
	store(opts, row, choice->value);
	return OPTIONS_RUN;
}

enum options_result take_choices(void *opts, const struct option_row *row,
				 const char *value, struct refusal *why)
{
	const struct options_choice *choice;
	unsigned int *set = member(opts, row);
	char item[OPTIONS_ITEM_SIZE];

	for (const char *rest = value; rest;) {
		if (options_item(&rest, item, why))
			return OPTIONS_WRONG;
		choice = options_choose(row->choices, item);
		if (!choice) {
			refuse_word(why, item, "is not");
			return OPTIONS_WRONG;
		}
		*set |= choice->value;
	}
	return OPTIONS_RUN;
}

/* The result of reading a value, from 0 or -EINVAL. */
static enum options_result result_of(int err)
{
	return err ? OPTIONS_WRONG : OPTIONS_RUN;
}

enum options_result take_numbers(void *opts, const struct option_row *row,
				 const char *value, struct refusal *why)
{
	return result_of(options_numbers(value, row->max, member(opts, row), why));
}

enum options_result take_marks(void *opts, const struct option_row *row,
			       const char *value, struct refusal *why)
{
	return result_of(options_marks(value, member(opts, row), why));
}

enum options_result take_ports(void *opts, const struct option_row *row,
			       const char *value, struct refusal *why)
{
	return result_of(options_ports(value, member(opts, row), why));
}

enum options_result take_protocols(void *opts, const struct option_row *row,
				   const char *value, struct refusal *why)
{
	return result_of(options_protocols(value, member(opts, row), why));
}

enum options_result take_directions(void *opts, const struct option_row *row,
				    const char *value, struct refusal *why)
{
	return result_of(options_directions(value, member(opts, row), why));
}

enum options_result take_networks(void *opts, const struct option_row *row,
				  const char *value, struct refusal *why)
{
	return result_of(options_networks(value, member(opts, row), why));
}
