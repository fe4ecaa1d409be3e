/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_MARKS_H
#define CTAGG_CLI_MARKS_H

#include "cli/refusal.h"
#include "flow/select.h"

/* A number of 32 bits, decimal (255) or hexadecimal (0xff). Returns 0, or -EINVAL with the reason
 * and *n untouched. */
int options_mark(const char *text, __u32 *n, struct refusal *why);

/* One item of the list of --mark that is no range: a number, or VALUE/MASK. Returns 0, or -EINVAL with the
 * reason. */
int options_marked(const char *text, struct flow_marks_item *out, struct refusal *why);

/* The list of --mark: numbers, ranges of numbers, and VALUE/MASK (7,0x10-0x1f,0x100/0xff00). A `!'
 * before the list inverts it. Up to FLOW_SELECT_MAX items. Returns 0, or -EINVAL with the reason
 * and *out undefined. */
int options_marks(const char *text, struct flow_marks *out, struct refusal *why);

#endif
