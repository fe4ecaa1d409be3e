/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_PROGRESS_H
#define CTAGG_DELIVER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* A bar on a terminal that says how far --once has come.
 *
 * shown_ns  when it was drawn last (clock_monotonic_ns()); 0: never
 */
struct progress {
	bool wanted;
	uint64_t shown_ns;
};

/* Draw the bar, at most ten times a second, and always when done is total. Nothing without
 * `wanted'. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);

/* Take the bar away, so that a message can be written. */
void progress_clear(const struct progress *p);

#endif
