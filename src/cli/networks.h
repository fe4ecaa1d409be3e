/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_NETWORKS_H
#define CTAGG_CLI_NETWORKS_H

#include "cli/refusal.h"
#include "flow/select.h"

/* The lists of --src, --dst and --addr: addresses, networks and ranges of addresses
 * (10.0.0.0/8,2001:db8::1,10.1.0.1-10.1.0.9). A `!' before the list inverts it. A range
 * becomes the fewest networks that cover it; of these there can be FLOW_SELECT_MAX.
 * Returns 0, or -EINVAL with the reason and *out undefined. */
int options_networks(const char *text, struct flow_networks *out, struct refusal *why);

/* One network: an address with the length of its prefix, or an address alone, which is a network
 * of one. Bits behind the prefix stay as they are. Returns 0, or -EINVAL with the reason. */
int options_network(const char *text, struct flow_network *network, struct refusal *why);

/* One address, as flow/address.h has it. Returns 0, or -EINVAL with the reason. */
int options_address(const char *text, __u8 addr[16], struct refusal *why);

#endif
