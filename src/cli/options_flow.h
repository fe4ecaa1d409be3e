/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_OPTIONS_FLOW_H
#define CTAGG_CLI_OPTIONS_FLOW_H

#include "flow/key.h"

/* The list of --key, such as src/24/64,dst,dport,proto; each field once. Returns 0, or
 * -EINVAL with *spec undefined. */
int options_key(const char *text, struct flow_spec *spec);
#define OPTIONS_KEY_FIELDS                                                                     \
	"src, dst, sport, dport, proto, icmp, icmp-code, dir, nat-src, nat-sport, nat-dst, "   \
	"nat-dport, zone, mark, rule, each once, with a prefix length after addresses "        \
	"(src/24, dst/24/64)"

#endif
