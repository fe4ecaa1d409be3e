/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_OPTIONS_FLOW_H
#define CTAGG_CLI_OPTIONS_FLOW_H

#include "flow/key.h"
#include "flow/select.h"

/* The parts of the command line that say what a flow is, and which are counted.
 * Each returns 0, or -EINVAL with what it writes to undefined. */

/* A list such as src/24/64,dst,dport,proto; each field once. */
int options_key(const char *text, struct flow_spec *spec);
#define OPTIONS_KEY_FIELDS                                                                     \
	"src, dst, sport, dport, proto, icmp, icmp-code, dir, nat-src, nat-sport, nat-dst, "   \
	"nat-dport, zone, mark, rule, each once, with a prefix length after addresses "        \
	"(src/24, dst/24/64)"

/* Lists with a `!' before them to invert them: of numbers and ranges up to max, of
 * protocols by name or number, of directions, of addresses, networks and ranges. */
int options_numbers(const char *text, __u32 max, struct flow_numbers *out);
int options_protocols(const char *text, struct flow_numbers *out);
int options_directions(const char *text, struct flow_numbers *out);
int options_networks(const char *text, struct flow_networks *out);

#endif
