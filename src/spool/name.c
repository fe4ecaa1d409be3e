/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "spool/name.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

#define SUFFIX ".jsonl"
#define SNAPSHOT "snapshot"
#define EVENTS "events"
#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

void spool_name_host(struct spool_name *n, const char *host)
{
	size_t len = strlen(host);

	if (!len)
		host = "_";
	if (len > SPOOL_NAME_HOST)
		len = SPOOL_NAME_HOST;
	memset(n->host, 0, sizeof(n->host));
	memcpy(n->host, host, len ? len : 1);
	for (char *p = n->host; *p; p++)
		if (!strchr(UPPER LOWER DIGITS "._-", *p))
			*p = '_';
}

static void format_length(const struct spool_name *n, char *out, size_t size)
{
	if (!n->nominal_ns)
		snprintf(out, size, "%s", n->events ? EVENTS : SNAPSHOT);
	else if (n->nominal_ns % NS_PER_S)
		snprintf(out, size, "%" PRIu64 "ms", n->nominal_ns / NS_PER_MS);
	else
		snprintf(out, size, "%" PRIu64 "s", n->nominal_ns / NS_PER_S);
}

void spool_name_format(const struct spool_name *n, char out[SPOOL_NAME_MAX])
{
	time_t seconds = n->start_ns / NS_PER_S;
	char time[32], length[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(time, sizeof(time), "%Y%m%dT%H%M%S", &tm);
	format_length(n, length, sizeof(length));
	snprintf(out, SPOOL_NAME_MAX, "%s.%03uZ-%s-%s-%s-%010" PRIu64 SUFFIX, time,
		 (unsigned int)(n->start_ns % NS_PER_S / NS_PER_MS), length, n->host, n->run, n->seq);
}

/* The number that the next `digits' characters (up to 9) are; moves *p behind them. */
static bool number(const char **p, int digits, int *out)
{
	*out = 0;
	for (; digits; digits--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return true;
}

static bool character(const char **p, char c)
{
	return *(*p)++ == c;
}

/* A day that no calendar has, as 30 February, is found by formatting what was read. */
static bool parse_time(const char **p, uint64_t *ns)
{
	struct tm tm = { 0 };
	time_t seconds;
	int ms;

	if (!number(p, 4, &tm.tm_year) || !number(p, 2, &tm.tm_mon) || !number(p, 2, &tm.tm_mday) ||
	    !character(p, 'T') || !number(p, 2, &tm.tm_hour) || !number(p, 2, &tm.tm_min) ||
	    !number(p, 2, &tm.tm_sec) || !character(p, '.') || !number(p, 3, &ms) ||
	    !character(p, 'Z') || !character(p, '-'))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	seconds = timegm(&tm);
	if (seconds < 0)
		return false;
	*ns = (uint64_t)seconds * NS_PER_S + (uint64_t)ms * NS_PER_MS;
	return true;
}

/* Up to 20 digits; moves *p behind them. */
static bool parse_u64(const char **p, uint64_t *n)
{
	const char *start = *p;

	for (*n = 0; **p >= '0' && **p <= '9'; (*p)++)
		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(**p - '0'), n))
			return false;
	return *p > start;
}

/* A word and a dash; moves *p behind them. */
static bool word(const char **p, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*p, text, len) || (*p)[len] != '-')
		return false;
	*p += len + 1;
	return true;
}

static bool parse_length(const char **p, struct spool_name *n)
{
	uint64_t *ns = &n->nominal_ns;
	bool ms;

	n->events = word(p, EVENTS);
	if (n->events || word(p, SNAPSHOT))
		return true;
	if (!parse_u64(p, ns))
		return false;
	ms = **p == 'm';
	*p += ms;
	return !__builtin_mul_overflow(*ns, ms ? NS_PER_MS : NS_PER_S, ns) && *ns &&
	       character(p, 's') && character(p, '-');
}

/* Find the last `-' before end. The host may hold any number of them, so the fields behind the
 * host are found from the end of the name. */
static const char *dash_before(const char *start, const char *end)
{
	return end ? memrchr(start, '-', end - start) : NULL;
}

static bool parse_rest(struct spool_name *n, const char *p)
{
	const char *end = p + strlen(p), *seq = dash_before(p, end), *run = dash_before(p, seq);

	if (!run || run == p || run - p > SPOOL_NAME_HOST || seq - run - 1 != SPOOL_NAME_RUN)
		return false;
	memcpy(n->host, p, run - p);
	memcpy(n->run, run + 1, SPOOL_NAME_RUN);
	seq++;
	return parse_u64(&seq, &n->seq) && !strcmp(seq, SUFFIX) &&
	       strspn(n->host, UPPER LOWER DIGITS "._-") == strlen(n->host) &&
	       strspn(n->run, LOWER DIGITS) == SPOOL_NAME_RUN;
}

bool spool_name_parse(struct spool_name *n, const char *text)
{
	const char *p = text;
	char again[SPOOL_NAME_MAX];

	memset(n, 0, sizeof(*n));
	if (!parse_time(&p, &n->start_ns) || !parse_length(&p, n) || !parse_rest(n, p))
		return false;
	spool_name_format(n, again);
	return !strcmp(text, again);
}

bool spool_name_is(const char *text)
{
	struct spool_name n;

	return spool_name_parse(&n, text);
}
