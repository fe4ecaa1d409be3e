/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "cli/number.h"

/* strtoull() would take signs, spaces and other bases, and wraps negative numbers. */
int options_digits(const char **text, uint64_t *n)
{
	const char *p = *text;
	bool too_large = false;
	uint64_t sum = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		too_large |= __builtin_mul_overflow(sum, 10, &sum) ||
			     __builtin_add_overflow(sum, *p - '0', &sum);
	if (p == *text)
		return -EINVAL;
	*text = p;
	if (too_large)
		return -ERANGE;
	*n = sum;
	return 0;
}

int options_number(const char *text, uint64_t min, uint64_t max, uint64_t *n,
		   struct refusal *why)
{
	const char *end = text;
	uint64_t value = 0;
	int err = options_digits(&end, &value);

	if (err == -EINVAL || *end)
		return refuse(why, QUOTED " is not a whole number in decimal digits", text);
	if (err || value > max)
		return refuse(why, QUOTED " is more than %" PRIu64, text, max);
	if (value < min)
		return refuse(why, QUOTED " is less than %" PRIu64, text, min);
	*n = value;
	return 0;
}

int options_size(const char *text, uint64_t min, uint64_t max, uint64_t *bytes,
		 struct refusal *why)
{
	static const char suffixes[] = "KMG";	/* each 10 bits more than the one before */
	const char *end = text, *suffix;
	uint64_t n = 0;
	int err = options_digits(&end, &n);

	if (err == -EINVAL)
		return refuse(why, QUOTED " does not begin with a digit", text);
	if (*end) {
		suffix = strchr(suffixes, *end);
		if (!suffix || end[1])
			return refuse(why, QUOTED ": " QUOTED " is not one of the suffixes K, M and G",
				      text, end);
		if (__builtin_mul_overflow(n, 1ULL << 10 * (suffix - suffixes + 1), &n))
			err = -ERANGE;
	}
	if (err || n > max)
		return refuse(why, QUOTED " is more than %" PRIu64, text, max);
	if (n < min)
		return refuse(why, QUOTED " is less than %" PRIu64, text, min);
	*bytes = n;
	return 0;
}
