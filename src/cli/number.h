/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_NUMBER_H
#define CTAGG_CLI_NUMBER_H

#include <stdint.h>

#include "cli/refusal.h"

/* Numbers as people type them: decimal digits, no sign, no space. Each function that takes a
 * struct refusal returns 0, or -EINVAL with the reason in it and the result untouched. */

/* Read the digits at *text, one at least, and move *text behind them. Returns 0; -EINVAL for no
 * digit, with *text and *n untouched; or -ERANGE for a number beyond 64 bits, with *text behind
 * its digits and *n untouched. */
int options_digits(const char **text, uint64_t *n);

/* A number from min to max. */
int options_number(const char *text, uint64_t min, uint64_t max, uint64_t *n,
		   struct refusal *why);

/* A size such as 16384, 512K, 16M, 1G, the suffixes powers of 1024: bytes, from min to max. */
int options_size(const char *text, uint64_t min, uint64_t max, uint64_t *bytes,
		 struct refusal *why);

#endif
