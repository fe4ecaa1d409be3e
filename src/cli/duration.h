/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_DURATION_H
#define CTAGG_CLI_DURATION_H

#include <stdint.h>

#include "cli/refusal.h"

/* A duration such as 500ms, 60 (seconds), 5m, 1h30m: nanoseconds, from a millisecond to 366 days.
 * Returns 0, or -EINVAL with the reason and *ns untouched. */
int options_duration(const char *text, uint64_t *ns, struct refusal *why);

#endif
