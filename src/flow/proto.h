/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_PROTO_H
#define CTAGG_FLOW_PROTO_H

#include <stdbool.h>

#include <linux/types.h>

#include "flow/key_layout.h"

/* The name records give to an IP protocol number: lower case, static. NULL for
 * one that goes by its number. */
const char *proto_name(__u8 l4);

/* Whether its packets begin with a source and a destination port. */
bool proto_has_ports(__u8 l4);

/* Whether l4 says the protocol of a packet; not where that lies behind IPv6 extension
 * headers that were cut off. */
bool proto_is_known(const struct flow_key *key);

#endif
