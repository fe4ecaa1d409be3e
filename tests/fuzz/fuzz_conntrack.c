/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "fuzz/targets.h"
#include "source/conntrack.h"

/* Whatever bytes come, the event that is decoded keeps the rules that tables and records
 * rely on. */

static void check(const struct flow_event *ev)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool icmp = ev->l4 == IPPROTO_ICMP || ev->l4 == IPPROTO_ICMPV6;

	must(ev->kind == FLOW_START || ev->kind == FLOW_END);
	must(ev->family == AF_INET || ev->family == AF_INET6);
	if (ev->family == AF_INET)
		must(!memcmp(ev->orig.saddr, mapped, 12) && !memcmp(ev->orig.daddr, mapped, 12) &&
		     !memcmp(ev->reply.saddr, mapped, 12));
	must(ev->has_ports || !(ev->orig.sport | ev->orig.dport | ev->reply.sport | ev->reply.dport));
	must(icmp || !(ev->icmp_type | ev->icmp_code));
	must(!ev->dir && !ev->rule && ev->conntrack && ev->has_icmp == icmp);
	must(ev->kind == FLOW_END || !(ev->has_counters || ev->replied || ev->timed));
	must(!ev->timed || ev->has_time);
}

int fuzz_conntrack(const uint8_t *data, size_t size)
{
	struct flow_event ev;
	struct nlmsghdr *whole;

	if (!conntrack_decode(data, size, &ev))
		check(&ev);
	if (size < sizeof(*whole))
		return 0;
	/* Again with the right length in the header, to get past the first check. */
	whole = malloc(size);
	must(whole);
	memcpy(whole, data, size);
	whole->nlmsg_len = size;
	if (!conntrack_decode(whole, size, &ev))
		check(&ev);
	free(whole);
	return 0;
}
