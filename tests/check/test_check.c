/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "check/check.h"

/* A host on which nothing keeps data away, asked for connections and one group. */
static struct check_facts healthy(void)
{
	return (struct check_facts){
		.ipv6 = true,
		.connections = true,
		.buffer_bytes = 1000,
		.granted_bytes = 2000,
		.sysctls = { .events = 1, .acct = 1, .timestamp = 1, .count = 10, .max = 1000 },
		.tracks_ipv4 = true,
		.tracks_ipv6 = true,
		.entries = 10,
		.max_flows = 65536,
		.n_groups = 1,
		.groups = { { .group = 5 } },
	};
}

/* The same, with --source=trace. */
static struct check_facts traced(void)
{
	struct check_facts f = healthy();

	f.trace = true;
	return f;
}

static struct causes causes_of(const struct check_facts *f)
{
	struct causes c;

	causes_init(&c, NULL);
	check_facts(&c, f);
	causes_sort(&c);
	cr_assert_eq(c.err, 0);
	return c;
}

/* The facts have exactly one cause, and its command contains `mends'. */
static void expect_one(const struct check_facts *f, enum check_severity severity,
		       const char *name, const char *mends)
{
	struct causes c = causes_of(f);

	cr_assert_eq(c.n, 1, "%s: %zu causes", name, c.n);
	cr_expect_str_eq(c.list[0].name, name);
	cr_expect_eq(c.list[0].severity, severity, "%s", name);
	cr_expect_not_null(strstr(c.list[0].command, mends), "%s: %s", name, c.list[0].command);
	causes_free(&c);
}

static void expect_n(const struct check_facts *f, size_t n)
{
	struct causes c = causes_of(f);

	cr_expect_eq(c.n, n);
	causes_free(&c);
}

static void expect_none(const struct check_facts *f)
{
	struct causes c = causes_of(f);

	cr_expect_eq(c.n, 0, "%s", c.n ? c.list[0].name : "");
	causes_free(&c);
}

Test(check, a_healthy_host_has_no_cause)
{
	struct check_facts f = healthy();

	expect_none(&f);
}

Test(check, sysctls_that_are_off)
{
	struct check_facts f = healthy();

	f.sysctls.events = 0;
	expect_one(&f, CHECK_NOTHING_COMES, "events_off", "sysctl -w net.netfilter.nf_conntrack_events=1");
	f = healthy();
	f.sysctls.acct = 0;
	expect_one(&f, CHECK_LESS_DETAIL, "accounting_off", "net.netfilter.nf_conntrack_acct=1");
	f = healthy();
	f.sysctls.timestamp = 0;
	expect_one(&f, CHECK_LESS_DETAIL, "timestamps_off", "net.netfilter.nf_conntrack_timestamp=1");
}

/* Only connections that were there before ctagg do not report their end. While somebody listens
 * there may be none of these. */
Test(check, automatic_events_matter_to_an_old_connection)
{
	struct check_facts f = healthy();

	f.sysctls.events = 2;
	expect_one(&f, CHECK_INCOMPLETE, "events_auto", "nf_conntrack_events=1");
	f.listened = true;
	expect_one(&f, CHECK_LESS_DETAIL, "events_auto", "nf_conntrack_events=1");
	f.listened = false;
	f.entries = 0;
	expect_none(&f);	/* whatever a sysctl still counts */
	f.entries = 10;
	f.dump_err = -EPERM;
	expect_one(&f, CHECK_INCOMPLETE, "table_unread", "conntrack -L");
}

Test(check, a_sysctl_that_cannot_be_read_is_no_cause)
{
	struct check_facts f = healthy();

	f.sysctls = (struct check_sysctls){ -ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT };
	expect_none(&f);
}

Test(check, where_proc_is_read_only_the_host_sets_the_sysctl)
{
	struct check_facts f = healthy();

	f.sysctls.acct = 0;
	f.read_only = true;
	expect_one(&f, CHECK_LESS_DETAIL, "accounting_off", "# on the host");
}

Test(check, without_proc)
{
	struct check_facts f = healthy();

	f.proc_err = -ENOENT;
	expect_one(&f, CHECK_INCOMPLETE, "proc", "mount -t proc");
}

Test(check, the_event_socket)
{
	struct check_facts f = healthy();

	f.socket_err = -EPERM;
	f.granted_bytes = 0;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege",
		   "setcap cap_net_admin,cap_bpf+ep \"$(command -v ctagg)\"");
	strcpy(f.program, "/opt/my tools/ctagg");
	expect_one(&f, CHECK_NOTHING_COMES, "privilege",
		   "setcap cap_net_admin,cap_bpf+ep '/opt/my tools/ctagg'");
	f.no_bpf = true;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege", "setcap cap_net_admin+ep ");
	f.no_net_admin = true;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege", "--cap-add=NET_ADMIN");
	f.socket_err = -EPROTONOSUPPORT;
	expect_one(&f, CHECK_NOTHING_COMES, "modules", "modprobe -a nf_conntrack nf_conntrack_netlink");
	f.read_only = true;
	expect_one(&f, CHECK_NOTHING_COMES, "modules", "# on the host");
}

Test(check, a_small_buffer)
{
	struct check_facts f = healthy();

	f.granted_bytes = f.buffer_bytes;
	expect_none(&f);
	f.granted_bytes--;
	expect_one(&f, CHECK_INCOMPLETE, "buffer", "sysctl -w net.core.rmem_max=1000");
	f.user_namespace = true;
	expect_one(&f, CHECK_INCOMPLETE, "buffer", "# on the host");
}

Test(check, nothing_is_tracked)
{
	struct check_facts f = healthy();

	f.tracks_ipv4 = f.tracks_ipv6 = false;
	expect_none(&f);	/* there are connections, so something tracks them */
	f.sysctls.count = 0;
	expect_one(&f, CHECK_NOTHING_COMES, "no_tracking", "nft 'table inet track");
	f.rules_err = -EINTR;
	expect_one(&f, CHECK_INCOMPLETE, "rules_unread", "nft list ruleset");
	f.tracks_ipv4 = f.tracks_ipv6 = true;
	expect_none(&f);	/* the connections show that it is tracked */
	f.tracks_ipv6 = false;
	expect_one(&f, CHECK_INCOMPLETE, "rules_unread", "nft list ruleset");
	f.ipv6 = false;
	expect_none(&f);
}

/* What could not be looked at is said; once, where subscribing to events has met the same error. */
Test(check, what_cannot_be_read)
{
	struct check_facts f = healthy();

	f.dump_err = -ENOBUFS;
	expect_one(&f, CHECK_INCOMPLETE, "table_unread", "conntrack -L");
	f = healthy();
	f.flowtables_err = -ENOMEM;
	expect_one(&f, CHECK_INCOMPLETE, "rules_unread", "nft list ruleset");
	f = healthy();
	f.sysctls.timestamp = -EMFILE;
	expect_one(&f, CHECK_INCOMPLETE, "proc", "sysctl net.netfilter.nf_conntrack_timestamp");
	f = healthy();
	f.logs_err = -EINTR;
	expect_one(&f, CHECK_INCOMPLETE, "rules_unread", "nft list ruleset");
	f = healthy();
	f.tracks_ipv4 = f.tracks_ipv6 = false;
	f.socket_err = f.dump_err = f.rules_err = f.flowtables_err = -EPERM;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege", "setcap");
	f = healthy();
	f.connections = false;
	f.groups[0].err = f.logs_err = -EPERM;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege", "setcap");
}

Test(check, one_ip_version_is_tracked)
{
	struct check_facts f = healthy();

	f.tracks_ipv4 = false;
	expect_one(&f, CHECK_NOTHING_COMES, "no_tracking_ipv4", "nft 'table ip track");
	f.reach_ipv6 = true;	/* and no other host reaches this one by IPv4 */
	expect_one(&f, CHECK_LESS_DETAIL, "no_tracking_ipv4", "nft 'table ip track");
	f.reach_ipv4 = true;
	expect_one(&f, CHECK_NOTHING_COMES, "no_tracking_ipv4", "nft 'table ip track");
	f = healthy();
	f.tracks_ipv6 = false;
	expect_one(&f, CHECK_LESS_DETAIL, "no_tracking_ipv6", "nft 'table ip6 track");
	f.reach_ipv6 = true;
	expect_one(&f, CHECK_INCOMPLETE, "no_tracking_ipv6", "nft 'table ip6 track");
	f.ipv6 = f.reach_ipv6 = false;
	expect_none(&f);
}

/* One fact alone is none: some kernels hide the sysctl, and a dump can fail otherwise. */
Test(check, connection_tracking_is_not_loaded)
{
	struct check_facts f = healthy();

	f.dump_err = -EOPNOTSUPP;
	expect_one(&f, CHECK_INCOMPLETE, "table_unread", "conntrack -L");
	f.sysctls.max = -ENOENT;
	expect_one(&f, CHECK_NOTHING_COMES, "modules", "modprobe -a nf_conntrack");
	f.dump_err = 0;
	expect_none(&f);
}

Test(check, a_connection_table_that_is_nearly_full)
{
	struct check_facts f = healthy();

	f.sysctls.count = 900;
	expect_none(&f);
	f.sysctls.count = 901;
	expect_one(&f, CHECK_INCOMPLETE, "table_nearly_full", "nf_conntrack_max=2000");
	f.sysctls.count = f.sysctls.max = INT32_MAX;
	expect_one(&f, CHECK_INCOMPLETE, "table_nearly_full", "nf_conntrack_max=4294967294");
}

Test(check, connections_of_a_flow_table)
{
	struct check_facts f = healthy();

	f.offloaded = 3;
	expect_none(&f);
	f.flowtables_err = -EPERM;
	expect_one(&f, CHECK_LESS_DETAIL, "offloaded", "nft list flowtables");
	f.offloaded = 0;
	expect_one(&f, CHECK_INCOMPLETE, "rules_unread", "nft list ruleset");
}

Test(check, a_flow_table_without_a_counter)
{
	struct check_facts f = healthy();

	f.n_uncounted = 1;
	f.uncounted[0] = (struct check_flowtable){ "inet", "fast", "f", -10, false };
	expect_one(&f, CHECK_INCOMPLETE, "offloaded",
		   "nft 'add flowtable inet fast f { hook ingress priority -10; counter; }'");
	f.offloaded = 3;
	expect_one(&f, CHECK_INCOMPLETE, "offloaded", "counter; }");
	f.uncounted[0].hardware = true;
	expect_one(&f, CHECK_INCOMPLETE, "offloaded", "priority -10; flags offload; counter; }'");
	strcpy(f.uncounted[0].name, "f'; reboot '");
	expect_one(&f, CHECK_INCOMPLETE, "offloaded", "nft list flowtables");
	f.n_uncounted = CHECK_MAX_FLOWTABLES + 5;	/* the rest has no place */
	for (size_t i = 0; i < CHECK_MAX_FLOWTABLES; i++)
		f.uncounted[i] = (struct check_flowtable){ "ip", "t", "f", 0, false };
	expect_n(&f, CHECK_MAX_FLOWTABLES);
}

Test(check, a_kernel_table_that_cannot_be_had)
{
	static const struct {
		int err;
		const char *mends;
	} cases[] = {
		{ -EPERM, "setcap" },
		{ -ENOMEM, "--max-flows=16385" },
		{ -ENOBUFS, "net.core.optmem_max" },
		{ -E2BIG, "fewer zones" },
		{ -EINVAL, "--table=hash" },
	};
	struct check_facts f = healthy();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.table_err = cases[i].err;
		expect_one(&f, CHECK_LESS_DETAIL, "kernel_table", cases[i].mends);
	}
	f.table_err = -EPERM;
	f.no_bpf = true;	/* the kernel would not run a program whose file has CAP_BPF */
	expect_one(&f, CHECK_LESS_DETAIL, "kernel_table", "--table=hash");
	f.no_bpf = false;
	f.user_namespace = true;
	expect_one(&f, CHECK_LESS_DETAIL, "kernel_table", "--netns=PID");
}

Test(check, groups)
{
	struct check_facts f = healthy();

	f.groups[0].err = -EPERM;
	expect_one(&f, CHECK_NOTHING_COMES, "privilege", "setcap");
	f.groups[0].err = -EPROTONOSUPPORT;
	expect_one(&f, CHECK_NOTHING_COMES, "modules", "modprobe -a nfnetlink_log");
	f.groups[0].err = -EBUSY;
	expect_one(&f, CHECK_NOTHING_COMES, "group_taken", "cat /proc/net/netfilter/nfnetlink_log");
	f.groups[0].port = 4294963201;
	expect_one(&f, CHECK_NOTHING_COMES, "group_taken", "cat /proc/net/netfilter/nfnetlink_log");
	f.groups[0].holder = 1234;
	expect_one(&f, CHECK_NOTHING_COMES, "group_taken", "ps -fp 1234");
	f.groups[0].left_out = true;
	expect_one(&f, CHECK_INCOMPLETE, "group_taken", "ps -fp 1234");
	f.groups[0] = (struct check_group){ .group = 5, .unused = true };
	expect_one(&f, CHECK_NOTHING_COMES, "group_unused", "group 5");
}

/* The name of a program can have any bytes. */
Test(check, the_holder_of_a_group_is_named)
{
	struct check_facts f = healthy();
	struct causes c;

	f.groups[0] = (struct check_group){ .group = 5, .err = -EBUSY, .port = 99, .holder = 12,
					    .program = "a \n\xff'b" };
	c = causes_of(&f);
	cr_assert_eq(c.n, 1);
	cr_expect_str_eq(c.list[0].text,
			 "NFLOG group 5 is held by a ?" "?'b, process 12: stop that program, or log to another group");
	causes_free(&c);
}

Test(check, of_drops_alone_connections_do_not_matter)
{
	struct check_facts f = healthy();

	f.connections = false;
	f.socket_err = f.dump_err = f.rules_err = f.table_err = -EPERM;
	f.sysctls = (struct check_sysctls){ 0 };
	expect_none(&f);
}

Test(check, what_a_killed_ctagg_has_left)
{
	struct causes c;

	causes_init(&c, "blue");
	check_left(&c, "nf_conntrack_acct", 0, "/run/ctagg/a b");
	cr_assert_eq(c.n, 1);
	cr_expect_str_eq(c.list[0].name, "left_enabled");
	cr_expect_not_null(strstr(c.list[0].command, c.prefix));
	cr_expect_not_null(strstr(c.list[0].command,
				  "sysctl -w net.netfilter.nf_conntrack_acct=0; rm '/run/ctagg/a b'"),
			   "%s", c.list[0].command);
	causes_free(&c);
}

Test(causes, worst_first_else_as_they_came)
{
	static const enum check_severity added[] = { CHECK_LESS_DETAIL, CHECK_NOTHING_COMES,
						     CHECK_INCOMPLETE, CHECK_NOTHING_COMES,
						     CHECK_LESS_DETAIL };
	static const char *const sorted[] = { "1", "3", "2", "0", "4" };
	static const char *const names[] = { "0", "1", "2", "3", "4" };
	struct causes c;

	causes_init(&c, NULL);
	for (size_t i = 0; i < 5; i++) {
		causes_add(&c, added[i], names[i], "text");
		causes_mend(&c, "command");
	}
	causes_sort(&c);
	cr_assert_eq(c.n, 5);
	for (size_t i = 0; i < 5; i++)
		cr_expect_str_eq(c.list[i].name, sorted[i]);
	causes_free(&c);
}

Test(causes, only_some_commands_run_in_the_namespace)
{
	struct causes c;

	causes_init(&c, "/run/a b");
	causes_add(&c, CHECK_INCOMPLETE, "one", "text");
	causes_mend_there(&c, "sysctl %d", 1);
	causes_add(&c, CHECK_INCOMPLETE, "two", "text");
	causes_mend(&c, "setcap %d", 2);
	cr_expect_str_eq(c.list[0].command, "nsenter --net='/run/a b' sysctl 1");
	cr_expect_str_eq(c.list[1].command, "setcap 2");
	causes_free(&c);
}

Test(check, tracing)
{
	struct check_facts f = traced();
	struct causes c;

	expect_n(&f, 0);
	f.table_err = -EPERM;	/* means nothing */
	expect_n(&f, 0);
	f.trace_why = "the moon is full";
	expect_one(&f, CHECK_NOTHING_COMES, "trace", "--source=netlink");
	c = causes_of(&f);
	cr_expect_not_null(strstr(c.list[0].text, "the moon is full"), "%s", c.list[0].text);
	causes_free(&c);
	f.trace = f.connections = false;
	expect_n(&f, 0);
}

Test(check, namespaces_without_events)
{
	struct check_facts f = traced();

	f.unwatched_netns = 3;
	expect_one(&f, CHECK_INCOMPLETE, "unwatched_netns", "--enable=events");
}

Test(check, who_makes_tracing_dear)
{
	struct check_facts f = traced();
	struct causes c;

	f.listens_elsewhere = true;
	expect_one(&f, CHECK_LESS_DETAIL, "trace_listener", "ss -f netlink");
	f.listener = 4711;
	strcpy(f.listener_name, "conntrack");
	expect_one(&f, CHECK_LESS_DETAIL, "trace_listener", "-p 4711");
	c = causes_of(&f);
	cr_expect_eq(strncmp(c.list[0].text, "conntrack, process 4711, ", 25), 0, "%s", c.list[0].text);
	cr_expect_not_null(strstr(c.list[0].text, "in another network namespace"), "%s", c.list[0].text);
	causes_free(&c);
	f.listens_here = true;
	f.listens_elsewhere = false;
	c = causes_of(&f);
	cr_expect_not_null(strstr(c.list[0].text, "in this network namespace"), "%s", c.list[0].text);
	causes_free(&c);
	f.trace = false;
	expect_n(&f, 0);
}
