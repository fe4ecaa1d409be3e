/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "random.h"
#include "rule/legacy.h"
#include "rule/legacy_drops.h"
#include "rule/tracks.h"

struct table {
	char bytes[4096];
	size_t len;
};

/* An entry of a table, with a match (or NULL) and a target of info_len bytes. */
static void add_entry(struct table *t, size_t head, size_t target_at, const char *match,
		      const char *target, size_t info_len)
{
	struct xt_entry_target tail = { 0 };
	struct xt_entry_match m = { 0 };
	uint16_t offsets[2];
	char *entry = t->bytes + t->len;

	m.u.user.match_size = sizeof(m) + 8;
	tail.u.user.target_size = sizeof(tail) + info_len;
	offsets[0] = head + (match ? m.u.user.match_size : 0);
	offsets[1] = offsets[0] + tail.u.user.target_size;
	if (match) {
		strcpy(m.u.user.name, match);
		memcpy(entry + head, &m, sizeof(m));
	}
	strcpy(tail.u.user.name, target);
	memcpy(entry + offsets[0], &tail, sizeof(tail));
	memset(entry + offsets[0] + sizeof(tail), 0xee, info_len);
	memcpy(entry + target_at, offsets, sizeof(offsets));
	t->len += offsets[1];
}

static void add_ipv4(struct table *t, const char *match, const char *target)
{
	_Static_assert(offsetof(struct ipt_entry, next_offset) ==
		       offsetof(struct ipt_entry, target_offset) + 2, "side by side");
	add_entry(t, sizeof(struct ipt_entry), offsetof(struct ipt_entry, target_offset), match,
		  target, 8);
}

static void add_ipv6(struct table *t, const char *match, const char *target)
{
	_Static_assert(offsetof(struct ip6t_entry, next_offset) ==
		       offsetof(struct ip6t_entry, target_offset) + 2, "side by side");
	add_entry(t, sizeof(struct ip6t_entry), offsetof(struct ip6t_entry, target_offset), match,
		  target, 8);
}

struct seen {
	char text[200];
};

static void note(void *arg, const struct legacy_extension *e)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->text);

	snprintf(seen->text + len, sizeof(seen->text) - len, "%s%s:%zu ", e->is_target ? "-j" : "-m",
		 e->name, e->len);
}

Test(legacy, matches_and_targets_are_shown)
{
	struct table v4 = { .len = 0 }, v6 = { .len = 0 };
	struct seen seen = { "" };

	add_ipv4(&v4, "conntrack", "");
	add_ipv4(&v4, NULL, "NFLOG");
	add_ipv4(&v4, NULL, "ERROR");
	cr_expect_eq(legacy_entries(v4.bytes, v4.len, NFPROTO_IPV4, note, &seen), 0);
	cr_expect_str_eq(seen.text, "-mconntrack:8 -j:8 -jNFLOG:8 -jERROR:8 ");
	seen.text[0] = '\0';
	add_ipv6(&v6, "udp", "CT");
	cr_expect_eq(legacy_entries(v6.bytes, v6.len, NFPROTO_IPV6, note, &seen), 0);
	cr_expect_str_eq(seen.text, "-mudp:8 -jCT:8 ");
}

Test(legacy, what_is_cut_off_is_refused)
{
	struct table t = { .len = 0 };
	struct seen seen = { "" };
	size_t first;

	add_ipv4(&t, "conntrack", "");
	first = t.len;
	add_ipv4(&t, "udp", "NFLOG");
	for (size_t len = 1; len < t.len; len++) {
		char *copy = malloc(len);	/* of its own, for the sanitizer */

		memcpy(copy, t.bytes, len);
		cr_expect_eq(legacy_entries(copy, len, NFPROTO_IPV4, note, &seen),
			     len == first ? 0 : -EBADMSG, "%zu", len);
		seen.text[0] = '\0';
		free(copy);
	}
}

static void ignore(void *arg, const struct legacy_extension *e)
{
	(void)arg;
	(void)e;
}

static void note_group(void *arg, uint16_t group)
{
	((uint64_t *)arg)[0] = ((uint64_t *)arg)[0] << 16 | group;
}

/* Set bytes of the last entry's target. */
static void set_target(struct table *t, size_t info_len, const void *value, size_t len)
{
	memcpy(t->bytes + t->len - info_len, value, len);
}

/* A rule that logs to a group, then one with a verdict. The groups that legacy_drops_of() finds. */
static uint64_t groups_of(const char *match, const char *second, int verdict, uint16_t group)
{
	struct table t = { .len = 0 };
	struct xt_nflog_info info = { .group = group };
	uint64_t groups = 0;

	add_entry(&t, sizeof(struct ipt_entry), offsetof(struct ipt_entry, target_offset), match,
		  "NFLOG", sizeof(info));
	set_target(&t, sizeof(info), &info, sizeof(info));
	add_ipv4(&t, second, "");
	set_target(&t, 8, &verdict, sizeof(verdict));
	add_ipv4(&t, NULL, "ERROR");
	cr_assert_eq(legacy_entries(t.bytes, t.len, NFPROTO_IPV4, ignore, NULL), 0);
	legacy_drops_of(t.bytes, t.len, NFPROTO_IPV4, note_group, &groups);
	return groups;
}

Test(legacy, a_group_whose_packets_are_dropped)
{
	cr_expect_eq(groups_of("udp", NULL, -NF_DROP - 1, 5), 5);
	cr_expect_eq(groups_of("udp", "udp", -NF_DROP - 1, 5), 5);
	cr_expect_eq(groups_of("limit", NULL, -NF_DROP - 1, 5), 5);
	cr_expect_eq(groups_of(NULL, "comment", -NF_DROP - 1, 65535), 65535);
	cr_expect_eq(groups_of("udp", "tcp", -NF_DROP - 1, 5), 0);
	cr_expect_eq(groups_of("limit", "limit", -NF_DROP - 1, 5), 0);
	cr_expect_eq(groups_of("udp", "udp", -NF_ACCEPT - 1, 5), 0);
	cr_expect_eq(groups_of("udp", NULL, -NF_REPEAT - 1, 5), 0, "back to the calling chain");
	cr_expect_eq(groups_of("udp", NULL, 0, 5), 0, "to another chain");
}

Test(legacy, damage_is_survived)
{
	struct random r = random_from(5);

	for (int i = 0; i < 20000; i++) {
		struct table t = { .len = 0 };
		char *copy;

		add_ipv4(&t, "conntrack", "");
		add_ipv4(&t, "udp", "NFLOG");
		copy = malloc(t.len);
		memcpy(copy, t.bytes, t.len);
		for (int j = 0; j < 4; j++)
			copy[random_below(&r, t.len)] = random_next(&r);
		legacy_entries(copy, t.len, NFPROTO_IPV4, ignore, NULL);
		free(copy);
	}
}

Test(tracks, extensions)
{
	static const uint16_t notrack = XT_CT_NOTRACK, zone;

	cr_expect(tracks_match("conntrack"));
	cr_expect(tracks_match("state"));
	cr_expect_not(tracks_match("udp"));
	cr_expect(tracks_target("MASQUERADE", NULL, 0));
	cr_expect(tracks_target("CT", &zone, sizeof(zone)));
	cr_expect_not(tracks_target("CT", &notrack, sizeof(notrack)));
	cr_expect_not(tracks_target("NFLOG", NULL, 0));
	cr_expect_not(tracks_target("", NULL, 0));
	cr_expect_eq(tracks_of_family(NFPROTO_BRIDGE), TRACKS_BOTH);
	cr_expect_eq(tracks_of_family(NFPROTO_INET), TRACKS_BOTH);
	cr_expect_eq(tracks_of_family(NFPROTO_IPV4), TRACKS_IPV4);
	cr_expect_eq(tracks_of_family(NFPROTO_IPV6), TRACKS_IPV6);
	cr_expect_eq(tracks_of_family(NFPROTO_ARP), TRACKS_NONE);
	cr_expect_eq(tracks_of_family(NFPROTO_NETDEV), TRACKS_NONE);
}
