/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_NAMES_H
#define CTAGG_PRINT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "view/flow.h"

/* Names of addresses and ports, in place of what the key says. Those of the latest addresses are
 * remembered. */
struct names;

int names_open(struct names **out);	/* 0 or -ENOMEM */
void names_close(struct names *n);	/* NULL is fine */

/* Write the name of a field of a key. Returns whether there is one; otherwise `to' is as before. */
bool names_of(struct names *n, char *to, size_t size, const struct view_key *key,
	      enum view_field field);

#endif
