/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_CHECK_RECORD_H
#define CTAGG_SINK_CHECK_RECORD_H

#include "sink/record.h"

/* What a record of --check says: severity and cause are words without escapes, text and command
 * can be any bytes. */
struct record_check {
	const char *severity, *cause, *text, *command;
};

/* The lines that follow are of no window. ns: now, since 1970. */
void record_begin_check(struct record *r, uint64_t ns);

/* Writes a line as record_flow() does. A text that is too long is cut. A command that is too long
 * is null, with "command_cut":true, because a part of it would be another command. */
char *record_check(struct record *r, char *p, const struct record_check *c);

#endif
