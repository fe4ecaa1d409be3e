/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_THIN_H
#define CTAGG_DELIVER_THIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/refusal.h"

/* Which files of an archive are kept. The older files are, the fewer: all of the last week, then
 * one a day, one a week and so on. This part reads no file and no clock. */

/* From fine to coarse. */
enum thin_period {
	THIN_ALL,	/* every file is kept */
	THIN_HOUR,
	THIN_DAY,
	THIN_WEEK,	/* from Monday on */
	THIN_MONTH,
	THIN_QUARTER,
	THIN_YEAR,
	THIN_PERIODS,
};

#define THIN_NO_LIMIT UINT64_MAX

/* Files up to this age are kept one a period.
 *
 * max_age_ns  by the start of their windows; THIN_NO_LIMIT: however old they are
 */
struct thin_rule {
	enum thin_period period;
	uint64_t max_age_ns;
};

/* One rule of each period at most, from fine to coarse, and from young to old. */
struct thin_rules {
	struct thin_rule list[THIN_PERIODS];
	size_t n;
};

/* Read a list as all:7d,day:1M,week:3M,month:1y,quarter: periods, each with an age in h, d, w, M
 * (months of 365.25 / 12 days) or y (years of 365.25 days). Only the last one can do without an
 * age. Returns 0, or -EINVAL with the reason. */
int thin_parse(struct thin_rules *rules, const char *text, struct refusal *why);

/* Decide about the n files of one series, whose windows began at these times (nanoseconds since
 * 1970), in ascending order. keep[i] becomes true for the file i that stays at the time now_ns:
 *
 * - the first and the last file;
 * - a file that is the earliest of its period (by the calendar of UTC), where the period is that
 *   of the first rule whose age the file has not passed, or of a later rule: the earliest file of
 *   a month is needed when the month is thinned, also when it is not the earliest of its week.
 *
 * What stays is the earliest of its period again, so a second run keeps all of it. */
void thin_series(const struct thin_rules *rules, uint64_t now_ns, const uint64_t *starts_ns, size_t n,
		 bool *keep);

#endif
