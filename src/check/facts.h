/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_FACTS_H
#define CTAGG_CHECK_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What --check has found out about this host and its kernel, and what was asked for: all
 * that decides whether data will come. The caller gathers the facts; this room only says
 * what they mean. An err is 0 or -errno. */

#define CHECK_MAX_GROUPS 64

/* An NFLOG group that was asked for.
 *
 * err     of binding the group; -EBUSY: another program holds the group
 * holder  with -EBUSY: that program's netlink port id, 0 when it is not known
 * unused  all rules are known, and none of them logs to the group
 */
struct check_group {
	uint16_t group;
	int err;
	uint32_t holder;
	bool unused;
};

/* Values of sysctls of net.netfilter in the network namespace that was looked at, 0 or more;
 * -errno when one cannot be read. */
struct check_sysctls {
	int events, acct, timestamp;	/* nf_conntrack_* */
	int count, max;
};

/* proc_err        /proc/sys/net cannot be read
 * read_only       /proc/sys is mounted read-only
 * user_namespace  this is a user namespace other than the first, as in a container
 * ipv6            the network namespace has IPv6 addresses
 *
 * connections     connections are asked for; where they are not, the facts down to
 *                 table_err mean nothing
 * buffer_bytes    the receive buffer that was asked for
 * socket_err      of subscribing to events
 * granted_bytes   the receive buffer that the kernel granted, in its own accounting
 * dump_err        of reading the connection table
 * offloaded       how many connections of the connection table a flow table forwards
 * rules_err       of reading the rules that make the kernel track connections
 * tracks_ipv4     a rule makes the kernel track connections of IPv4, or the connection table
 *                 has connections of IPv4; tracks_ipv6 likewise
 * table_err       of opening a kernel table with room for max_flows flows; 0 also when no
 *                 kernel table is wanted
 *
 * no_drop_rule    groups are to be found in the rules (-g auto), and no rule that drops logs to one
 * drop_rules_err  of reading the rules for that
 */
struct check_facts {
	int proc_err;
	bool read_only, user_namespace, ipv6;

	bool connections;
	size_t buffer_bytes, granted_bytes;
	int socket_err;
	struct check_sysctls sysctls;
	int dump_err, rules_err;
	bool tracks_ipv4, tracks_ipv6;
	uint64_t offloaded;
	int table_err;
	uint32_t max_flows;

	bool no_drop_rule;
	int drop_rules_err;
	size_t n_groups;
	struct check_group groups[CHECK_MAX_GROUPS];
};

#endif
