/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_RULESET_H
#define CTAGG_RULE_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rules of nftables, those of iptables-nft included, that log to NFLOG groups, in the
 * network namespace of the thread that opens the handle. They are kept current through
 * notifications of nf_tables (linux/netfilter/nf_tables.h). */
struct ruleset;

/* What becomes of a packet that a rule has logged. */
enum rule_verdict {
	RULE_UNKNOWN,	/* packets fare differently, or the ruleset does not show their fate */
	RULE_DROPS,	/* rejected packets are dropped too */
	RULE_ACCEPTS,
};

/* A rule that logs to a group (host order). */
struct log_rule {
	uint8_t family;		/* NFPROTO_* of the rule's table */
	uint16_t group;
	uint64_t handle;
	enum rule_verdict verdict;
	char *table, *chain;
	char *prefix, *comment;	/* "" where the rule has none */
};

/* Subscribe to changes, then read the rules. Rules that change too fast to be read are no
 * error: ruleset_behind() is true then. Returns 0 and a handle the caller owns, or -errno with
 * *out untouched: -EPERM no CAP_NET_ADMIN, -EPROTONOSUPPORT or -EINVAL a kernel without
 * nf_tables. */
int ruleset_open(struct ruleset **out);

/* The descriptor that is readable when rules may have changed, and when rules that have changed
 * are to be read after a pause: then call ruleset_update(). */
int ruleset_fd(const struct ruleset *r);

/* Whether rules have changed since they were last read, or have never been read. Then the rules
 * that are known may not be the rules that log packets now. */
bool ruleset_behind(const struct ruleset *r);

/* Read notifications and, if rules have changed, the rules. Rules that change all the time are
 * read for no more than a tenth of the time; after the pause ruleset_fd() becomes readable.
 * Returns 1 when the rules were read, and rules that were lent before are gone; 0 when the
 * rules were not read; or -errno, and the rules known before stay. */
int ruleset_update(struct ruleset *r);

/* Read the rules if they have changed, when packets wait that they have logged: such readings
 * may take half of the time. Reads no notifications. Returns as ruleset_update() does. */
int ruleset_update_for_packets(struct ruleset *r);

/* Find the rules that may have logged a packet in a hook of this family (NFPROTO_*) to this
 * group with this prefix. Returns how many there are; in *first the first of them, lent, or
 * NULL; in *verdict what all of them do, or RULE_UNKNOWN where they differ. */
size_t ruleset_find(const struct ruleset *r, uint8_t family, uint16_t group, const char *prefix,
		    size_t prefix_len, const struct log_rule **first, enum rule_verdict *verdict);

/* All rules that are known, in the order of the ruleset: how many, and in *rules an array, lent
 * until they are read again. */
size_t ruleset_rules(const struct ruleset *r, const struct log_rule **rules);

void ruleset_close(struct ruleset *r);	/* NULL is fine */

#endif
