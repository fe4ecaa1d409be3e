/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "rule/legacy.h"
#include "rule/legacy_drops.h"
#include "rule/step.h"

/* A rule.
 *
 * addresses, addresses_len  struct ipt_ip or struct ip6t_ip6: conditions on the IP header
 * matches, target, end      where the matches begin, the target begins and the rule ends
 * next_at                   the byte of the table at which the next rule begins
 */
struct entry {
	const char *addresses, *matches, *target, *end;
	size_t addresses_len, next_at;
};

/* The head of a match, and of a target. */
struct head {
	uint16_t size;
	char name[XT_EXTENSION_MAXNAMELEN];
	uint8_t revision;
};

static struct entry entry_at(const char *table, size_t at, uint32_t nfproto)
{
	bool v6 = nfproto == NFPROTO_IPV6;
	const char *p = table + at;
	uint16_t target_at, next_at;
	struct entry e = {
		.addresses = p,
		.addresses_len = v6 ? sizeof(struct ip6t_ip6) : sizeof(struct ipt_ip),
		.matches = p + (v6 ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry)),
	};

	memcpy(&target_at, p + (v6 ? offsetof(struct ip6t_entry, target_offset) :
				     offsetof(struct ipt_entry, target_offset)), 2);
	memcpy(&next_at, p + (v6 ? offsetof(struct ip6t_entry, next_offset) :
				   offsetof(struct ipt_entry, next_offset)), 2);
	e.target = p + target_at;
	e.end = p + next_at;
	e.next_at = at + next_at;
	return e;
}

static struct head head_at(const char *at)
{
	struct head h;

	memcpy(&h, at, sizeof(h));
	h.name[sizeof(h.name) - 1] = '\0';
	return h;
}

/* --- conditions -------------------------------------------------------------- */

/* The first match from `at' on that is a condition. */
static const char *skip_comments(const char *at, const char *end)
{
	while (at < end) {
		struct head h = head_at(at);

		if (strcmp(h.name, "comment"))
			break;
		at += h.size;
	}
	return at;
}

/* Whether a match answers the same whenever the same packet is looked at; a limit does not. */
static bool is_fixed(const char *match)
{
	static const char *const fixed[] = { "tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmp6",
					     "conntrack", "state", "multiport", "mark", "addrtype",
					     "iprange", "mac", "set" };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (!strcmp(match, fixed[i]))
			return true;
	return false;
}

static bool is_unconditional(const struct entry *e)
{
	for (size_t i = 0; i < e->addresses_len; i++)
		if (e->addresses[i])
			return false;
	return skip_comments(e->matches, e->target) == e->target;
}

static bool same_conditions(const struct entry *a, const struct entry *b)
{
	const char *p = skip_comments(a->matches, a->target);
	const char *q = skip_comments(b->matches, b->target);

	if (memcmp(a->addresses, b->addresses, a->addresses_len))
		return false;
	while (p < a->target && q < b->target) {
		struct head h = head_at(p), other = head_at(q);

		if (!is_fixed(h.name) || h.size != other.size || memcmp(p, q, h.size))
			return false;
		p = skip_comments(p + h.size, a->target);
		q = skip_comments(q + h.size, b->target);
	}
	return p == a->target && q == b->target;
}

/* --- what becomes of a packet ------------------------------------------------- */

/* Verdicts are -1 less the number of linux/netfilter.h. A number that is not negative is the byte
 * at which the packet goes on, which is the next rule in a rule without a target. */
static enum step standard_step(const struct entry *e)
{
	int verdict;

	memcpy(&verdict, e->target + sizeof(struct head), sizeof(verdict));
	if (verdict == -NF_DROP - 1)
		return STEP_DROP;
	if (verdict == -NF_ACCEPT - 1)
		return STEP_ACCEPT;
	return verdict >= 0 && (size_t)verdict == e->next_at ? STEP_ON : STEP_AWAY;
}

static enum step step_of(const struct entry *e)
{
	struct head h = head_at(e->target);

	if (*h.name)
		return step_target(h.name);
	if (e->target + sizeof(h) + sizeof(int) > e->end)
		return STEP_AWAY;
	return standard_step(e);
}

/* Whether the rules from byte `at' on drop every packet that `logs' has logged. A chain ends with
 * a rule without conditions: the policy, or the return to the calling chain. */
static bool all_dropped(const char *table, size_t at, size_t len, uint32_t nfproto,
			const struct entry *logs)
{
	for (bool next = true; at < len; next = false) {
		struct entry e = entry_at(table, at, nfproto);
		enum step step = step_of(&e);

		if (step == STEP_DROP && (is_unconditional(&e) || (next && same_conditions(logs, &e))))
			return true;
		if (step != STEP_DROP && step != STEP_ON)
			return false;
		at = e.next_at;
	}
	return false;
}

void legacy_drops_of(const void *entries, size_t len, uint32_t nfproto, legacy_group_fn *fn,
		     void *arg)
{
	struct xt_nflog_info info;
	struct entry e;

	for (size_t at = 0; at < len; at = e.next_at) {
		e = entry_at(entries, at, nfproto);
		if (strcmp(head_at(e.target).name, "NFLOG") ||
		    e.target + sizeof(struct head) + sizeof(info) > e.end)
			continue;
		memcpy(&info, e.target + sizeof(struct head), sizeof(info));
		if (all_dropped(entries, e.next_at, len, nfproto, &e))
			fn(arg, info.group);
	}
}

struct groups {
	legacy_group_fn *fn;
	void *arg;
};

static void see_extension(void *arg, const struct legacy_extension *extension)
{
	(void)arg, (void)extension;
}

/* legacy_entries() sees that every rule, match and target lies inside of what is around it. */
static int see_table(void *arg, const void *entries, size_t len, uint32_t nfproto)
{
	const struct groups *to = arg;
	int err = legacy_entries(entries, len, nfproto, see_extension, NULL);

	if (!err)
		legacy_drops_of(entries, len, nfproto, to->fn, to->arg);
	return err;
}

int legacy_drops(legacy_group_fn *fn, void *arg)
{
	struct groups to = { fn, arg };

	return legacy_tables(see_table, &to);
}
