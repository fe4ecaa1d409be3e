/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_SERIES_H
#define CTAGG_REPORT_SERIES_H

#include <stddef.h>
#include <stdint.h>

/* What a host's windows carried, along the time. A point stands for the windows that begin in one
 * cell of the time axis. Cells begin as narrow as a millisecond, so that each window has a point of
 * its own, and become wider where there are too many points. */

/* start_ns    when the first of its windows begins
 * covered_ns  how long the windows last together; known_ns: those whose bytes are known
 * sent, received, starts, drops  their sums
 * marks       what was incomplete in them: bits of enum report_mark (report/incident.h)
 */
struct report_point {
	uint64_t start_ns, covered_ns, known_ns;
	uint64_t sent, received, starts, drops;
	uint32_t windows, marks;
};

struct report_series {
	struct report_point *of;
	size_t n, room;
};

/* Each width is a multiple of the one before; widths that people count in. */
#define REPORT_NARROWEST_NS 1000000ull
uint64_t report_wider(uint64_t width_ns);

/* Add a point to the cell in which it begins. Points should come in the order of their times: those
 * that do not are put together with others later. Returns 1 when there is a point more, 0, or
 * -ENOMEM. */
int report_series_add(struct report_series *s, const struct report_point *p, uint64_t width_ns);

/* Sort the points, and make one of those that begin in one cell of this width. */
void report_series_merge(struct report_series *s, uint64_t width_ns);
void report_series_close(struct report_series *s);

#endif
