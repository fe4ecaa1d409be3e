/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_INSPECT_H
#define CTAGG_PIPELINE_INSPECT_H

#include "check/facts.h"
#include "cli/options.h"

/* Gather the facts for --check about what the options ask for, in the network namespace of
 * the calling thread. Sockets and tables are opened as for a run and closed again; nothing is
 * changed. With --source=trace, trace_why is what tracing_why_not() has said: that needs more privileges. */
void inspect(struct check_facts *facts, const struct options *opts, const char *trace_why);

/* The same about a run with these options that has begun: its sources are open, and what --enable
 * switches on is on. Gathers only facts that can be errors; the others are as if all were well. */
void inspect_run(struct check_facts *facts, const struct options *opts);

#endif
