/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "rule/changes.h"
#include "rule/reading.h"
#include "rule/ruleset.h"
#include "window/clock.h"

/* The pause after a reading, as a multiple of the time that the reading took: while packets
 * wait, and while none wait. */
#define WAIT_PACKETS 1
#define WAIT_IDLE 9

/* The pause after a reading that failed is longer by this much. */
#define WAIT_FAILED_NS 50000000ULL

/* behind     rules have changed since they were read, or have never been read
 * ended_ns   when the last reading ended, CLOCK_MONOTONIC
 * spent_ns   how long the last reading took
 * failed_ns  how much longer the pause is because the last reading failed, else 0
 */
struct ruleset {
	struct changes *changes;
	struct log_rule *rules;
	size_t n;
	bool behind;
	uint64_t ended_ns, spent_ns, failed_ns;
};

/* Returns 1; or -errno, and the rules known before stay. */
static int read_rules(struct ruleset *r)
{
	uint64_t begun_ns = clock_monotonic_ns();
	struct log_rule *rules;
	size_t n;
	int err = reading_run(r->changes, &rules, &n);

	r->ended_ns = clock_monotonic_ns();
	r->spent_ns = r->ended_ns - begun_ns;
	r->failed_ns = err ? WAIT_FAILED_NS : 0;
	r->behind = err;
	if (err)
		return err;
	reading_free(r->rules, r->n);
	r->rules = rules;
	r->n = n;
	return 1;
}

/* Read the rules if they have changed and the pause after the last reading is over. Otherwise
 * have ruleset_fd() become readable after the idle pause, also while packets wait: each batch
 * of packets calls this function anyway. */
static int read_when_due(struct ruleset *r, unsigned int wait)
{
	uint64_t due_ns = r->ended_ns + wait * r->spent_ns + r->failed_ns;
	int err = 0;

	if (!r->behind)
		return 0;
	if (clock_monotonic_ns() >= due_ns)
		err = read_rules(r);
	if (r->behind)
		changes_wake_at(r->changes, r->ended_ns + WAIT_IDLE * r->spent_ns + r->failed_ns);
	return err == -EINTR ? 0 : err;
}

/* Subscribes before the first reading, so that a change between the two is seen twice, not
 * missed. */
int ruleset_open(struct ruleset **out)
{
	struct ruleset *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->behind = true;
	err = changes_open(&r->changes);
	if (!err)
		err = read_when_due(r, 0);
	if (err < 0) {
		ruleset_close(r);
		return err;
	}
	*out = r;
	return 0;
}

int ruleset_fd(const struct ruleset *r)
{
	return changes_fd(r->changes);
}

bool ruleset_behind(const struct ruleset *r)
{
	return r->behind;
}

int ruleset_update(struct ruleset *r)
{
	int changed = changes_take(r->changes);

	if (changed < 0)
		return changed;
	r->behind |= changed;
	return read_when_due(r, WAIT_IDLE);
}

int ruleset_update_for_packets(struct ruleset *r)
{
	return read_when_due(r, WAIT_PACKETS);
}

/* Whether the rules of a table of family `table' see packets in a hook of family `hook'. A table
 * of family inet has hooks of IPv4, of IPv6 and, for ingress, of netdev. */
static bool covers(uint8_t table, uint8_t hook)
{
	return table == hook ||
	       (table == NFPROTO_INET && (hook == NFPROTO_IPV4 || hook == NFPROTO_IPV6 ||
					  hook == NFPROTO_NETDEV));
}

size_t ruleset_find(const struct ruleset *r, uint8_t family, uint16_t group, const char *prefix,
		    size_t prefix_len, const struct log_rule **first, enum rule_verdict *verdict)
{
	size_t n = 0;

	*first = NULL;
	*verdict = RULE_UNKNOWN;
	for (size_t i = 0; i < r->n; i++) {
		const struct log_rule *rule = &r->rules[i];

		if (rule->group != group || !covers(rule->family, family) ||
		    strlen(rule->prefix) != prefix_len || memcmp(rule->prefix, prefix, prefix_len))
			continue;
		if (n++ == 0) {
			*first = rule;
			*verdict = rule->verdict;
		} else if (rule->verdict != *verdict) {
			*verdict = RULE_UNKNOWN;
		}
	}
	return n;
}

size_t ruleset_rules(const struct ruleset *r, const struct log_rule **rules)
{
	*rules = r->rules;
	return r->n;
}

void ruleset_close(struct ruleset *r)
{
	if (!r)
		return;
	reading_free(r->rules, r->n);
	changes_close(r->changes);
	free(r);
}
