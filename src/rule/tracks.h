/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_TRACKS_H
#define CTAGG_RULE_TRACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The connections that rules make the kernel track, a set: connection tracking is switched on
 * for each IP version by itself (nf_ct_netns_get()). */
enum tracks {
	TRACKS_NONE = 0,
	TRACKS_IPV4 = 1,
	TRACKS_IPV6 = 2,
	TRACKS_BOTH = TRACKS_IPV4 | TRACKS_IPV6,
};

/* The set that a rule in a table of this family (NFPROTO_*) asks for: both versions in an inet
 * table and in a bridge table. */
unsigned int tracks_of_family(uint32_t nfproto);

/* Whether an extension of iptables (linux/netfilter/x_tables.h) asks for connection tracking:
 * a match of this name; a target of this name with these len bytes of parameters. */
bool tracks_match(const char *name);
bool tracks_target(const char *name, const void *info, size_t len);

#endif
