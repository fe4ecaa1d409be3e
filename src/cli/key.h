/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_KEY_H
#define CTAGG_CLI_KEY_H

#include <stddef.h>

#include "cli/refusal.h"
#include "flow/distinct.h"
#include "flow/key.h"

/* The list of --key, such as src/24/64,dst,dport,proto,mark/0xff; each field once. Returns 0, or
 * -EINVAL with the reason and *spec undefined. */
int options_key(const char *text, struct flow_spec *spec, struct refusal *why);

/* The one field of --distinct, such as dport or src/24/64, as in the list of --key. Returns 0, or
 * -EINVAL with the reason and *d undefined. */
int options_distinct(const char *text, struct flow_distinct *d, struct refusal *why);

/* The name of the i-th field; NULL after the last one. */
const char *options_key_field(size_t i);

#endif
