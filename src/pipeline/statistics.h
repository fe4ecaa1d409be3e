/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_STATISTICS_H
#define CTAGG_PIPELINE_STATISTICS_H

#include <stddef.h>

#include "pipeline/closing.h"
#include "pipeline/emit.h"

/* What all sources say of themselves, added up. */
struct source_stats statistics_sum(const struct closing *c);

/* Say on stderr what the run has done so far, as SIGUSR1 asks. rows: flows in the open window's
 * table, which holds max_flows of them. */
void statistics_print(const struct closing *c, const struct emit *e, size_t rows,
		      unsigned int max_flows);

#endif
