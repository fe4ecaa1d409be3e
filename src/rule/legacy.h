/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LEGACY_H
#define CTAGG_RULE_LEGACY_H

#include <stddef.h>
#include <stdint.h>

/* The tables of iptables-legacy and ip6tables-legacy, which nf_tables does not show, in the
 * network namespace of the calling thread. Only tables that are there are read: asking for
 * another one would make it. A table that is loaded has no more than its policies until it
 * gets a rule. */

/* Which connections their rules make the kernel track, a set of enum tracks; or -errno:
 * -EPERM there are tables, and no CAP_NET_ADMIN to read them. */
int legacy_tracks(void);

/* Whether one of their rules logs to this NFLOG group: 1, 0, or -errno as above. */
int legacy_logs_to(uint16_t group);

/* --- for tests --------------------------------------------------------------- */

/* A match or a target of a rule: its name and the len bytes that the rule gives it,
 * lent. nfproto is NFPROTO_IPV4 or NFPROTO_IPV6. */
struct legacy_extension {
	const char *name;
	const void *info;
	size_t len;
	uint32_t nfproto;
	int is_target;
};
typedef void legacy_fn(void *arg, const struct legacy_extension *extension);

/* Show fn the extensions in len bytes of entries, as IPT_SO_GET_ENTRIES gives them (struct
 * ipt_entry or struct ip6t_entry, linux/netfilter_ipv4/ip_tables.h). Returns 0, or -EBADMSG
 * where an entry does not fit. */
int legacy_entries(const void *entries, size_t len, uint32_t nfproto, legacy_fn *fn, void *arg);

#endif
