/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_REFUSAL_H
#define CTAGG_CLI_REFUSAL_H

#include <stdbool.h>

/* Why a value of the command line is refused: what is wrong with which part of it, as in
 * "'70000' is more than 65535". The message to the user names the option and the whole value
 * before this text; row_take() makes this message of it. */
struct refusal {
	char why[1024];
	bool words;	/* the words that the option takes follow the text */
};

/* Parts of values are quoted by this conversion, so that a long one does not push the rest of
 * the message off the line. */
#define QUOTED "'%.64s'"

/* Write the reason; a reason that is too long is cut. Returns -EINVAL. */
int refuse(struct refusal *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Write a reason that the words follow, as in "'up' is not in, out, forward or local"; is_not is
 * the text between the item and the words. Returns -EINVAL. */
int refuse_word(struct refusal *r, const char *item, const char *is_not);

#endif
