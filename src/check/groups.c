/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "check/parts.h"

static void add_taken(struct causes *c, const struct check_group *g)
{
	if (!g->holder) {
		causes_add(c, CHECK_NOTHING_COMES, "group_taken",
			   "NFLOG group %u is held by another program; which one is not known, /proc/net/netfilter/nfnetlink_log cannot be read",
			   g->group);
		causes_mend_there(c, "cat /proc/net/netfilter/nfnetlink_log   # group and port id, mostly that of its process; stop it, or log to another group");
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "group_taken",
		   "NFLOG group %u is held by another program, port id %" PRIu32, g->group,
		   g->holder);
	causes_mend(c, "kill %" PRIu32 "   # if that is its process, or log to another group",
		    g->holder);
}

static void check_bound(struct causes *c, const struct check_group *g)
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
		causes_mend(c, CHECK_SETCAP);
		return;
	}
	causes_add(c, CHECK_NOTHING_COMES, "modules", "no NFLOG group %u: %s", g->group,
		   strerror(-g->err));
	causes_mend(c, "modprobe nfnetlink_log");
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
		causes_mend(c, CHECK_SETCAP);
	else if (f->drop_rules_err)
		causes_mend_there(c, "nft list ruleset   # find the groups, and name them (-g 5)");
	if (!f->no_drop_rule)
		return;
	causes_add(c, CHECK_NOTHING_COMES, "group_unused",
		   "no rule that drops logs to an NFLOG group, so -g auto finds none");
	causes_mend_there(c, "nft add rule inet filter input log prefix '\"input \"' group 5 drop   # or in your table and chain: the last rule before a policy that drops");
}

void check_groups(struct causes *c, const struct check_facts *f)
{
	check_found(c, f);
	for (size_t i = 0; i < f->n_groups; i++)
		check_bound(c, &f->groups[i]);
	for (size_t i = 0; i < f->n_groups; i++)
		check_used(c, &f->groups[i]);
}
