/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/number.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL
#define MAX_DURATION_NS (366 * 86400 * NS_PER_S)

/* Read the unit at *text and move *text behind it. Returns its nanoseconds, or 0 for a
 * word that is no unit. */
static uint64_t unit_ns(const char **text)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ms", NS_PER_MS },
		{ "s", NS_PER_S },
		{ "min", 60 * NS_PER_S },
		{ "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },
		{ "d", 86400 * NS_PER_S },
	};
	const char *word = *text;
	size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyz");

	*text += len;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len && !strncmp(word, units[i].name, len))
			return units[i].ns;
	return 0;
}

/* One number with its unit, at *text, of the duration `whole'; moves *text behind both and adds
 * them to *sum. A number of 64 bits and more is too long for any unit: it becomes the largest. */
static int add_part(const char *whole, const char **text, uint64_t *sum, struct refusal *why)
{
	uint64_t n = UINT64_MAX, unit = NS_PER_S;
	const char *number = *text, *name;

	if (options_digits(text, &n) == -EINVAL)
		return refuse(why, QUOTED " is not a duration (500ms, 60, 5m, 1h30m)", whole);
	name = *text;
	if (*name)
		unit = unit_ns(text);
	else if (number != whole)
		return refuse(why, QUOTED ": " QUOTED " has no unit", whole, number);
	if (!unit)
		return refuse(why, QUOTED ": %s" QUOTED " is not one of the units ms, s, m, min, h and d",
			      whole, *name == '.' ? "numbers are whole, and " : "", name);
	if (__builtin_mul_overflow(n, unit, &n) || __builtin_add_overflow(*sum, n, sum))
		*sum = UINT64_MAX;
	return 0;
}

int options_duration(const char *text, uint64_t *ns, struct refusal *why)
{
	const char *rest = text;
	uint64_t sum = 0;
	int err;

	do {
		err = add_part(text, &rest, &sum, why);
		if (err)
			return err;
	} while (*rest);
	if (sum < NS_PER_MS)
		return refuse(why, QUOTED " is shorter than 1ms", text);
	if (sum > MAX_DURATION_NS)
		return refuse(why, QUOTED " is longer than 366d", text);
	*ns = sum;
	return 0;
}
