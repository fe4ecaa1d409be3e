/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "check/parts.h"

/* The kernel looks whether anybody in any network namespace listens (netlink_has_listeners()), and makes a
 * message of each event then, also where nobody gets the message. */
static void add_listener(struct causes *c, const struct check_facts *f)
{
	const char *where = f->listens_here ? "this" : "another";

	if (f->listener)
		causes_add(c, CHECK_LESS_DETAIL, "trace_listener",
			   "%s, process %u, listens to connection tracking events in %s network namespace: the kernel makes messages of all events meanwhile, and tracing saves little",
			   *f->listener_name ? f->listener_name : "a program", f->listener, where);
	else
		causes_add(c, CHECK_LESS_DETAIL, "trace_listener",
			   "a program listens to connection tracking events in %s network namespace: the kernel makes messages of all events meanwhile, and tracing saves little",
			   where);
	if (f->listener)
		causes_mend(c, "ps -o pid,user,args -p %u   # stop it if nobody needs it", f->listener);
	else
		causes_mend(c, "ss -f netlink -p   # as root, in each network namespace: stop it if nobody needs it");
}

void check_tracing(struct causes *c, const struct check_facts *f)
{
	if (f->trace_why) {
		causes_add(c, CHECK_NOTHING_COMES, "trace", "--source=trace cannot be had here: %s", f->trace_why);
		causes_mend(c, "ctagg --source=netlink");
	}
	if (f->unwatched_netns) {
		causes_add(c, CHECK_INCOMPLETE, "unwatched_netns",
			   "%zu network namespaces give no events: nf_conntrack_events is off there", f->unwatched_netns);
		causes_mend(c, "ctagg --source=trace --netns=all --enable=events");
	}
	if (f->listens_here || f->listens_elsewhere)
		add_listener(c, f);
}
