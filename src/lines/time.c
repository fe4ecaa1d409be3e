/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "lines/time.h"

#define NS_PER_US 1000
#define NS_PER_S 1000000000ULL
#define S_PER_DAY 86400
#define LENGTH_TO_SECONDS 19	/* YYYY-MM-DDThh:mm:ss */
#define FIRST_YEAR 1970
#define LAST_YEAR 2261

/* Read a number of exactly n digits; -1: one of them is none. */
static int digits(const char *p, int n)
{
	int value = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		value = 10 * value + (*p - '0');
	}
	return value;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970 to the date; -1 when the calendar does not have it, or it is out of bounds. */
static int64_t days_to(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
	int leap = is_leap(year), past = year - 1, in_month;

	if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12)
		return -1;
	in_month = before[month] - before[month - 1] + (month == 2 ? leap : 0);
	if (day < 1 || day > in_month)
		return -1;
	return 365 * (int64_t)(year - FIRST_YEAR) + (past / 4 - past / 100 + past / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400) + before[month - 1] + (month > 2 ? leap : 0) + day - 1;
}

/* Seconds since 1970, at whatever zone; -1: no such date or time of the day. */
static int64_t seconds(const char *p)
{
	int64_t days = days_to(digits(p, 4), digits(p + 5, 2), digits(p + 8, 2));
	int hour = digits(p + 11, 2), minute = digits(p + 14, 2), second = digits(p + 17, 2);

	if (p[4] != '-' || p[7] != '-' || (p[10] | 0x20) != 't' || p[13] != ':' || p[16] != ':')
		return -1;
	if (days < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return -1;
	return days * S_PER_DAY + hour * 3600 + minute * 60 + second;
}

/* Read a fraction from behind its point on. Returns where it ends, or NULL: it has no digit. */
static const char *fraction(const char *p, const char *end, uint64_t *ns)
{
	const char *start = p;
	uint64_t unit = NS_PER_S / 10;

	for (*ns = 0; p < end && *p >= '0' && *p <= '9'; p++, unit /= 10)
		*ns += unit * (*p - '0');
	*ns -= *ns % NS_PER_US;
	return p > start ? p : NULL;
}

/* Read a zone that fills the text: seconds to the east. */
static bool zone(const char *p, const char *end, int64_t *east_s)
{
	int hours, minutes;

	*east_s = 0;
	if (end - p == 1)
		return (*p | 0x20) == 'z';
	if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':')
		return false;
	hours = digits(p + 1, 2);
	minutes = digits(p + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*east_s = (*p == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

bool line_time(const char *text, size_t len, uint64_t *ns)
{
	const char *p = text + LENGTH_TO_SECONDS, *end = text + len;
	int64_t s, east_s;
	uint64_t part = 0;

	if (len <= LENGTH_TO_SECONDS)
		return false;
	s = seconds(text);
	if (s >= 0 && *p == '.')
		p = fraction(p + 1, end, &part);
	if (s < 0 || !p || !zone(p, end, &east_s) || s < east_s)
		return false;
	*ns = (uint64_t)(s - east_s) * NS_PER_S + part;
	return true;
}
