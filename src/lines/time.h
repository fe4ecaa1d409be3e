/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_TIME_H
#define CTAGG_LINES_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read a time of RFC 3339 with its zone (Z or an offset), from 1970 to 2261, so that sums of two
 * times fit into 64 bits: nanoseconds since 1970. The time is cut to
 * microseconds, which is what --events writes. Second 60 is the first second of the next minute. Returns false when the text is no
 * such time. */
bool line_time(const char *text, size_t len, uint64_t *ns);

#endif
