/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LEGACY_H
#define CTAGG_RULE_LEGACY_H

#include <stddef.h>
#include <stdint.h>

/* Rules of iptables-legacy and ip6tables-legacy in the network namespace of the calling
 * thread. The kernel keeps them apart from nf_tables, in tables of their own. Only tables that
 * exist are read, because asking for one that does not would make the kernel create it. */

/* The connections that these rules make the kernel track: a set of enum tracks
 * (rule/tracks.h), or -errno: -EPERM there are tables, and CAP_NET_ADMIN to read them is
 * missing. */
int legacy_tracks(void);

/* Whether one of these rules logs to this NFLOG group (host order): 1 or 0, or -errno as from
 * legacy_tracks(). */
int legacy_logs_to(uint16_t group);

/* Call fn for each table, with `arg' and the entries, which legacy_entries() says more about; lent.
 * Returns 0, the first other value that fn has returned, or -errno as from legacy_tracks(). */
typedef int legacy_table_fn(void *arg, const void *entries, size_t len, uint32_t nfproto);
int legacy_tables(legacy_table_fn *fn, void *arg);

/* --- for tests --------------------------------------------------------------- */

/* An extension, which is a match or a target, in a rule: its name, and the len bytes of
 * parameters that the rule gives it; both lent. nfproto is NFPROTO_IPV4 or NFPROTO_IPV6. */
struct legacy_extension {
	const char *name;
	const void *info;
	size_t len;
	uint32_t nfproto;
	int is_target;
};
typedef void legacy_fn(void *arg, const struct legacy_extension *extension);

/* Show fn all extensions in len bytes of entries, as IPT_SO_GET_ENTRIES gives them: struct
 * ipt_entry (linux/netfilter_ipv4/ip_tables.h) or struct ip6t_entry. Returns 0, or -EBADMSG
 * where an entry or an extension is shorter than its head or longer than its place. */
int legacy_entries(const void *entries, size_t len, uint32_t nfproto, legacy_fn *fn, void *arg);

#endif
