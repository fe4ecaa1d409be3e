/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "check/parts.h"

/* What --check could not look at: a cause that depends on this is not found, and is not ruled out. */

void check_table_unread(struct causes *c, int err)
{
	if (!err)
		return;
	causes_add(c, CHECK_INCOMPLETE, "table_unread",
		   "the connection table cannot be read: %s: which connections there are is not known",
		   strerror(-err));
	causes_mend_there(c, "conntrack -L   # as root: prints the table, or why it cannot be read");
}

void check_rules_unread(struct causes *c, const char *what, int err, const char *unknown)
{
	if (!err)
		return;
	causes_add(c, CHECK_INCOMPLETE, "rules_unread", "the %s cannot be read: %s: %s is not known", what,
		   err == -EINTR ? "they change too fast" : strerror(-err), unknown);
	causes_mend_there(c, "nft list ruleset   # as root: prints the rules, or why they cannot be read");
}

/* Some kernels do not have, or do not show, each of the files. */
static void add_sysctl(struct causes *c, const char *name, int value)
{
	if (value >= 0 || value == -ENOENT)
		return;
	causes_add(c, CHECK_INCOMPLETE, "proc", "/proc/sys/net/netfilter/%s cannot be read: %s", name,
		   strerror(-value));
	causes_mend_there(c, "sysctl net.netfilter.%s", name);
}

void check_sysctls_unread(struct causes *c, const struct check_sysctls *s)
{
	add_sysctl(c, "nf_conntrack_events", s->events);
	add_sysctl(c, "nf_conntrack_acct", s->acct);
	add_sysctl(c, "nf_conntrack_timestamp", s->timestamp);
	add_sysctl(c, "nf_conntrack_count", s->count);
	add_sysctl(c, "nf_conntrack_max", s->max);
}
