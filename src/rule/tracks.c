/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/xt_CT.h>

#include "rule/tracks.h"

unsigned int tracks_of_family(uint32_t nfproto)
{
	switch (nfproto) {
	case NFPROTO_IPV4:
		return TRACKS_IPV4;
	case NFPROTO_IPV6:
		return TRACKS_IPV6;
	case NFPROTO_INET:
	case NFPROTO_BRIDGE:
		return TRACKS_BOTH;
	}
	return TRACKS_NONE;
}

static bool one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* The matches whose kernel code calls nf_ct_netns_get(). */
bool tracks_match(const char *name)
{
	static const char *const names[] = { "conntrack", "state", "connmark", "connbytes",
					     "connlimit", "connlabel", "helper", "cluster", NULL };

	return one_of(name, names);
}

/* `-j CT --notrack' keeps packets from being tracked, so it does not ask for tracking. The
 * flags come first in each revision of the target (struct xt_ct_target_info). */
static bool is_notrack(const void *info, size_t len)
{
	uint16_t flags;

	if (len < sizeof(flags))
		return false;
	memcpy(&flags, info, sizeof(flags));
	return flags & XT_CT_NOTRACK;
}

bool tracks_target(const char *name, const void *info, size_t len)
{
	static const char *const names[] = { "CONNMARK", "CONNSECMARK", "SYNPROXY", "DNAT", "SNAT",
					     "MASQUERADE", "REDIRECT", "NETMAP", NULL };

	if (!strcmp(name, "CT"))
		return !is_notrack(info, len);
	return one_of(name, names);
}
