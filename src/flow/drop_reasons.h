/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_DROP_REASONS_H
#define CTAGG_FLOW_DROP_REASONS_H

#include <stddef.h>

/* Why the kernel drops packets: names of enum skb_drop_reason (net/dropreason-core.h; before Linux
 * 6.3 net/dropreason.h) without SKB_DROP_REASON_. The values of the enum move from kernel to kernel,
 * so events and keys have numbers of a list like this one instead: name[0] is number 1. */

#define DROP_REASONS_MAX 255	/* a number is a byte, and 0 is none */
#define DROP_REASON_BYTES 48	/* a name and its NUL: the longest one of Linux 6.18 has 35 characters */

/* The reason that is counted when no other is asked for: a rule has dropped the packet. */
#define DROP_REASON_RULE "NETFILTER_DROP"

struct drop_reasons {
	size_t n;
	char name[DROP_REASONS_MAX][DROP_REASON_BYTES];
};

/* Copy a name as the list has it: len bytes of A-Z, a-z, 0-9 and _ in any case, with or without
 * SKB_DROP_REASON_, become capital letters without it. Returns 0, or -EINVAL for what is no name. */
int drop_reason_name(char to[DROP_REASON_BYTES], const char *name, size_t len);

/* The number of such a name, which the list has afterwards. Returns -EINVAL for what is no name,
 * -ENOSPC when the list is full. */
int drop_reasons_number(struct drop_reasons *list, const char *name, size_t len);

/* The name of a number of the list, lent. */
const char *drop_reasons_name(const struct drop_reasons *list, unsigned int number);

#endif
