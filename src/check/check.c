/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "enable/enable.h"
#include "rule/nft.h"
#include "rule/ruleset.h"
#include "source/conntrack.h"
#include "source/dump.h"
#include "source/nflog.h"
#include "source/sysctl.h"
#include "table/kernel.h"

#define SETCAP "setcap cap_net_admin,cap_bpf+ep \"$(command -v ctagg)\""

__attribute__((format(printf, 4, 5)))
static struct cause *add(struct causes *c, enum check_severity severity, const char *name,
			 const char *text, ...)
{
	static struct cause beyond;	/* more than anybody reads */
	struct cause *cause = c->n < sizeof(c->list) / sizeof(c->list[0]) ? &c->list[c->n++] : &beyond;
	va_list args;

	memset(cause, 0, sizeof(*cause));
	cause->severity = severity;
	cause->name = name;
	va_start(args, text);
	vsnprintf(cause->text, sizeof(cause->text), text, args);
	va_end(args);
	return cause;
}

__attribute__((format(printf, 2, 3)))
static void mend(struct cause *cause, const char *command, ...)
{
	va_list args;

	va_start(args, command);
	vsnprintf(cause->command, sizeof(cause->command), command, args);
	va_end(args);
}

/* --- the event socket ------------------------------------------------------- */

static void check_buffer(struct causes *c, size_t granted, size_t asked)
{
	if (granted < asked)
		mend(add(c, CHECK_INCOMPLETE, "buffer",
			 "the kernel grants a receive buffer of %zu bytes, not %zu: events may be lost under load",
			 granted, asked),
		     "sysctl -w net.core.rmem_max=%zu", asked);
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
		mend(add(c, CHECK_NOTHING_COMES, "privilege",
			 "CAP_NET_ADMIN is missing: events cannot be subscribed to"), SETCAP);
		return;
	}
	mend(add(c, CHECK_NOTHING_COMES, "modules", "no connection tracking events: %s",
		 strerror(-err)), "modprobe -a nf_conntrack nf_conntrack_netlink");
}

/* --- connection tracking ---------------------------------------------------- */

/* The old tables of iptables, whose rules nf_tables does not show. */
static bool has_legacy_rules(void)
{
	static const char *const files[] = { "/proc/self/net/ip_tables_names",
					     "/proc/self/net/ip6_tables_names" };
	bool found = false;

	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(files[i], "re");

		if (!f)
			continue;
		found |= fgetc(f) != EOF;
		fclose(f);
	}
	return found;
}

static bool nothing_tracks(void)
{
	return nft_tracks() == 0 && sysctl_netfilter("nf_conntrack_count") <= 0 &&
	       !has_legacy_rules();
}

bool check_explains_silence(void)
{
	return sysctl_netfilter("nf_conntrack_events") == 0 || nothing_tracks();
}

static void check_events(struct causes *c)
{
	int events = sysctl_netfilter("nf_conntrack_events");
	int count = sysctl_netfilter("nf_conntrack_count");

	if (events == 0)
		mend(add(c, CHECK_NOTHING_COMES, "events_off",
			 "nf_conntrack_events is 0: the kernel reports no connection"),
		     "sysctl -w net.netfilter.nf_conntrack_events=1");
	if (events == 2 && count > 0)
		mend(add(c, CHECK_INCOMPLETE, "events_auto",
			 "nf_conntrack_events is 2: of the %d connections in the table, those that began while nobody listened will not report their end",
			 count),
		     "sysctl -w net.netfilter.nf_conntrack_events=1");
}

static void check_tracking(struct causes *c)
{
	if (sysctl_netfilter("nf_conntrack_max") < 0)
		mend(add(c, CHECK_NOTHING_COMES, "modules", "connection tracking is not loaded"),
		     "modprobe -a nf_conntrack nf_conntrack_netlink");
	else if (nothing_tracks())
		mend(add(c, CHECK_NOTHING_COMES, "no_tracking",
			 "no rule in this network namespace uses connection tracking: there are no connections to report"),
		     "nft 'table inet track { chain in { type filter hook input priority 0; ct state new counter; }; }'");
}

static void check_switches(struct causes *c)
{
	if (sysctl_netfilter("nf_conntrack_acct") == 0)
		mend(add(c, CHECK_LESS_DETAIL, "accounting_off",
			 "nf_conntrack_acct is 0: packets and bytes are unknown"),
		     "sysctl -w net.netfilter.nf_conntrack_acct=1");
	if (sysctl_netfilter("nf_conntrack_timestamp") == 0)
		mend(add(c, CHECK_LESS_DETAIL, "timestamps_off",
			 "nf_conntrack_timestamp is 0: durations are unknown"),
		     "sysctl -w net.netfilter.nf_conntrack_timestamp=1");
}

static void check_fill(struct causes *c)
{
	int count = sysctl_netfilter("nf_conntrack_count"), max = sysctl_netfilter("nf_conntrack_max");

	if (max > 0 && count > max / 10 * 9)
		mend(add(c, CHECK_INCOMPLETE, "table_nearly_full",
			 "the connection table holds %d of %d: when it is full, the kernel drops packets",
			 count, max),
		     "sysctl -w net.netfilter.nf_conntrack_max=%" PRId64, 2 * (int64_t)max);
}

static void count_offloaded(void *arg, const struct conntrack_entry *entry)
{
	uint64_t *n = arg;

	*n += entry->offloaded;
}

static void check_offload(struct causes *c)
{
	struct dump_stats stats;
	uint64_t n = 0;

	if (!dump_connections(count_offloaded, &n, &stats) && n)
		mend(add(c, CHECK_LESS_DETAIL, "offloaded",
			 "a flow table forwards %" PRIu64 " connections: their packets and bytes are known only where it has `counter'",
			 n),
		     "nft list flowtables   # and add `counter' to each");
}

/* --- the kernel table ------------------------------------------------------- */

static void check_kernel_table(struct causes *c, const struct options *opts)
{
	struct kernel *k;
	int err;

	if (opts->table == OPTIONS_TABLE_HASH)
		return;
	err = kernel_open(&k, opts->max_flows, 0);
	if (!err) {
		err = kernel_self_test(k);
		kernel_close(k);
	}
	switch (err) {
	case 0:
		return;
	case -EPERM:
		mend(add(c, CHECK_LESS_DETAIL, "kernel_table",
			 "no table in the kernel, counting costs more: CAP_BPF is missing"), SETCAP);
		return;
	case -ENOMEM:
		mend(add(c, CHECK_LESS_DETAIL, "kernel_table",
			 "no table in the kernel, counting costs more: not enough memory"),
		     "ctagg --max-flows=%u", opts->max_flows / 4 + 1);
		return;
	}
	mend(add(c, CHECK_LESS_DETAIL, "kernel_table",
		 "no table in the kernel, counting costs more: this kernel or program cannot: %s",
		 strerror(-err)),
	     "ctagg --table=hash");
}

/* --- drops ------------------------------------------------------------------ */

static void check_group(struct causes *c, uint16_t group)
{
	struct nflog *n;
	int err = nflog_open(&n, &group, 1, 65536, NULL);

	switch (err) {
	case 0:
		nflog_close(n);
		return;
	case -EBUSY:
		mend(add(c, CHECK_NOTHING_COMES, "group_taken",
			 "NFLOG group %u is held by another program, port id %" PRIu32, group,
			 nflog_holder(group)),
		     "kill %" PRIu32 "   # if that is its process, or log to another group",
		     nflog_holder(group));
		return;
	case -EPERM:
		mend(add(c, CHECK_NOTHING_COMES, "privilege",
			 "CAP_NET_ADMIN is missing: NFLOG group %u cannot be bound", group), SETCAP);
		return;
	}
	mend(add(c, CHECK_NOTHING_COMES, "modules", "no NFLOG group %u: %s", group, strerror(-err)),
	     "modprobe nfnetlink_log");
}

static bool is_logged_to(const struct ruleset *r, uint16_t group)
{
	const struct log_rule *rules;
	size_t n = ruleset_rules(r, &rules);

	for (size_t i = 0; i < n; i++)
		if (rules[i].group == group)
			return true;
	return false;
}

static void check_drops(struct causes *c, const struct options *opts)
{
	struct ruleset *r = NULL;

	for (size_t i = 0; i < opts->n_groups; i++)
		check_group(c, opts->groups[i]);
	if (!opts->n_groups || has_legacy_rules() || ruleset_open(&r))
		return;
	for (size_t i = 0; i < opts->n_groups; i++)
		if (!is_logged_to(r, opts->groups[i]))
			mend(add(c, CHECK_NOTHING_COMES, "group_unused",
				 "no rule logs to NFLOG group %u", opts->groups[i]),
			     "nft add rule inet filter input log prefix '\"input \"' group %u   # the last before a policy that drops",
			     opts->groups[i]);
	ruleset_close(r);
}

/* --- what was left ---------------------------------------------------------- */

static void add_left(void *arg, const char *sysctl, int before, const char *file)
{
	mend(add(arg, CHECK_LESS_DETAIL, "left_enabled",
		 "a ctagg that was killed has left %s switched on", sysctl),
	     "sysctl -w net.netfilter.%s=%d; rm %s", sysctl, before, file);
}

/* Worst first, else in the order in which they were found. */
static void sort(struct causes *c)
{
	for (size_t i = 1; i < c->n; i++) {
		struct cause moved = c->list[i];
		size_t at = i;

		for (; at && c->list[at - 1].severity > moved.severity; at--)
			c->list[at] = c->list[at - 1];
		c->list[at] = moved;
	}
}

void check_all(struct causes *c, const struct options *opts)
{
	memset(c, 0, sizeof(*c));
	if (opts->conntrack) {
		check_events_socket(c, opts);
		check_tracking(c);
		check_events(c);
		check_fill(c);
		check_switches(c);
		check_offload(c);
		check_kernel_table(c, opts);
	}
	check_drops(c, opts);
	enable_left(add_left, c);
	sort(c);
}
