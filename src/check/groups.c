/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "check/parts.h"

/* The name of a program can have any bytes; a line of text has only printable ASCII. */
static const char *printable(const char *name, char *p, size_t size)
{
	size_t n = 0;

	for (; n < size - 1 && name[n]; n++)
		p[n] = name[n] < 0x20 || name[n] > 0x7e ? '?' : name[n];
	p[n] = '\0';
	return p;
}

static void add_taken(struct causes *c, const struct check_group *g)
{
	enum check_severity severity = g->left_out ? CHECK_INCOMPLETE : CHECK_NOTHING_COMES;
	char name[sizeof(g->program)];

	if (g->holder) {
		causes_add(c, severity, "group_taken",
			   "NFLOG group %u is held by %s, process %" PRIu32 ": stop that program, or log to another group",
			   g->group, printable(g->program, name, sizeof(name)), g->holder);
		causes_mend(c, "ps -fp %" PRIu32, g->holder);
		return;
	}
	if (g->port)
		causes_add(c, severity, "group_taken",
			   "NFLOG group %u is held by another program, of which only its netlink port id %" PRIu32
			   " is known: stop that program, or log to another group",
			   g->group, g->port);
	else
		causes_add(c, severity, "group_taken",
			   "NFLOG group %u is held by another program; which one is not known, /proc/net/netfilter/nfnetlink_log cannot be read",
			   g->group);
	causes_mend_there(c, "cat /proc/net/netfilter/nfnetlink_log   # first two columns: group and port id, mostly the id of a process");
}

static void check_bound(struct causes *c, const struct check_facts *f,
			const struct check_group *g)
{
	switch (g->err) {
	case 0:
		return;
	case -EBUSY:
		add_taken(c, g);
		return;
	case -EPERM:
		causes_add(c, CHECK_NOTHING_COMES, "privilege",
			   "CAP_NET_ADMIN is missing: NFLOG group %u cannot be bound", g->group);
		check_mend_privilege(c, f);
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "modules", "no NFLOG group %u: %s", g->group,
		   strerror(-g->err));
	check_mend_modules(c, f, "nfnetlink_log");
}

static void check_used(struct causes *c, const struct check_group *g)
{
	if (!g->unused)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "group_unused", "no rule logs to NFLOG group %u",
		   g->group);
	causes_mend_there(c, "nft add rule inet filter input log prefix '\"input \"' group %u   # or in your table and chain: the last rule before a policy that drops",
			  g->group);
}

static void check_found(struct causes *c, const struct check_facts *f)
{
	if (f->drop_rules_err)
		causes_add(c, CHECK_NOTHING_COMES, "rules_unread",
			   "the rules cannot be read, so -g auto finds no NFLOG group: %s",
			   strerror(-f->drop_rules_err));
	if (f->drop_rules_err == -EPERM)
		check_mend_privilege(c, f);
	else if (f->drop_rules_err)
		causes_mend_there(c, "nft list ruleset   # find the groups, and name them: -g 5");
	if (!f->no_drop_rule)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "group_unused",
		   "no rule that drops logs to an NFLOG group, so -g auto finds none");
	causes_mend_there(c, "nft add rule inet filter input log prefix '\"input \"' group 5 drop   # or in your table and chain: the last rule before a policy that drops");
}

/* That groups cannot be bound for want of the same privilege is said of each group; without /proc rules of
 * iptables cannot be found, and check_proc() has said so. */
static void check_logs(struct causes *c, const struct check_facts *f)
{
	for (size_t i = 0; i < f->n_groups; i++)
		if (f->groups[i].err == f->logs_err || f->proc_err)
			return;
	check_rules_unread(c, "rules", f->logs_err, "whether a rule logs to the NFLOG groups");
}

void check_groups(struct causes *c, const struct check_facts *f)
{
	check_found(c, f);
	check_logs(c, f);
	for (size_t i = 0; i < f->n_groups; i++)
		check_bound(c, f, &f->groups[i]);
	for (size_t i = 0; i < f->n_groups; i++)
		check_used(c, &f->groups[i]);
}
