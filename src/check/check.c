/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "check/check.h"
#include "check/command.h"
#include "enable/enable.h"
#include "host/addresses.h"
#include "host/sysctl.h"
#include "rule/legacy.h"
#include "rule/nft.h"
#include "rule/ruleset.h"
#include "rule/tracks.h"
#include "source/conntrack.h"
#include "source/dump.h"
#include "source/nflog.h"
#include "table/kernel.h"
#include "window/clock.h"

#define SETCAP "setcap cap_net_admin,cap_bpf+ep \"$(command -v ctagg)\""
/* How long an answer about the rules holds in silent windows, and how much longer than it
 * took to find. */
#define SILENCE_NS 900000000ULL
#define SILENCE_PART 20

#define MODULES "modprobe -a nf_conntrack nf_conntrack_netlink"

/* The command that sets a sysctl of the network namespace that was looked at. */
static void mend_sysctl(struct causes *c, const char *assignment)
{
	causes_mend_there(c, "sysctl -w net.netfilter.%s%s", assignment, sysctl_read_only() ?
			  "   # on the host, in this network namespace: /proc/sys is read-only here" : "");
}

/* Whether this is a user namespace other than the first, as in a container: who is root here
 * is nobody to what all namespaces share. One that maps all ids is taken for the first. */
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

/* The command that sets a sysctl that all namespaces share; it is set in the first one. */
static void mend_shared(struct causes *c, const char *name, int64_t value)
{
	causes_mend(c, "sysctl -w net.%s=%" PRId64 "%s", name, value,
		    in_user_namespace() ? "   # on the host" : "");
}

/* --- the event socket ------------------------------------------------------- */

static void check_buffer(struct causes *c, size_t granted, size_t asked)
{
	if (granted >= asked)
		return;
	causes_add(c, CHECK_INCOMPLETE, "buffer",
		   "the kernel grants a receive buffer of %zu bytes, not %zu: events may be lost under load",
		   granted, asked);
	mend_shared(c, "core.rmem_max", asked);
}

static void check_events_socket(struct causes *c, const struct options *opts)
{
	struct conntrack *events;
	int err = conntrack_open(&events, opts->buffer_bytes, NULL, NULL);

	switch (err) {
	case 0:
		check_buffer(c, conntrack_buffer(events), opts->buffer_bytes);
		conntrack_close(events);
		return;
	case -EPERM:
		causes_add(c, CHECK_NOTHING_COMES, "privilege",
			   "CAP_NET_ADMIN is missing: events cannot be subscribed to");
		causes_mend(c, SETCAP);
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "modules", "no connection tracking events: %s",
		   strerror(-err));
	causes_mend(c, MODULES);
}

/* --- connection tracking ---------------------------------------------------- */

/* What the connection table shows.
 *
 * err       of reading it
 * families  of the connections in it, a set of enum tracks
 * offloaded how many a flow table forwards
 */
struct table {
	int err;
	unsigned int families;
	uint64_t offloaded;
};

static void look_at_entry(void *arg, const struct conntrack_entry *entry)
{
	struct table *t = arg;

	t->families |= entry->event.family == AF_INET ? TRACKS_IPV4 : TRACKS_IPV6;
	t->offloaded += entry->offloaded;
}

/* The connections that rules make the kernel track, a set of enum tracks; -errno when
 * not all rules can be read. */
static int tracked_by_rules(void)
{
	int families = nft_tracks(), legacy = families < 0 ? 0 : legacy_tracks();

	return families < 0 ? families : legacy < 0 ? legacy : families | legacy;
}

/* Rules are read once in SILENCE_NS, and for no more than a part of the time: windows
 * can be as short as a millisecond, and rules many. */
static bool rules_explain_silence(void)
{
	static uint64_t again_ns;
	static bool nothing;
	uint64_t begun_ns = clock_monotonic_ns(), spent_ns;

	if (begun_ns < again_ns)
		return nothing;
	nothing = tracked_by_rules() == TRACKS_NONE;
	spent_ns = clock_monotonic_ns() - begun_ns;
	again_ns = begun_ns + spent_ns +
		   (spent_ns * SILENCE_PART > SILENCE_NS ? spent_ns * SILENCE_PART : SILENCE_NS);
	return nothing;
}

/* The number of connections first: it is a file of one line. */
bool check_explains_silence(void)
{
	return sysctl_netfilter("nf_conntrack_events") == 0 ||
	       (sysctl_netfilter("nf_conntrack_count") <= 0 && rules_explain_silence());
}

static void check_proc(struct causes *c)
{
	int err = sysctl_readable();

	if (!err)
		return;
	causes_add(c, CHECK_INCOMPLETE, "proc",
		   "/proc/sys/net cannot be read (%s): what is switched on, and who uses connection tracking, is not known",
		   strerror(-err));
	causes_mend(c, "mount -t proc proc /proc");
}

static void check_events(struct causes *c)
{
	int events = sysctl_netfilter("nf_conntrack_events");
	int count = sysctl_netfilter("nf_conntrack_count");

	if (events == 0) {
		causes_add(c, CHECK_NOTHING_COMES, "events_off",
			   "nf_conntrack_events is 0: the kernel reports no connection");
		mend_sysctl(c, "nf_conntrack_events=1");
	}
	if (events == 2 && count > 0) {
		causes_add(c, CHECK_INCOMPLETE, "events_auto",
			   "nf_conntrack_events is 2: of the %d connections in the table, those that began while nobody listened will not report their end",
			   count);
		mend_sysctl(c, "nf_conntrack_events=1");
	}
}

static int see_ipv6(void *arg, const __u8 addr[16], bool broadcast)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	(void)broadcast;
	*(bool *)arg |= !!memcmp(addr, mapped, sizeof(mapped));
	return 0;
}

/* Whether there is IPv6 here: a kernel or a namespace without has not even ::1. */
static bool has_ipv6(void)
{
	struct addresses *a;
	bool found = false;

	if (addresses_open(&a))
		return true;
	addresses_each(a, see_ipv6, &found);
	addresses_close(a);
	return found;
}

#define TRACK "'table %s track { chain in { type filter hook input priority 0; ct state new counter; }; }'"

/* Some connections are tracked, and those of the other IP version are not. */
static void check_one_version(struct causes *c, unsigned int tracked)
{
	if (!(tracked & TRACKS_IPV4)) {
		causes_add(c, CHECK_NOTHING_COMES, "no_tracking_ipv4",
			   "only rules for IPv6 use connection tracking: there are no IPv4 connections to report");
		causes_mend_there(c, "nft " TRACK, "ip");
	}
	if (!(tracked & TRACKS_IPV6) && has_ipv6()) {
		causes_add(c, CHECK_LESS_DETAIL, "no_tracking_ipv6",
			   "only rules for IPv4 use connection tracking: there are no IPv6 connections to report");
		causes_mend_there(c, "nft " TRACK, "ip6");
	}
}

static void check_tracking(struct causes *c, const struct table *t)
{
	int by_rules = tracked_by_rules();

	/* Not all kernels show a sysctl in all namespaces. */
	if (t->err && sysctl_netfilter("nf_conntrack_max") == -ENOENT && !sysctl_readable()) {
		causes_add(c, CHECK_NOTHING_COMES, "modules", "connection tracking is not loaded");
		causes_mend(c, MODULES);
		return;
	}
	if (by_rules < 0)
		return;
	if (by_rules | t->families) {
		check_one_version(c, by_rules | t->families);
		return;
	}
	if (sysctl_netfilter("nf_conntrack_count") > 0)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "no_tracking",
		   "no rule in this network namespace uses connection tracking: there are no connections to report");
	causes_mend_there(c, "nft " TRACK, "inet");
}

static void check_switches(struct causes *c)
{
	if (sysctl_netfilter("nf_conntrack_acct") == 0) {
		causes_add(c, CHECK_LESS_DETAIL, "accounting_off",
			   "nf_conntrack_acct is 0: packets and bytes are unknown");
		mend_sysctl(c, "nf_conntrack_acct=1");
	}
	if (sysctl_netfilter("nf_conntrack_timestamp") == 0) {
		causes_add(c, CHECK_LESS_DETAIL, "timestamps_off",
			   "nf_conntrack_timestamp is 0: durations are unknown");
		mend_sysctl(c, "nf_conntrack_timestamp=1");
	}
}

static void check_fill(struct causes *c)
{
	int count = sysctl_netfilter("nf_conntrack_count"), max = sysctl_netfilter("nf_conntrack_max");

	if (max <= 0 || count <= max / 10 * 9)
		return;
	causes_add(c, CHECK_INCOMPLETE, "table_nearly_full",
		   "the connection table holds %d of %d: when it is full, the kernel drops packets",
		   count, max);
	mend_shared(c, "netfilter.nf_conntrack_max", 2 * (int64_t)max);
}

static void check_offload(struct causes *c, const struct table *t)
{
	if (t->err || !t->offloaded)
		return;
	causes_add(c, CHECK_LESS_DETAIL, "offloaded",
		   "a flow table forwards %" PRIu64 " connections: their packets and bytes are known only where it has `counter'",
		   t->offloaded);
	causes_mend_there(c, "nft list flowtables   # and add `counter' to each");
}

/* --- the kernel table ------------------------------------------------------- */

/* In a user namespace CAP_BPF can be had and is not enough. */
static void add_no_bpf(struct causes *c)
{
	bool inside = in_user_namespace();

	causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
		   "no table in the kernel, counting costs more: CAP_BPF%s is missing",
		   inside ? " in the initial user namespace" : "");
	causes_mend(c, inside ? "ctagg --table=hash   # or, on the host, ctagg --netns=PID of a process in this network namespace" :
		    SETCAP);
}

static void check_kernel_table(struct causes *c, const struct options *opts)
{
	struct kernel *k;
	int err;

	if (opts->table == OPTIONS_TABLE_HASH)
		return;
	err = kernel_open_tested(&k, opts->max_flows, opts->interim ? KERNEL_INTERIM : 0,
				 &opts->spec, &opts->select);
	switch (err) {
	case 0:
		kernel_close(k);
		return;
	case -EPERM:
		add_no_bpf(c);
		return;
	case -ENOMEM:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: not enough memory");
		causes_mend(c, "ctagg --max-flows=%u", opts->max_flows / 4 + 1);
		return;
	case -ENOBUFS:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: net.core.optmem_max is too small for any filter on a socket");
		causes_mend_there(c, "sysctl -w net.core.optmem_max=20480");
		return;
	case -E2BIG:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: it has no room for so many ranges of zones or marks");
		causes_mend(c, "ctagg --table=hash   # or select fewer zones and marks");
		return;
	}
	causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
		   "no table in the kernel, counting costs more: this kernel or program cannot: %s",
		   strerror(-err));
	causes_mend(c, "ctagg --table=hash");
}

/* --- drops ------------------------------------------------------------------ */

static void add_taken(struct causes *c, uint16_t group)
{
	uint32_t holder = nflog_holder(group);

	if (!holder) {
		causes_add(c, CHECK_NOTHING_COMES, "group_taken",
			   "NFLOG group %u is held by another program; which one is not known, /proc/net/netfilter/nfnetlink_log cannot be read",
			   group);
		causes_mend_there(c, "cat /proc/net/netfilter/nfnetlink_log   # group and port id, mostly that of its process; stop it, or log to another group");
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "group_taken",
		   "NFLOG group %u is held by another program, port id %" PRIu32, group, holder);
	causes_mend(c, "kill %" PRIu32 "   # if that is its process, or log to another group",
		    holder);
}

static void check_group(struct causes *c, uint16_t group)
{
	struct nflog *n;
	int err = nflog_open(&n, &group, 1, 65536, NULL);

	switch (err) {
	case 0:
		nflog_close(n);
		return;
	case -EBUSY:
		add_taken(c, group);
		return;
	case -EPERM:
		causes_add(c, CHECK_NOTHING_COMES, "privilege",
			   "CAP_NET_ADMIN is missing: NFLOG group %u cannot be bound", group);
		causes_mend(c, SETCAP);
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "modules", "no NFLOG group %u: %s", group, strerror(-err));
	causes_mend(c, "modprobe nfnetlink_log");
}

static bool is_logged_to(const struct ruleset *r, uint16_t group)
{
	const struct log_rule *rules;
	size_t n = ruleset_rules(r, &rules);

	for (size_t i = 0; i < n; i++)
		if (rules[i].group == group)
			return true;
	return legacy_logs_to(group);	/* an error: it is not known */
}

static void check_drops(struct causes *c, const struct options *opts)
{
	struct ruleset *r = NULL;

	for (size_t i = 0; i < opts->n_groups; i++)
		check_group(c, opts->groups[i]);
	if (!opts->n_groups || ruleset_open(&r))
		return;
	for (size_t i = 0; i < opts->n_groups && !ruleset_behind(r); i++) {
		if (is_logged_to(r, opts->groups[i]))
			continue;
		causes_add(c, CHECK_NOTHING_COMES, "group_unused", "no rule logs to NFLOG group %u",
			   opts->groups[i]);
		causes_mend_there(c, "nft add rule inet filter input log prefix '\"input \"' group %u   # or in your table and chain: the last rule before a policy that drops",
				  opts->groups[i]);
	}
	ruleset_close(r);
}

/* --- what was left ---------------------------------------------------------- */

static void add_left(void *arg, const char *sysctl, int before, const char *file)
{
	char *name = command_word(file);

	causes_add(arg, CHECK_LESS_DETAIL, "left_enabled",
		   "a ctagg that was killed has left %s switched on", sysctl);
	/* Behind the `;' the file is removed outside of the namespace. */
	causes_mend_there(arg, "sysctl -w net.netfilter.%s=%d; rm %s", sysctl, before,
			  name ? name : "");
	free(name);
}

static void check_connections(struct causes *c, const struct options *opts)
{
	struct table table = { 0 };
	struct dump_stats stats;

	table.err = dump_connections(look_at_entry, NULL, &table, &stats);
	check_events_socket(c, opts);
	check_tracking(c, &table);
	check_events(c);
	check_fill(c);
	check_switches(c);
	check_offload(c, &table);
	check_kernel_table(c, opts);
}

int check_all(struct causes *c, const struct options *opts)
{
	causes_init(c, opts->netns);
	check_proc(c);
	if (opts->conntrack)
		check_connections(c, opts);
	check_drops(c, opts);
	enable_left(add_left, c);
	causes_sort(c);
	return c->err;
}
