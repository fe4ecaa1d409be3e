/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_WHAT_H
#define CTAGG_REPORT_WHAT_H

#include "report/page.h"

/* What is missing, in words. */

/* All of one kind: `1,234 events lost, in 3 windows'. */
void report_what_all(const struct report_page *p, enum report_kind kind);

/* All kinds of an incident, each with its mark. */
void report_what(const struct report_page *p, const struct report_incident *incident);

#endif
