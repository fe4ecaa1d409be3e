/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "check/parts.h"

#define CONNTRACK_MODULES "nf_conntrack nf_conntrack_netlink"

/* --- the event socket ------------------------------------------------------- */

static void check_socket(struct causes *c, const struct check_facts *f)
{
	switch (f->socket_err) {
	case 0:
		return;
	case -EPERM:
		causes_add(c, CHECK_NOTHING_COMES, "privilege",
			   "CAP_NET_ADMIN is missing: events cannot be subscribed to");
		check_mend_privilege(c, f);
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "modules", "no connection tracking events: %s",
		   strerror(-f->socket_err));
	check_mend_modules(c, f, CONNTRACK_MODULES);
}

static void check_buffer(struct causes *c, const struct check_facts *f)
{
	if (f->socket_err || f->granted_bytes >= f->buffer_bytes)
		return;
	causes_add(c, CHECK_INCOMPLETE, "buffer",
		   "the kernel grants a receive buffer of %zu bytes, not %zu: events may be lost under load",
		   f->granted_bytes, f->buffer_bytes);
	check_mend_shared(c, f, "core.rmem_max", f->buffer_bytes);
}

/* --- what is tracked --------------------------------------------------------- */

#define TRACK "'table %s track { chain in { type filter hook input priority 0; ct state new counter; }; }'"

/* The kernel tracks connections of one IP version and not of the other. How bad that is depends on
 * whether the host has a use for the other: every host has 127.0.0.1, also one that speaks IPv6
 * alone. */
static void check_one_version(struct causes *c, const struct check_facts *f)
{
	bool ipv6_alone = f->reach_ipv6 && !f->reach_ipv4;

	if (!f->tracks_ipv4) {
		causes_add(c, ipv6_alone ? CHECK_LESS_DETAIL : CHECK_NOTHING_COMES, "no_tracking_ipv4",
			   "only rules for IPv6 use connection tracking: there are no IPv4 connections to report");
		causes_mend_there(c, "nft " TRACK, "ip");
	}
	if (!f->tracks_ipv6 && f->ipv6) {
		causes_add(c, f->reach_ipv6 ? CHECK_INCOMPLETE : CHECK_LESS_DETAIL, "no_tracking_ipv6",
			   "only rules for IPv4 use connection tracking: there are no IPv6 connections to report");
		causes_mend_there(c, "nft " TRACK, "ip6");
	}
}

/* An error that subscribing to events has met as well (no privilege) is said there. */
static int other_than_socket(const struct check_facts *f, int err)
{
	return err == f->socket_err ? 0 : err;
}

/* The connections of the table may show by themselves that all is tracked. Without /proc rules of iptables
 * cannot be found: check_proc() has said so. */
static void check_rules_read(struct causes *c, const struct check_facts *f)
{
	if (!f->proc_err && (!f->tracks_ipv4 || (f->ipv6 && !f->tracks_ipv6)))
		check_rules_unread(c, "rules", other_than_socket(f, f->rules_err),
				   "whether a rule makes the kernel track connections");
}

static void check_tracking(struct causes *c, const struct check_facts *f)
{
	/* Some kernels show nf_conntrack_max in the first network namespace only, so its
	 * absence says something only together with a dump that failed. */
	if (f->dump_err && f->sysctls.max == -ENOENT && !f->proc_err) {
		causes_add(c, CHECK_NOTHING_COMES, "modules", "connection tracking is not loaded");
		check_mend_modules(c, f, CONNTRACK_MODULES);
		return;
	}
	check_table_unread(c, other_than_socket(f, f->dump_err));
	if (f->rules_err) {
		check_rules_read(c, f);
		return;
	}
	if (f->tracks_ipv4 || f->tracks_ipv6) {
		check_one_version(c, f);
		return;
	}
	if (f->sysctls.count > 0)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "no_tracking",
		   "no rule in this network namespace uses connection tracking: there are no connections to report");
	causes_mend_there(c, "nft " TRACK, "inet");
}

/* --- sysctls ------------------------------------------------------------------- */

static void check_events(struct causes *c, const struct check_facts *f)
{
	if (f->sysctls.events)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "events_off",
		   "nf_conntrack_events is 0: the kernel reports no connection");
	check_mend_sysctl(c, f, "nf_conntrack_events=1");
}

/* With nf_conntrack_events=2 the kernel gives a connection a place for its events when the
 * connection begins, and only if a program is subscribed by then (nf_ct_ecache_ext_add()). While a
 * program is subscribed, nothing shows which connections of the table began earlier: there may be
 * none, so this is no warning. */
static void check_events_auto(struct causes *c, const struct check_facts *f)
{
	if (f->sysctls.events != 2 || f->dump_err || !f->entries)
		return;
	if (f->listened)
		causes_add(c, CHECK_LESS_DETAIL, "events_auto",
			   "nf_conntrack_events is 2: connections that began before any program listened do not report their end");
	else
		causes_add(c, CHECK_INCOMPLETE, "events_auto",
			   "nf_conntrack_events is 2, and no program listens here now: of the %" PRIu64
			   " connections in the table, those that began while nobody listened will not report their end",
			   f->entries);
	check_mend_sysctl(c, f, "nf_conntrack_events=1");
}

/* The cause is there from nine tenths of the limit on. All network namespaces share the limit. */
static void check_fill(struct causes *c, const struct check_facts *f)
{
	int count = f->sysctls.count, max = f->sysctls.max;

	if (max <= 0 || count <= max / 10 * 9)
		return;
	causes_add(c, CHECK_INCOMPLETE, "table_nearly_full",
		   "the connection table holds %d of %d: when it is full, the kernel drops packets",
		   count, max);
	check_mend_shared(c, f, "netfilter.nf_conntrack_max", 2 * (int64_t)max);
}

static void check_switches(struct causes *c, const struct check_facts *f)
{
	if (f->sysctls.acct == 0) {
		causes_add(c, CHECK_LESS_DETAIL, "accounting_off",
			   "nf_conntrack_acct is 0: packets and bytes are unknown");
		check_mend_sysctl(c, f, "nf_conntrack_acct=1");
	}
	if (f->sysctls.timestamp == 0) {
		causes_add(c, CHECK_LESS_DETAIL, "timestamps_off",
			   "nf_conntrack_timestamp is 0: durations are unknown");
		check_mend_sysctl(c, f, "nf_conntrack_timestamp=1");
	}
}

/* --- flow tables --------------------------------------------------------------- */

#define NAME_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_CHARACTERS NAME_FIRST "0123456789/\\_."

/* Whether nft(8) reads this as the name of a table: other programs can give other names. */
static bool is_name(const char *name)
{
	return *name && strchr(NAME_FIRST, *name) && !name[strspn(name, NAME_CHARACTERS)];
}

/* The command changes the flow table that is there, and with it connections that it already
 * forwards. nft sends a priority with the counter, and the kernel wants the one that the flow table
 * has, as well as its flags. */
static void check_flowtable(struct causes *c, const struct check_flowtable *t)
{
	causes_add(c, CHECK_INCOMPLETE, "offloaded",
		   "flow table %s of table %s %s has no `counter': what the connections carry that it forwards is not counted",
		   t->name, t->family, t->table);
	if (is_name(t->table) && is_name(t->name))
		causes_mend_there(c, "nft 'add flowtable %s %s %s { hook ingress priority %d; %scounter; }'",
				  t->family, t->table, t->name, t->priority,
				  t->hardware ? "flags offload; " : "");
	else
		causes_mend_there(c, "nft list flowtables   # and add the word counter to each");
}

/* Where all flow tables count, connections that they forward are counted. */
static void check_offload(struct causes *c, const struct check_facts *f)
{
	for (size_t i = 0; i < f->n_uncounted && i < CHECK_MAX_FLOWTABLES; i++)
		check_flowtable(c, &f->uncounted[i]);
	if (!f->flowtables_err || f->dump_err || !f->offloaded) {
		check_rules_unread(c, "flow tables", other_than_socket(f, f->flowtables_err),
				   "whether they count what they forward");
		return;
	}
	causes_add(c, CHECK_LESS_DETAIL, "offloaded",
		   "a flow table forwards %" PRIu64 " connections: their packets and bytes are known only where it has `counter'",
		   f->offloaded);
	causes_mend_there(c, "nft list flowtables   # and add the word counter to each");
}

void check_connections(struct causes *c, const struct check_facts *f)
{
	check_socket(c, f);
	check_buffer(c, f);
	check_tracking(c, f);
	check_events(c, f);
	check_events_auto(c, f);
	check_fill(c, f);
	check_switches(c, f);
	if (!f->proc_err)
		check_sysctls_unread(c, &f->sysctls);
	check_offload(c, f);
}
