/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_PROTO_H
#define CTAGG_FLOW_PROTO_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* The name of an IP protocol in records: lower case, static. NULL: records give the number of
 * this protocol. */
const char *proto_name(__u8 l4);

/* The protocol that has this name of len bytes, or -EINVAL. */
int proto_of_name(const char *name, size_t len);

/* The protocol that a text of len bytes in a record names, or numbers: 0 to 255 without further zeros
 * before it. Or -EINVAL. */
int proto_of_text(const char *text, size_t len);

/* Whether packets of this protocol begin with a source and a destination port. */
bool proto_has_ports(__u8 l4);

/* Whether l4 is the protocol of a packet of this family. In an IPv6 packet 0 is no
 * protocol but an extension header: then the headers were cut off before the protocol. */
bool proto_is_known(__u8 family, __u8 l4);

#endif
