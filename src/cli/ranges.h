/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_RANGES_H
#define CTAGG_CLI_RANGES_H

#include <stddef.h>

#include "cli/choice.h"
#include "cli/refusal.h"
#include "flow/select.h"

/* The lists of --sport, --dport, --port, --zone, --proto and --direction. Each can
 * begin with a `!', which inverts it, and has up to FLOW_SELECT_MAX items. Each function
 * returns 0, or -EINVAL with the reason and *out undefined. */

/* Numbers and ranges (80,8000-8999) up to max. */
int options_numbers(const char *text, __u32 max, struct flow_numbers *out, struct refusal *why);

/* Ports by number or by the name of a service, and ranges (80,https,ftp-ssh,8000-8999). */
int options_ports(const char *text, struct flow_numbers *out, struct refusal *why);

/* Protocols by name or number, and ranges of numbers (tcp,47,50-51). */
int options_protocols(const char *text, struct flow_numbers *out, struct refusal *why);
const char *options_protocol(size_t i);	/* the i-th name; NULL after the last one */

/* Directions by name (in,local). */
int options_directions(const char *text, struct flow_numbers *out, struct refusal *why);
extern const struct options_choice options_direction_names[];

#endif
