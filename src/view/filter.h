/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_FILTER_H
#define CTAGG_VIEW_FILTER_H

#include <stdbool.h>

#include "cli/refusal.h"
#include "flow/select.h"
#include "view/flow.h"

/* Which flows are shown: the selection language of ctagg (--proto, --src, --dst, --addr, --sport,
 * --dport, --port, --direction, --zone, --mark). */

/* Read a line of conditions with blanks between: `dst=10.0.0.0/8 dport=!443', also as typed on
 * a command line: `--dst 10.0.0.0/8 --dport='!443''. Each name once; an empty line selects
 * everything. Returns 0; or -EINVAL with the reason, which names the condition, and *out
 * undefined. */
int view_filter_parse(struct flow_select *out, const char *line, struct refusal *why);

/* Whether a record meets all conditions. A condition on a field that the record lacks is not met,
 * inverted or not. A network in a record (src/24 in the key) meets a list of networks when all of
 * it lies in one of them, and an inverted list when no address of it lies in any. A record of type
 * other meets no condition; without any condition it holds. */
bool view_filter_holds(const struct flow_select *select, const struct view_flow *flow);

#endif
