/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/key.h"
#include "cli/list.h"
#include "cli/log.h"
#include "cli/networks.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/syntax.h"
#include "flow/change.h"

#define MAX_PERCENT 1000000

/* Whether a duration of the list can follow the one before; both also as they were typed. */
static int check_level(uint64_t ns, const char *typed, uint64_t before_ns, const char *before,
		       struct refusal *why)
{
	/* a bare number is seconds, and is shown so */
	const char *unit = strpbrk(typed, "mshd") ? "" : "s";
	const char *unit_before = strpbrk(before, "mshd") ? "" : "s";

	if (ns == before_ns)
		return refuse(why, "%s%s is given twice", typed, unit);
	if (ns < before_ns)
		return refuse(why, "%s%s is shorter than %s%s, which stands before it", typed, unit,
			      before, unit_before);
	if (ns % before_ns)
		return refuse(why, "%s%s is not a multiple of %s%s", typed, unit, before, unit_before);
	return 0;
}

/* A list such as 10s,1m,1h: the first duration is the window's, the others are levels. */
enum options_result take_window(void *to, const struct option_row *row, const char *value,
				struct refusal *why)
{
	struct options *opts = to;
	char items[2][OPTIONS_ITEM_SIZE];	/* the one before and this one, in turn */
	uint64_t ns, before_ns = 0;
	size_t n = 0;

	(void)row;
	for (const char *rest = value; rest; before_ns = ns) {
		char *item = items[n % 2], *before = items[(n + 1) % 2];

		if (options_item(&rest, item, why) || options_duration(item, &ns, why) ||
		    (n && check_level(ns, item, before_ns, before, why)))
			return OPTIONS_WRONG;
		if (n > OPTIONS_MAX_LEVELS) {
			refuse(why, "the list has more than %d durations", OPTIONS_MAX_LEVELS + 1);
			return OPTIONS_WRONG;
		}
		if (n)
			opts->level_ns[n - 1] = ns;
		else
			opts->window_ns = ns;
		opts->n_levels = n++;
	}
	return OPTIONS_RUN;
}

/* One item of the list: 5 or 5=accept. */
static int add_group(struct options *opts, char *item, struct refusal *why)
{
	char *word = strchr(item, '=');
	uint64_t group;

	if (word && strcmp(word, "=accept"))
		return refuse(why, QUOTED ": only =accept can follow the number of a group", item);
	if (word)
		*word = '\0';
	if (options_number(item, 0, UINT16_MAX, &group, why))
		return -EINVAL;
	if (opts->n_groups == OPTIONS_MAX_GROUPS)
		return refuse(why, "these are more than %d groups", OPTIONS_MAX_GROUPS);
	for (size_t i = 0; i < opts->n_groups; i++)
		if (opts->groups[i] == group)
			return refuse(why, "group %s is given twice", item);
	opts->group_accepts[opts->n_groups] = word;
	opts->groups[opts->n_groups++] = group;
	return 0;
}

enum options_result take_groups(void *to, const struct option_row *row, const char *value,
				struct refusal *why)
{
	struct options *opts = to;
	char item[OPTIONS_ITEM_SIZE];

	(void)row;
	if (!strcmp(value, "auto")) {
		opts->auto_groups = true;
		return OPTIONS_RUN;
	}
	for (const char *rest = value; rest;)
		if (options_item(&rest, item, why) || add_group(opts, item, why))
			return OPTIONS_WRONG;
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

static int add_tag(struct options *opts, const char *value, struct refusal *why)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (!strchr(value, '='))
		return refuse(why, QUOTED " has no =", value);
	if (!len)
		return refuse(why, QUOTED " begins with no KEY", value);
	if (value[len] != '=')
		return refuse(why, QUOTED ": '%c' cannot stand in a KEY", value, value[len]);
	if (has_tag(opts, value, len))
		return refuse(why, "'%.*s' is given twice", (int)len, value);
	if (opts->n_tags == OPTIONS_MAX_TAGS)
		return refuse(why, "these are more than %d tags", OPTIONS_MAX_TAGS);
	opts->tags[opts->n_tags++] = value;
	return 0;
}

enum options_result take_tag(void *to, const struct option_row *row, const char *value,
			     struct refusal *why)
{
	struct options *opts = to;
	(void)row;
	return add_tag(opts, value, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

static int add_labels(struct options *opts, const char *value, struct refusal *why)
{
	if (!*value)
		return refuse(why, "the value is empty");
	if (strlen(value) >= PATH_MAX)
		return refuse(why, QUOTED "... is too long for the name of a file", value);
	if (opts->n_labels == OPTIONS_MAX_LABELS)
		return refuse(why, "these are more than %d files", OPTIONS_MAX_LABELS);
	opts->labels[opts->n_labels++] = value;
	return 0;
}

enum options_result take_labels(void *to, const struct option_row *row, const char *value,
				struct refusal *why)
{
	(void)row;
	return add_labels(to, value, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

static int add_own(struct options *opts, const char *item, struct refusal *why)
{
	if (opts->n_own == OPTIONS_MAX_OWN)
		return refuse(why, "more than %d addresses", OPTIONS_MAX_OWN);
	return options_address(item, opts->own[opts->n_own++], why);
}

enum options_result take_own(void *to, const struct option_row *row, const char *value,
			     struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];

	(void)row;
	while (value)
		if (options_item(&value, item, why) || add_own(to, item, why))
			return OPTIONS_WRONG;
	return OPTIONS_RUN;
}

enum options_result take_seed(void *to, const struct option_row *row, const char *value,
			      struct refusal *why)
{
	struct options *opts = to;

	opts->seed.given = true;
	return options_number(value, row->min, row->max, &opts->seed.number, why) ? OPTIONS_WRONG :
										    OPTIONS_RUN;
}

const struct options_choice options_top_counters[] = {
	{ "starts", TOP_STARTS }, { "ends", TOP_ENDS }, { "drops", TOP_DROPS },
	{ "kernel_drops", TOP_KERNEL_DROPS },
	{ "bytes", TOP_BYTES }, { "packets", TOP_PACKETS }, { 0 },
};

/* A number of flows, and perhaps a counter after a comma. */
enum options_result take_top(void *to, const struct option_row *row, const char *value,
			     struct refusal *why)
{
	struct options *opts = to;
	const struct options_choice *by = row->choices;
	const char *rest = value;
	char item[OPTIONS_ITEM_SIZE];

	if (options_item(&rest, item, why) ||
	    options_number(item, row->min, row->max, &opts->top, why))
		return OPTIONS_WRONG;
	if (rest)
		by = options_choose(row->choices, rest);
	if (!by) {
		refuse_word(why, rest, "is not");
		return OPTIONS_WRONG;
	}
	opts->top_by = by->value;	/* the first choice, whatever an earlier --top said */
	opts->top_default = !rest;
	return OPTIONS_RUN;
}

const struct options_choice options_change_words[] = {
	{ "appeared", CHANGE_APPEARED }, { "vanished", CHANGE_VANISHED },
	{ "changed", CHANGE_CHANGED }, { 0 },
};

/* The digits behind the point of a percentage: thousandths, from up to three digits. */
static int take_decimals(const char **text, uint64_t *thousandths)
{
	const char *begin = *text;
	uint64_t n;

	if (options_digits(text, &n) || *text - begin > 3)
		return -EINVAL;
	for (int i = *text - begin; i < 3; i++)
		n *= 10;
	*thousandths = n;
	return 0;
}

/* A percentage such as 5%, 0.25% or 5. */
static int take_share(const char *item, const char *text, uint32_t *share, struct refusal *why)
{
	const char *end = text;
	uint64_t percent = 0, thousandths = 0;
	bool wrong = options_digits(&end, &percent) == -EINVAL;

	if (!wrong && *end == '.') {
		end++;
		wrong = take_decimals(&end, &thousandths);
	}
	if (wrong || (*end && strcmp(end, "%")))
		return refuse(why, QUOTED ": " QUOTED " is not a percentage (5%%, 0.125%%)", item, text);
	if (percent > MAX_PERCENT || !(percent + thousandths))
		return refuse(why, QUOTED ": a percentage is from 0.001%% to %d%%", item, MAX_PERCENT);
	*share = percent * (CHANGE_WHOLE / 100) + thousandths;
	return 0;
}

static int add_change(struct options *opts, char *item, struct refusal *why)
{
	const struct options_choice *choice;
	char whole[OPTIONS_ITEM_SIZE], *share = strchr(item, ':');

	strcpy(whole, item);
	if (share)
		*share++ = '\0';
	choice = options_choose(options_change_words, item);
	if (!choice)
		return refuse_word(why, item, "is not");
	if (opts->changes & choice->value)
		return refuse(why, QUOTED " is given twice", item);
	if (share && choice->value != CHANGE_CHANGED)
		return refuse(why, QUOTED ": only changed has a percentage", whole);
	opts->changes |= choice->value;
	return share ? take_share(whole, share, &opts->change_share, why) : 0;
}

enum options_result take_changes(void *to, const struct option_row *row, const char *value,
				 struct refusal *why)
{
	struct options *opts = to;
	char item[OPTIONS_ITEM_SIZE];

	(void)row;
	opts->changes = 0;
	opts->change_share = 0;
	for (const char *rest = value; rest;)
		if (options_item(&rest, item, why) || add_change(opts, item, why))
			return OPTIONS_WRONG;
	return OPTIONS_RUN;
}

enum options_result take_key(void *to, const struct option_row *row, const char *value,
			     struct refusal *why)
{
	struct options *opts = to;

	(void)row;
	opts->key = value;
	return options_key(value, &opts->spec, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

enum options_result take_distinct(void *to, const struct option_row *row, const char *value,
				  struct refusal *why)
{
	struct options *opts = to;

	(void)row;
	return options_distinct(value, &opts->distinct, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}

static int add_reason(struct drop_reasons *reasons, const char *item, struct refusal *why)
{
	size_t before = reasons->n;
	int number = drop_reasons_number(reasons, item, strlen(item));

	if (number == -ENOSPC)
		return refuse(why, "these are more than %d reasons", DROP_REASONS_MAX);
	if (number < 0)
		return refuse(why, QUOTED " is no name of a reason", item);
	return reasons->n == before ? refuse(why, QUOTED " is given twice", item) : 0;
}

enum options_result take_kernel_drops(void *to, const struct option_row *row, const char *value,
				      struct refusal *why)
{
	struct options *opts = to;
	char item[OPTIONS_ITEM_SIZE];

	(void)row;
	opts->kernel_drops = true;
	for (const char *rest = value ? value : DROP_REASON_RULE; rest;)
		if (options_item(&rest, item, why) || add_reason(&opts->drop_reasons, item, why))
			return OPTIONS_WRONG;
	return OPTIONS_RUN;
}
