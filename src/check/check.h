/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_CHECK_H
#define CTAGG_CHECK_CHECK_H

#include <stdio.h>

#include "check/causes.h"
#include "check/facts.h"
#include "sink/record.h"

/* Add a cause for each fact that keeps data away. An error is in causes->err. */
void check_facts(struct causes *causes, const struct check_facts *facts);

/* Add the cause that a ctagg which was killed has left a sysctl of net.netfilter switched on.
 * `before' is the value that the sysctl had, and `file' the file that notes this value. */
void check_left(struct causes *causes, const char *sysctl, int before, const char *file);

/* Write a line of printable ASCII for each cause: as text, or as a record by json, which
 * record_begin_check() has begun; NULL: as text. Returns 0, or -errno: why the lines could not
 * be written. */
int check_print(FILE *out, const struct causes *causes, struct record *json);

#endif
