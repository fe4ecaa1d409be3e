/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_PROTO_H
#define CTAGG_FLOW_PROTO_H

#include <linux/types.h>

/* The name records give to an IP protocol number: lower case, static. NULL for
 * one that goes by its number. */
const char *proto_name(__u8 l4);

#endif
