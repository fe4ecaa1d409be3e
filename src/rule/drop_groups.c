/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "rule/drop_groups.h"
#include "rule/legacy_drops.h"
#include "rule/ruleset.h"

#define GROUPS 65536

/* A bit for each group. */
struct found {
	uint64_t bits[GROUPS / 64];
};

static void add(void *arg, uint16_t group)
{
	struct found *found = arg;

	found->bits[group / 64] |= 1ULL << group % 64;
}

static int add_nftables(struct found *found)
{
	const struct log_rule *rules;
	struct ruleset *r;
	int err = ruleset_open(&r);
	size_t n;

	if (err == -EPROTONOSUPPORT || err == -EINVAL)
		return 0;
	if (err)
		return err;
	if (ruleset_behind(r))
		err = -EBUSY;
	n = ruleset_rules(r, &rules);
	for (size_t i = 0; i < n; i++)
		if (rules[i].verdict == RULE_DROPS)
			add(found, rules[i].group);
	ruleset_close(r);
	return err;
}

int drop_groups(uint16_t *groups, size_t max)
{
	struct found found = { { 0 } };
	size_t n = 0;
	int err = add_nftables(&found);

	if (!err)
		err = legacy_drops(add, &found);
	if (err)
		return err;
	for (uint32_t group = 0; group < GROUPS; group++) {
		if (!(found.bits[group / 64] >> group % 64 & 1))
			continue;
		if (n < max)
			groups[n] = group;
		n++;
	}
	return n;
}
