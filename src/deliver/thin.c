/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cli/list.h"
#include "cli/number.h"
#include "deliver/thin.h"

#define NS_PER_S 1000000000ULL
#define S_PER_HOUR 3600ULL
#define S_PER_DAY 86400ULL
#define S_PER_YEAR 31557600ULL	/* 365.25 days */

static const char *const names[] = {
	[THIN_ALL] = "all", [THIN_HOUR] = "hour", [THIN_DAY] = "day", [THIN_WEEK] = "week",
	[THIN_MONTH] = "month", [THIN_QUARTER] = "quarter", [THIN_YEAR] = "year",
};

/* --- the list ------------------------------------------------------------------ */

static uint64_t unit_s(const char *unit)
{
	static const struct { const char *name; uint64_t s; } units[] = {
		{ "h", S_PER_HOUR }, { "d", S_PER_DAY }, { "w", 7 * S_PER_DAY },
		{ "M", S_PER_YEAR / 12 }, { "y", S_PER_YEAR },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i].name))
			return units[i].s;
	return 0;
}

static int parse_age(const char *text, uint64_t *ns, struct refusal *why)
{
	const char *unit = text;
	uint64_t n = 0;

	if (options_digits(&unit, &n) || !n || !unit_s(unit) ||
	    __builtin_mul_overflow(n, unit_s(unit) * NS_PER_S, ns))
		return refuse(why, QUOTED " is not an age: a number with h, d, w, M (months) or y", text);
	return 0;
}

/* Returns THIN_PERIODS for another word. */
static enum thin_period parse_period(const char *text, size_t len)
{
	enum thin_period p = THIN_ALL;

	while (p < THIN_PERIODS && (strlen(names[p]) != len || strncmp(names[p], text, len)))
		p++;
	return p;
}

static int parse_rule(struct thin_rule *rule, const char *item, struct refusal *why)
{
	size_t len = strcspn(item, ":");

	rule->period = parse_period(item, len);
	rule->max_age_ns = THIN_NO_LIMIT;
	if (rule->period == THIN_PERIODS)
		return refuse(why, QUOTED " is not all, hour, day, week, month, quarter or year", item);
	return item[len] ? parse_age(item + len + 1, &rule->max_age_ns, why) : 0;
}

/* Whether a rule can stand behind the one before it. */
static int check_order(const struct thin_rule *before, const struct thin_rule *rule,
		       struct refusal *why)
{
	/* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): each period has a name */
	if (before->max_age_ns == THIN_NO_LIMIT)
		return refuse(why, "'%s' stands for all ages, so nothing can follow it", names[before->period]);
	if (rule->period <= before->period)
		return refuse(why, "'%s' is not coarser than '%s' before it", names[rule->period],
			      names[before->period]);
	if (rule->max_age_ns <= before->max_age_ns)
		return refuse(why, "the age of '%s' is not above that of '%s' before it",
			      names[rule->period], names[before->period]);
	/* NOLINTEND(clang-analyzer-core.CallAndMessage) */
	return 0;
}

int thin_parse(struct thin_rules *rules, const char *text, struct refusal *why)
{
	char item[OPTIONS_ITEM_SIZE];
	struct thin_rule rule;

	rules->n = 0;
	while (text) {
		if (options_item(&text, item, why) || parse_rule(&rule, item, why) ||
		    (rules->n && check_order(&rules->list[rules->n - 1], &rule, why)))
			return -EINVAL;
		rules->list[rules->n++] = rule;
	}
	return 0;
}

/* --- the decision ---------------------------------------------------------------- */

static uint64_t month_of(time_t seconds)
{
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return tm.tm_year * 12ULL + tm.tm_mon;
}

/* The number of the period that a time is in. The first of January 1970 was a Thursday. THIN_ALL:
 * each file is a period of its own, which the caller knows. */
static uint64_t period_of(enum thin_period period, uint64_t ns)
{
	uint64_t s = ns / NS_PER_S, days = s / S_PER_DAY;

	switch (period) {
	case THIN_HOUR:
		return s / S_PER_HOUR;
	case THIN_DAY:
		return days;
	case THIN_WEEK:
		return (days + 3) / 7;
	case THIN_MONTH:
		return month_of(s);
	case THIN_QUARTER:
		return month_of(s) / 3;
	case THIN_YEAR:
		return month_of(s) / 12;
	case THIN_ALL:
	case THIN_PERIODS:
		break;
	}
	return 0;
}

/* Whether the file i, which is not the first one, is the earliest of its period. */
static bool is_earliest(enum thin_period period, const uint64_t *starts_ns, size_t i)
{
	return period == THIN_ALL ||
	       period_of(period, starts_ns[i]) != period_of(period, starts_ns[i - 1]);
}

static bool stays(const struct thin_rules *rules, uint64_t now_ns, const uint64_t *starts_ns, size_t i)
{
	uint64_t age_ns = starts_ns[i] < now_ns ? now_ns - starts_ns[i] : 0;

	for (size_t r = 0; r < rules->n; r++)
		if (age_ns <= rules->list[r].max_age_ns &&
		    is_earliest(rules->list[r].period, starts_ns, i))
			return true;
	return false;
}

void thin_series(const struct thin_rules *rules, uint64_t now_ns, const uint64_t *starts_ns, size_t n,
		 bool *keep)
{
	for (size_t i = 0; i < n; i++)
		keep[i] = !i || i == n - 1 || stays(rules, now_ns, starts_ns, i);
}
