/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_REPEAT_H
#define CTAGG_CLI_REPEAT_H

#include <stdint.h>

#include "cli/log.h"

/* Messages that come again and again for one cause, such as a write that fails every second: the
 * first is said, those after it are counted, and the end of the cause is said with their number.
 * Messages of other causes in between change nothing.
 *
 * A cause is the address of something that belongs to it and stays for as long as the cause can
 * come again; the address is only compared. Up to REPEAT_MAX messages are counted at a time: one
 * more takes the place of the message that came last the longest ago, whose number is said then. */
#define REPEAT_MAX 32

/* The cause is there (again). Messages of one cause that differ in state, such as the error, are
 * counted apart; those of one state are one message, whatever their text says. */
void repeat_say(const void *cause, int state, enum log_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The cause is gone. Says so (LOG_KIND_GOOD), in these words, if it was there; where it was there
 * more than once, these words are followed by how often and by the time of the last one. */
void repeat_over(const void *cause, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The cause was not there when it could have been, for instance in the window that ends. After
 * REPEAT_CALM such calls without a repeat_say() it is gone, which is said with the number of times
 * if there was more than one. */
#define REPEAT_CALM 10
void repeat_calm(const void *cause);

/* The program ends: say the numbers of what is still counted. */
void repeat_end(void);

#endif
