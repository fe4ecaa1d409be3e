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
 * a command line: `--dst 10.0.0.0/8 --dport='!443''. A word is read as a shell reads it: quotes ('
 * and ") and \ keep the characters in or behind them. Each name once; an empty line selects
 * everything. Returns 0; or -EINVAL with the reason as one line, in the words of ctagg's own
 * message, and *out undefined. The reason quotes the line, whatever is in it. */
int view_filter_parse(struct flow_select *out, const char *line, struct refusal *why);

/* Whether a record meets all conditions: whether all flows do that the record can stand for.
 *
 * So a condition on a field that the record lacks is not met, inverted or not, unless other fields
 * are enough to tell: a condition on either end (--port, --addr) can be met by one end alone,
 * protocols without ports are in no list of ports and meet an inverted one, and both ends are of one
 * family. A network in a record (src/24 in the key) meets a list of networks when all of it lies in
 * one of them, and an inverted list when no address of it lies in any. A mark is compared as it
 * stands in the record, from which --key mark/MASK may have taken bits. A record of type other meets
 * no condition; without any condition it holds. */
bool view_filter_holds(const struct flow_select *select, const struct view_flow *flow);

#endif
