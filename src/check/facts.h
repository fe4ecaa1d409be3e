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
#define CHECK_MAX_PATH 512
#define CHECK_MAX_FLOWTABLES 16
#define CHECK_MAX_NAME 256

/* An NFLOG group that was asked for.
 *
 * err     of binding the group; -EBUSY: another program holds the group
 * port    with -EBUSY: the netlink port id of that program's socket, 0 when it is not known
 * holder  with -EBUSY: that program's process id, 0 when it is not known; then
 * program its name, as the kernel has it: any bytes
 * unused  all rules are known, and none of them logs to the group
 * left_out  with -EBUSY: -g auto has found this group and another one that is free, so ctagg
 *         starts without this one
 */
struct check_group {
	uint16_t group;
	int err;
	uint32_t port, holder;
	char program[16];
	bool unused, left_out;
};

/* A flow table that lets packets pass uncounted, as nft(8) names it: its nftables table, its own name,
 * the priority of its hook, and whether it has `flags offload'. */
struct check_flowtable {
	const char *family;	/* static */
	char table[CHECK_MAX_NAME], name[CHECK_MAX_NAME];
	int priority;
	bool hardware;
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
 * reach_ipv4      it has an IPv4 address that other hosts can reach: one that is neither of
 *                 127.0.0.0/8 nor of 169.254.0.0/16; reach_ipv6 likewise, neither ::1 nor of
 *                 fe80::/10
 * no_net_admin    no program that is started here can get CAP_NET_ADMIN, as in a container
 *                 without this capability; no_bpf likewise, CAP_BPF
 * program         the file of this program, "" when it is not known
 *
 * connections     connections are asked for; where they are not, the facts down to
 *                 table_err mean nothing
 * buffer_bytes    the receive buffer that was asked for
 * socket_err      of subscribing to events
 * granted_bytes   the receive buffer that the kernel granted, in its own accounting
 * dump_err        of reading the connection table
 * entries         how many connections the connection table has
 * listened        a program is subscribed to connection tracking events of this network
 *                 namespace, now and besides this one; false also when that is not known
 * offloaded       how many connections of the connection table a flow table forwards
 * flowtables_err  of reading the flow tables
 * n_uncounted     how many flow tables have no `counter' and are used by rules; the first
 *                 CHECK_MAX_FLOWTABLES of them are in `uncounted'
 * rules_err       of reading the rules that make the kernel track connections; -EINTR: they
 *                 change too fast to be read
 * tracks_ipv4     a rule makes the kernel track connections of IPv4, or the connection table
 *                 has connections of IPv4; tracks_ipv6 likewise
 * table_err       of opening a kernel table with room for max_flows flows; 0 also when no
 *                 kernel table is wanted
 *
 * trace           connections are to be traced (--source=trace); table_err means nothing then
 * trace_why       with trace: why that cannot be, and what to do, static; NULL: it can be
 * listens_here    with trace: a program listens to connection tracking events of this network namespace;
 *                 listens_elsewhere: of another one
 * unwatched_netns  with --netns=all: in how many network namespaces the kernel makes no events
 * listener        that program's process id, 0 when it is not known; then listener_name, as the kernel has it
 *
 * no_drop_rule    groups are to be found in the rules (-g auto), and no rule that drops logs to one
 * drop_rules_err  of reading the rules for that
 * logs_err        of reading the rules that log to the groups; -EINTR as of rules_err
 */
struct check_facts {
	int proc_err;
	bool read_only, user_namespace, ipv6, reach_ipv4, reach_ipv6, no_net_admin, no_bpf;
	char program[CHECK_MAX_PATH];

	bool connections;
	size_t buffer_bytes, granted_bytes;
	int socket_err;
	struct check_sysctls sysctls;
	int dump_err, rules_err, flowtables_err;
	size_t n_uncounted;
	struct check_flowtable uncounted[CHECK_MAX_FLOWTABLES];
	bool tracks_ipv4, tracks_ipv6, listened;
	uint64_t entries, offloaded;
	int table_err;
	uint32_t max_flows;

	bool trace, listens_here, listens_elsewhere;
	const char *trace_why;
	size_t unwatched_netns;
	uint32_t listener;
	char listener_name[16];

	bool no_drop_rule;
	int drop_rules_err, logs_err;
	size_t n_groups;
	struct check_group groups[CHECK_MAX_GROUPS];
};

#endif
