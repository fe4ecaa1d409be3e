/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_WORDS_H
#define CTAGG_LINES_WORDS_H

/* Words of event lines, and the numbers that they stand for. An array ends with a NULL; its index
 * is the number. A number without a word is "". */
extern const char *const line_kinds[];		/* enum flow_kind; none of FLOW_LIVE */
extern const char *const line_directions[];	/* enum flow_dir */
extern const char *const line_tcp_states[];	/* TCP_CONNTRACK_*: the kernel's names, in lower case */

#endif
