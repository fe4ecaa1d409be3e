/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/list.h"
#include "cli/log.h"
#include "cli/number.h"
#include "cli/syntax.h"

static enum options_result refuse(const struct option_row *row, const char *value)
{
	return row_refuse(row, value, row->expected);
}

/* A list such as 10s,1m,1h: the first duration is the window's, the others are levels. */
enum options_result take_window(struct options *opts, const struct option_row *row,
				const char *value)
{
	uint64_t ns, before = 0;
	char item[OPTIONS_ITEM_SIZE];
	size_t n = 0;

	for (const char *rest = value; rest; before = ns) {
		if (n > OPTIONS_MAX_LEVELS || options_item(&rest, item) ||
		    options_duration(item, &ns) ||
		    (before && (ns == before || ns % before)))
			return refuse(row, value);
		if (n)
			opts->level_ns[n - 1] = ns;
		else
			opts->window_ns = ns;
		opts->n_levels = n++;
	}
	return OPTIONS_RUN;
}

/* One item of the list: 5 or 5=accept. */
static int add_group(struct options *opts, char *item)
{
	char *word = strchr(item, '=');
	uint64_t group;

	if (word)
		*word++ = '\0';
	if ((word && strcmp(word, "accept")) || opts->n_groups == OPTIONS_MAX_GROUPS ||
	    options_number(item, 0, UINT16_MAX, &group))
		return -EINVAL;
	for (size_t i = 0; i < opts->n_groups; i++)
		if (opts->groups[i] == group)
			return -EINVAL;
	opts->group_accepts[opts->n_groups] = word;
	opts->groups[opts->n_groups++] = group;
	return 0;
}

enum options_result take_groups(struct options *opts, const struct option_row *row,
				const char *value)
{
	char item[OPTIONS_ITEM_SIZE];

	for (const char *rest = value; rest;)
		if (options_item(&rest, item) || add_group(opts, item))
			return refuse(row, value);
	return OPTIONS_RUN;
}

/* Whether the command line has had a tag with this key, of len bytes. */
static bool has_tag(const struct options *opts, const char *key, size_t len)
{
	for (size_t i = 0; i < opts->n_tags; i++)
		if (!strncmp(opts->tags[i], key, len) && opts->tags[i][len] == '=')
			return true;
	return false;
}

enum options_result take_tag(struct options *opts, const struct option_row *row, const char *value)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (!len || value[len] != '=')
		return refuse(row, value);
	if (has_tag(opts, value, len)) {
		log_error("--tag: '%.*s' is given twice; a record has it once", (int)len, value);
		return OPTIONS_WRONG;
	}
	if (opts->n_tags == OPTIONS_MAX_TAGS) {
		log_error("--tag: more than %d; a line has no room for them", OPTIONS_MAX_TAGS);
		return OPTIONS_WRONG;
	}
	opts->tags[opts->n_tags++] = value;
	return OPTIONS_RUN;
}

const struct options_choice options_top_counters[] = {
	{ "starts", TOP_STARTS }, { "ends", TOP_ENDS }, { "drops", TOP_DROPS },
	{ "bytes", TOP_BYTES }, { "packets", TOP_PACKETS }, { 0 },
};

/* A number of flows, and perhaps a counter after a comma. */
enum options_result take_top(struct options *opts, const struct option_row *row,
			     const char *value)
{
	const struct options_choice *by = row->choices;
	const char *rest = value;
	char item[OPTIONS_ITEM_SIZE];

	if (options_item(&rest, item) || options_number(item, row->min, row->max, &opts->top))
		return refuse(row, value);
	if (rest)
		by = options_choose(row->choices, rest);
	if (!by)
		return row_refuse(row, value, "K, or K and one of % (10,bytes)");
	opts->top_by = by->value;	/* the first choice, whatever an earlier --top said */
	opts->top_default = !rest;
	return OPTIONS_RUN;
}
