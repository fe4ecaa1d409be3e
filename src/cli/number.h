/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_NUMBER_H
#define CTAGG_CLI_NUMBER_H

#include <stdint.h>

/* Numbers as people type them: decimal digits, no sign, no space. */

/* Read the digits at *text, one at least, and move *text behind them. Returns 0, or
 * -EINVAL for no digit or a number beyond 64 bits, with *text and *n untouched. */
int options_digits(const char **text, uint64_t *n);

/* A number from min to max. Returns 0, or -EINVAL with *n untouched. */
int options_number(const char *text, uint64_t min, uint64_t max, uint64_t *n);

/* A size such as 16384, 512K, 16M, 1G, the suffixes powers of 1024: bytes. Returns 0,
 * or -EINVAL with *bytes untouched. */
int options_size(const char *text, uint64_t *bytes);

#endif
