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

int options_duration(const char *text, uint64_t *ns)
{
	uint64_t sum = 0, n, unit;

	if (options_digits(&text, &n))
		return -EINVAL;
	/* A bare number is seconds; in 1m30 the 30 would be bare, and that is refused. */
	unit = *text ? unit_ns(&text) : NS_PER_S;
	for (;;) {
		if (!unit || __builtin_mul_overflow(n, unit, &n) ||
		    __builtin_add_overflow(sum, n, &sum))
			return -EINVAL;
		if (!*text)
			break;
		if (options_digits(&text, &n))
			return -EINVAL;
		unit = unit_ns(&text);
	}
	if (sum < NS_PER_MS || sum > MAX_DURATION_NS)
		return -EINVAL;
	*ns = sum;
	return 0;
}
