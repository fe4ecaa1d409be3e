/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_RULESET_H
#define CTAGG_RULE_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rules of nftables, those of iptables-nft included, that log to NFLOG groups
 * in the network namespace of the thread that opens it; kept current through
 * nf_tables' notifications (linux/netfilter/nf_tables.h). */
struct ruleset;

/* What becomes of a packet that a rule has logged. */
enum rule_verdict {
	RULE_UNKNOWN,	/* that depends, or the ruleset does not show it */
	RULE_DROPS,	/* reject included */
	RULE_ACCEPTS,
};

struct log_rule {
	uint8_t family;		/* NFPROTO_* of its table */
	uint16_t group;
	uint64_t handle;
	enum rule_verdict verdict;
	char *table, *chain;
	char *prefix, *comment;	/* "" is none */
};

/* The name that nft(8) gives to a family, static. */
const char *rule_family_name(uint8_t family);

/* Subscribe and read what is there; while that changes too fast, see ruleset_behind().
 * Returns 0 and a handle the caller owns, or -errno with *out untouched: -EPERM no
 * CAP_NET_ADMIN, -EPROTONOSUPPORT or -EINVAL a kernel without nf_tables. */
int ruleset_open(struct ruleset **out);

/* Readable when there is something to do: call ruleset_update(). */
int ruleset_fd(const struct ruleset *r);

/* Whether rules have changed since they were read, or were never read: those that are
 * known may not be those that log now. */
bool ruleset_behind(const struct ruleset *r);

/* Take in that rules have changed, and read them, but for no more than a tenth of the
 * time: then later. Returns 1 when they were read, 0 when not, or -errno; then the rules
 * known before still hold. What was lent before is gone when they were read. */
int ruleset_update(struct ruleset *r);

/* The same while packets wait that rules have logged, but for half of the time. */
int ruleset_catch_up(struct ruleset *r);

/* The rules that may have logged a packet of this family (NFPROTO_* of the hook)
 * to this group with this prefix: how many, and in *first, lent, one of them.
 * *verdict is what all of them say. */
size_t ruleset_find(const struct ruleset *r, uint8_t family, uint16_t group, const char *prefix,
		    size_t prefix_len, const struct log_rule **first, enum rule_verdict *verdict);

/* All of them, in the order of the ruleset; lent. */
size_t ruleset_rules(const struct ruleset *r, const struct log_rule **rules);

void ruleset_close(struct ruleset *r);	/* NULL is fine */

#endif
