/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_TRACKS_H
#define CTAGG_RULE_TRACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which connections rules make the kernel track: it asks for each IP version on its own. A
 * set. */
enum tracks {
	TRACKS_NONE = 0,
	TRACKS_IPV4 = 1,
	TRACKS_IPV6 = 2,
	TRACKS_BOTH = TRACKS_IPV4 | TRACKS_IPV6,
};

/* The versions that a rule asks for in a table of this family (NFPROTO_*): both in an
 * inet and in a bridge table (nf_ct_netns_get()). */
unsigned int tracks_of_family(uint32_t nfproto);

/* An extension of iptables (linux/netfilter/x_tables.h): a match, or a target, and the len
 * bytes that the rule gives it. Whether it asks for connection tracking. */
bool tracks_match(const char *name);
bool tracks_target(const char *name, const void *info, size_t len);

#endif
