/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdint.h>

#include "host/sysctl.h"
#include "pipeline/tracked.h"
#include "rule/legacy.h"
#include "rule/nft.h"
#include "rule/tracks.h"
#include "window/clock.h"

/* How long an answer about the rules is used before they are read again: this long, or this many
 * times as long as reading the rules took, whichever is longer. Windows can be as short as a
 * millisecond, and reading many rules takes longer than that. */
#define ANSWER_HOLDS_NS 900000000ULL
#define ANSWER_HOLDS_TIMES 20

/* A kernel without nf_tables has no rules of nftables. */
static int tracked_by_nftables(void)
{
	int families = nft_tracks();

	return families == -EINVAL || families == -EPROTONOSUPPORT ? TRACKS_NONE : families;
}

int tracked_by_rules(void)
{
	int families = tracked_by_nftables(), legacy = families < 0 ? 0 : legacy_tracks();

	return families < 0 ? families : legacy < 0 ? legacy : families | legacy;
}

/* Whether no rule makes the kernel track connections, as of the last time rules were read. Rules
 * that cannot be read may do so. */
static bool no_rule_tracks(void)
{
	static uint64_t again_ns;
	static bool nothing;
	uint64_t begun_ns = clock_monotonic_ns(), spent_ns;

	if (begun_ns < again_ns)
		return nothing;
	nothing = tracked_by_rules() == TRACKS_NONE;
	spent_ns = clock_monotonic_ns() - begun_ns;
	again_ns = begun_ns + spent_ns;
	again_ns += spent_ns * ANSWER_HOLDS_TIMES > ANSWER_HOLDS_NS ?
		spent_ns * ANSWER_HOLDS_TIMES : ANSWER_HOLDS_NS;
	return nothing;
}

/* The number of connections is asked before the rules: it is cheap, a file of one line, and any
 * connection shows that the kernel tracks. */
bool tracked_explains_silence(void)
{
	return sysctl_netfilter("nf_conntrack_events") == 0 ||
	       (sysctl_netfilter("nf_conntrack_count") <= 0 && no_rule_tracks());
}
