/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/number.h"

/* strtoull() would take signs, spaces and other bases, and wraps negative numbers. */
int options_digits(const char **text, uint64_t *n)
{
	const char *p = *text;
	uint64_t sum = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, *p - '0', &sum))
			return -EINVAL;
	if (p == *text)
		return -EINVAL;
	*text = p;
	*n = sum;
	return 0;
}

int options_number(const char *text, uint64_t min, uint64_t max, uint64_t *n)
{
	uint64_t value;

	if (options_digits(&text, &value) || *text || value < min || value > max)
		return -EINVAL;
	*n = value;
	return 0;
}

int options_size(const char *text, uint64_t *bytes)
{
	static const char suffixes[] = "KMG";	/* each 10 bits more than the one before */
	uint64_t n;
	const char *suffix;

	if (options_digits(&text, &n))
		return -EINVAL;
	if (*text) {
		suffix = strchr(suffixes, *text);
		if (!suffix || text[1] ||
		    __builtin_mul_overflow(n, 1ULL << 10 * (suffix - suffixes + 1), &n))
			return -EINVAL;
	}
	*bytes = n;
	return 0;
}
