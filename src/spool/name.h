/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_NAME_H
#define CTAGG_SPOOL_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of a window's file, as ctagg-spool(5) has it:
 *
 *	20261121T010100.000Z-60s-gw1-k3v9x2ma-0000000007.jsonl
 *
 * Names sort by the start of their windows. A name is unique: `run' differs between runs, `seq'
 * between windows of one level, and the length between levels. */

#define SPOOL_NAME_HOST 64	/* longest HOST */
#define SPOOL_NAME_RUN 8	/* length of RUN */
#define SPOOL_NAME_MAX 160	/* room for any name, and for a suffix as ".torn" */

/* What a name says.
 *
 * start_ns    when the window begins, nanoseconds since 1970; a name has whole milliseconds
 * nominal_ns  the window's nominal length, whole milliseconds; 0: a snapshot, which has none
 * events      lines of events (--events) and no records; nominal_ns is 0
 * host        bytes of [A-Za-z0-9._-], one at least
 * run         bytes of [a-z0-9]
 * seq         number of the window
 */
struct spool_name {
	uint64_t start_ns, nominal_ns, seq;
	char host[SPOOL_NAME_HOST + 1], run[SPOOL_NAME_RUN + 1];
	bool events;
};

/* Set the host from any bytes: cut after SPOOL_NAME_HOST characters, with `_' for every other
 * byte; nothing at all becomes one `_'. */
void spool_name_host(struct spool_name *n, const char *host);

/* Write the name, at most SPOOL_NAME_MAX bytes with the final '\0'. start_ns is before the year
 * 10000. */
void spool_name_format(const struct spool_name *n, char out[SPOOL_NAME_MAX]);

/* Read a name. Returns whether the text is a name exactly as spool_name_format() writes it;
 * otherwise *n is undefined. */
bool spool_name_parse(struct spool_name *n, const char *text);

/* Whether the text is a name. */
bool spool_name_is(const char *text);

#endif
