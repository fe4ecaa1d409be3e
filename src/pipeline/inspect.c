/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "flow/label.h"
#include "host/addresses.h"
#include "host/listeners.h"
#include "host/owner.h"
#include "host/sysctl.h"
#include "pipeline/groups.h"
#include "pipeline/inspect.h"
#include "pipeline/tracked.h"
#include "privilege/privilege.h"
#include "rule/flowtable.h"
#include "rule/legacy.h"
#include "rule/ruleset.h"
#include "rule/tracks.h"
#include "source/conntrack.h"
#include "source/dump.h"
#include "source/nflog.h"
#include "table/kernel.h"

_Static_assert(CHECK_MAX_GROUPS >= OPTIONS_MAX_GROUPS, "a fact for each group");
_Static_assert(sizeof(((struct check_group *)0)->program) == sizeof(((struct owner *)0)->name),
	       "room for the whole name");

#ifndef CAP_BPF		/* linux/capability.h of Linux 5.8 */
#define CAP_BPF 39
#endif

/* The groups of ctnetlink: the kernel takes a member of any of them for a listener
 * (ctnetlink_nl_bind() in nfnetlink.c). */
#define GROUP(n) (1u << ((n) - 1))
#define EVENT_GROUPS (GROUP(NFNLGRP_CONNTRACK_NEW) | GROUP(NFNLGRP_CONNTRACK_UPDATE) |           \
		      GROUP(NFNLGRP_CONNTRACK_DESTROY) | GROUP(NFNLGRP_CONNTRACK_EXP_NEW) |      \
		      GROUP(NFNLGRP_CONNTRACK_EXP_UPDATE) | GROUP(NFNLGRP_CONNTRACK_EXP_DESTROY))

/* The groups for which ctnetlink makes messages of connections (ctnetlink_conntrack_event()). */
#define MESSAGE_GROUPS (GROUP(NFNLGRP_CONNTRACK_NEW) | GROUP(NFNLGRP_CONNTRACK_UPDATE) | \
			GROUP(NFNLGRP_CONNTRACK_DESTROY))

/* --- the host ------------------------------------------------------------------ */

/* Whether this process is in another user namespace than the initial one. The initial one maps all
 * ids, so a namespace that maps all ids is taken for the initial one (user_namespaces(7)). */
static bool in_user_namespace(void)
{
	FILE *f = fopen("/proc/self/uid_map", "re");
	uint32_t inside, outside, count = 0;
	bool whole;

	if (!f)
		return false;
	whole = fscanf(f, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) == 3 &&
		count == UINT32_MAX;
	fclose(f);
	return !whole;
}

/* The first bytes of addresses that no other host reaches: 127.0.0.0/8, 169.254.0.0/16 and
 * fe80::/10; ::1 is the other one. */
static bool is_reached(const __u8 addr[16], bool ipv4)
{
	if (ipv4)
		return addr[12] != 127 && !(addr[12] == 169 && addr[13] == 254);
	return memcmp(addr, &in6addr_loopback, sizeof(in6addr_loopback)) &&
	       !(addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80);
}

static int see_address(void *arg, const __u8 addr[16], bool broadcast)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool ipv4 = !memcmp(addr, mapped, sizeof(mapped));
	struct check_facts *f = arg;

	f->ipv6 |= !ipv4;
	if (!broadcast && is_reached(addr, ipv4))
		*(ipv4 ? &f->reach_ipv4 : &f->reach_ipv6) = true;
	return 0;
}

/* A network namespace without IPv6 has not even the address ::1. */
static void inspect_addresses(struct check_facts *f)
{
	struct addresses *a;

	f->ipv6 = addresses_open(&a) != 0;
	if (f->ipv6)
		return;
	addresses_each(a, see_address, f);
	addresses_close(a);
}

/* A program that was replaced while it runs has no file that could be named. */
static void inspect_program(struct check_facts *f)
{
	ssize_t n = readlink("/proc/self/exe", f->program, sizeof(f->program) - 1);

	f->program[n > 0 && n < (ssize_t)sizeof(f->program) - 1 ? n : 0] = '\0';
	if (access(f->program, X_OK))
		f->program[0] = '\0';
}

static void inspect_host(struct check_facts *f)
{
	f->proc_err = sysctl_readable();
	f->read_only = sysctl_read_only();
	f->user_namespace = in_user_namespace();
	f->no_net_admin = !privilege_can_be_given(CAP_NET_ADMIN);
	f->no_bpf = !privilege_can_be_given(CAP_BPF);
	inspect_addresses(f);
	inspect_program(f);
}

/* --- connections ----------------------------------------------------------------- */

static void see_entry(void *arg, const struct conntrack_entry *entry)
{
	struct check_facts *f = arg;

	f->entries++;
	if (entry->event.family == AF_INET)
		f->tracks_ipv4 = true;
	else
		f->tracks_ipv6 = true;
	f->offloaded += entry->offloaded;
}

static void inspect_dump(struct check_facts *f)
{
	struct dump_stats stats;

	f->dump_err = dump_connections(see_entry, NULL, f, &stats);
}

/* Whether others listen is asked before this program does. */
static void inspect_socket(struct check_facts *f)
{
	struct conntrack *events;

	f->listened = listeners_here(NETLINK_NETFILTER, EVENT_GROUPS);
	f->socket_err = conntrack_open(&events, f->buffer_bytes, NULL, NULL);
	if (f->socket_err)
		return;
	f->granted_bytes = conntrack_buffer(events);
	conntrack_close(events);
}

static void inspect_rules(struct check_facts *f)
{
	int tracked = tracked_by_rules();

	if (tracked < 0) {
		f->rules_err = tracked;
		return;
	}
	f->tracks_ipv4 |= !!(tracked & TRACKS_IPV4);
	f->tracks_ipv6 |= !!(tracked & TRACKS_IPV6);
}

static void see_flowtable(void *arg, const struct flowtable *table)
{
	struct check_facts *f = arg;
	struct check_flowtable *to;

	if (table->counted || !table->used || f->n_uncounted++ >= CHECK_MAX_FLOWTABLES)
		return;
	to = &f->uncounted[f->n_uncounted - 1];
	to->family = label_family_name(table->family);
	snprintf(to->table, sizeof(to->table), "%s", table->table);
	snprintf(to->name, sizeof(to->name), "%s", table->name);
	to->priority = table->priority;
	to->hardware = table->hardware;
}

static void inspect_flowtables(struct check_facts *f)
{
	f->flowtables_err = flowtable_each(see_flowtable, f);
}

static void inspect_sysctls(struct check_sysctls *s)
{
	s->events = sysctl_netfilter("nf_conntrack_events");
	s->acct = sysctl_netfilter("nf_conntrack_acct");
	s->timestamp = sysctl_netfilter("nf_conntrack_timestamp");
	s->count = sysctl_netfilter("nf_conntrack_count");
	s->max = sysctl_netfilter("nf_conntrack_max");
}

static void inspect_kernel_table(struct check_facts *f, const struct options *opts)
{
	struct kernel *k;

	if (opts->table == OPTIONS_TABLE_HASH)
		return;
	f->table_err = kernel_open_tested(&k, opts->max_flows, opts->interim ? KERNEL_INTERIM : 0,
					  &opts->spec, &opts->select);
	if (!f->table_err)
		kernel_close(k);
}

/* A program that listens in any network namespace makes tracing dearer. */
static void inspect_listeners(struct check_facts *f)
{
	uint64_t inode = listeners_here(NETLINK_NETFILTER, MESSAGE_GROUPS);
	struct owner owner;

	f->listens_here = inode;
	if (!inode)
		inode = listeners_elsewhere(NETLINK_NETFILTER, MESSAGE_GROUPS);
	if (!inode)
		return;
	f->listens_elsewhere = !f->listens_here;
	owner_of_inode(&owner, inode);
	f->listener = owner.pid;
	memcpy(f->listener_name, owner.name, sizeof(f->listener_name));
}

static void inspect_connections(struct check_facts *f, const struct options *opts)
{
	inspect_dump(f);
	if (f->trace)
		inspect_listeners(f);
	inspect_socket(f);
	inspect_rules(f);
	inspect_flowtables(f);
	inspect_sysctls(&f->sysctls);
	if (!f->trace)
		inspect_kernel_table(f, opts);
}

/* --- drops ------------------------------------------------------------------------ */

static void inspect_group(struct check_group *g)
{
	struct owner owner;
	struct nflog *n;

	g->err = nflog_open(&n, &g->group, 1, 65536, NULL);
	if (!g->err)
		nflog_close(n);
	if (g->err != -EBUSY)
		return;
	g->port = nflog_holder(g->group);
	owner_find(&owner, NETLINK_NETFILTER, g->port);
	g->holder = owner.pid;
	memcpy(g->program, owner.name, sizeof(g->program));
}

/* 1, 0 or -errno: a rule that cannot be read may log to the group. */
static int is_logged_to(const struct ruleset *r, uint16_t group)
{
	const struct log_rule *rules;
	size_t n = ruleset_rules(r, &rules);

	for (size_t i = 0; i < n; i++)
		if (rules[i].group == group)
			return 1;
	return legacy_logs_to(group);
}

static void inspect_unused(struct check_facts *f)
{
	struct ruleset *r;

	if (!f->n_groups)
		return;
	f->logs_err = ruleset_open(&r);
	if (f->logs_err)
		return;
	if (ruleset_behind(r))
		f->logs_err = -EINTR;
	for (size_t i = 0; i < f->n_groups && !f->logs_err; i++) {
		int logged = is_logged_to(r, f->groups[i].group);

		f->groups[i].unused = !logged;
		f->logs_err = logged < 0 ? logged : 0;
	}
	ruleset_close(r);
}

/* Of the groups that -g auto has found, those that are held are left out while one is free. */
static void inspect_left_out(struct check_facts *f, const struct options *opts)
{
	bool any_free = false;

	for (size_t i = 0; i < f->n_groups; i++)
		any_free |= !f->groups[i].err;
	for (size_t i = opts->n_groups; i < f->n_groups; i++)
		f->groups[i].left_out = any_free;
}

static void inspect_groups(struct check_facts *f, const struct options *opts)
{
	uint16_t groups[NFLOG_MAX_GROUPS];
	bool more;
	int n = groups_list(groups, opts, &more);

	f->no_drop_rule = opts->auto_groups && !n;
	f->drop_rules_err = n < 0 ? n : 0;
	f->n_groups = n < 0 ? 0 : n;
	for (size_t i = 0; i < f->n_groups; i++) {
		f->groups[i].group = groups[i];
		inspect_group(&f->groups[i]);
	}
	inspect_left_out(f, opts);
	inspect_unused(f);
}

/* --- all of it ---------------------------------------------------------------------- */

static void begin(struct check_facts *f, const struct options *opts)
{
	memset(f, 0, sizeof(*f));
	f->connections = opts->conntrack;
	f->buffer_bytes = opts->buffer_bytes;
	f->max_flows = opts->max_flows;
	inspect_host(f);
}

void inspect(struct check_facts *facts, const struct options *opts, const char *trace_why)
{
	begin(facts, opts);
	facts->trace = opts->source == OPTIONS_SOURCE_TRACE;
	facts->trace_why = trace_why;
	if (facts->connections)
		inspect_connections(facts, opts);
	inspect_groups(facts, opts);
}

/* The connection table can be large, and is dumped only if rules do not show that connections of IPv4
 * are tracked: that IPv6 is not tracked is no error. Groups that -g auto finds have a rule. */
void inspect_run(struct check_facts *facts, const struct options *opts)
{
	begin(facts, opts);
	facts->granted_bytes = facts->buffer_bytes;
	if (facts->connections) {
		inspect_rules(facts);
		if (!facts->rules_err && !facts->tracks_ipv4)
			inspect_dump(facts);
		inspect_sysctls(&facts->sysctls);
	}
	facts->n_groups = opts->n_groups;
	for (size_t i = 0; i < facts->n_groups; i++)
		facts->groups[i].group = opts->groups[i];
	inspect_unused(facts);
}
