/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/netlink.h"
#include "rule/grow.h"
#include "rule/nft.h"
#include "rule/parse.h"
#include "rule/reading.h"
#include "rule/verdict.h"

/* How often a dump is tried: a change of the ruleset interrupts it. */
#define DUMP_TRIES 3

/* A chain. policy is NF_ACCEPT or NF_DROP for a base chain, and -1 for a chain that other
 * chains jump to: then the end of the chain settles nothing. */
struct chain {
	uint8_t family;
	char *table, *name;
	int policy;
};

/* A rule that logs, and what may become of a packet that it has logged, as far as the rules
 * that were read until now settle that. conditions: which packets the rule logs, from
 * parse_conditions(); 0: not known, or a later rule has been read. */
struct found {
	struct log_rule rule;
	struct fate fate;
	uint64_t conditions;
};

/* One reading of the whole ruleset.
 *
 * open     found rules from this number on are in the chain that is being read
 * changes  says whether rules have changed when a dump was interrupted
 * only     if not NULL, rules of other chains than this one are left out
 * err      the first error, -ENOMEM: then the reading is of no use
 */
struct reading {
	struct found *found;
	size_t n_found, found_room;
	size_t open;
	struct chain *chains;
	size_t n_chains, chains_room;
	struct changes *changes;
	const struct chain *only;
	int err;
};

/* Copy up to max bytes of a text, NULL standing for "". */
static char *copy(const char *text, size_t max, int *err)
{
	char *copied = strndup(text ? text : "", max);

	if (!copied)
		*err = -ENOMEM;
	return copied;
}

static void free_rule(struct log_rule *rule)
{
	free(rule->table);
	free(rule->chain);
	free(rule->prefix);
	free(rule->comment);
}

static void forget_chains(struct reading *r)
{
	for (size_t i = 0; i < r->n_chains; i++) {
		free(r->chains[i].table);
		free(r->chains[i].name);
	}
	r->n_chains = 0;
}

/* Keep the first `kept' of the rules found, and forget the others. */
static void forget_found(struct reading *r, size_t kept)
{
	while (r->n_found > kept)
		free_rule(&r->found[--r->n_found].rule);
	r->open = kept;
}

static void free_reading(struct reading *r)
{
	forget_found(r, 0);
	forget_chains(r);
	free(r->found);
	free(r->chains);
}

/* --- chains ----------------------------------------------------------------- */

static void add_chain(struct reading *r, const struct nftnl_chain *chain)
{
	struct chain *c;

	r->chains = grow(r->chains, r->n_chains, &r->chains_room, sizeof(*c), &r->err);
	if (r->err)
		return;
	c = &r->chains[r->n_chains++];
	c->family = nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	c->policy = -1;
	if (nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM))
		c->policy = nftnl_chain_is_set(chain, NFTNL_CHAIN_POLICY) ?
			(int)nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY) : NF_ACCEPT;
	c->table = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE), PARSED_NAME_MAX, &r->err);
	c->name = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME), PARSED_NAME_MAX, &r->err);
}

static int take_chain(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct reading *r = arg;

	if (!chain) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	errno = 0;
	if (!nftnl_chain_nlmsg_parse(nlh, chain) && !r->err)
		add_chain(r, chain);
	else if (errno == ENOMEM)
		r->err = -ENOMEM;
	nftnl_chain_free(chain);
	return MNL_CB_OK;
}

static int policy_of(const struct reading *r, const struct log_rule *rule)
{
	for (size_t i = 0; i < r->n_chains; i++) {
		const struct chain *c = &r->chains[i];

		if (c->family == rule->family && !strcmp(c->table, rule->table) &&
		    !strcmp(c->name, rule->chain))
			return c->policy;
	}
	return -1;
}

/* --- rules ------------------------------------------------------------------ */

static bool same_chain(const struct log_rule *a, const struct nftnl_rule *b)
{
	return a->family == nftnl_rule_get_u32(b, NFTNL_RULE_FAMILY) &&
	       !strcmp(a->table, nftnl_rule_get_str(b, NFTNL_RULE_TABLE)) &&
	       !strcmp(a->chain, nftnl_rule_get_str(b, NFTNL_RULE_CHAIN));
}

static bool is_of(const struct chain *chain, const struct nftnl_rule *rule)
{
	return chain->family == nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY) &&
	       !strcmp(chain->table, nftnl_rule_get_str(rule, NFTNL_RULE_TABLE)) &&
	       !strcmp(chain->name, nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN));
}

/* The chain that was being read ends: its policy settles what the rules have not settled. */
static void end_chain(struct reading *r)
{
	for (; r->open < r->n_found; r->open++) {
		struct found *f = &r->found[r->open];

		fate_end(&f->fate, policy_of(r, &f->rule));
		f->rule.verdict = fate_verdict(&f->fate);
	}
}

/* Add a rule that logs; `after' is the number of the expression behind the log statement. */
static void add_found(struct reading *r, const struct nlmsghdr *nlh,
		      const struct nftnl_rule *rule, unsigned int after,
		      const struct parsed_log *log)
{
	struct found *f;

	r->found = grow(r->found, r->n_found, &r->found_room, sizeof(*f), &r->err);
	if (r->err)
		return;
	f = &r->found[r->n_found++];
	memset(f, 0, sizeof(*f));
	f->rule.family = nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY);
	f->rule.group = log->group;
	f->rule.handle = nftnl_rule_get_u64(rule, NFTNL_RULE_HANDLE);
	f->rule.table = copy(nftnl_rule_get_str(rule, NFTNL_RULE_TABLE), PARSED_NAME_MAX, &r->err);
	f->rule.chain = copy(nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN), PARSED_NAME_MAX, &r->err);
	f->rule.prefix = copy(log->prefix, log->prefix_max, &r->err);
	f->rule.comment = copy(parse_comment(nlh), PARSED_NAME_MAX, &r->err);
	f->conditions = parse_conditions(nlh, after);
	fate_rule(&f->fate, rule, after, false);
}

/* Take in a later rule of the chain. Logging and dropping is often done by two rules with the same
 * conditions, one after the other: iptables needs two. The second rule then drops every packet that
 * the first one has logged. Rules that do not follow at once are not compared, because a rule in
 * between could change the packet. */
static void next_rule(struct found *f, const struct nlmsghdr *nlh, const struct nftnl_rule *rule)
{
	bool same = f->conditions && f->conditions == parse_conditions(nlh, 0);

	fate_rule(&f->fate, rule, 0, same);
	f->conditions = 0;
}

/* Take in the next rule. It may settle what becomes of packets that earlier rules of its
 * chain have logged, and it may log packets itself. */
static void add_rule(struct reading *r, const struct nlmsghdr *nlh, const struct nftnl_rule *rule)
{
	struct nftnl_expr_iter *iter;
	struct nftnl_expr *e;
	unsigned int number = 0;
	struct parsed_log log;

	if (r->open < r->n_found && !same_chain(&r->found[r->open].rule, rule))
		end_chain(r);
	for (size_t i = r->open; i < r->n_found; i++)
		next_rule(&r->found[i], nlh, rule);
	iter = nftnl_expr_iter_create(rule);
	if (!iter) {
		r->err = -ENOMEM;
		return;
	}
	while (!r->err && (e = nftnl_expr_iter_next(iter))) {
		number++;
		if (parse_log(e, &log))
			add_found(r, nlh, rule, number, &log);
	}
	nftnl_expr_iter_destroy(iter);
}

/* Parsing a rule takes long. Most rules neither log nor come after a rule of their chain that
 * logs, and need not be parsed. */
static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule;
	struct reading *r = arg;

	if (r->open == r->n_found && !parse_may_log(nlh))
		return MNL_CB_OK;
	rule = nftnl_rule_alloc();
	if (!rule) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	errno = 0;
	if (nftnl_rule_nlmsg_parse(nlh, rule))
		r->err = errno == ENOMEM ? -ENOMEM : r->err;
	else if (nftnl_rule_is_set(rule, NFTNL_RULE_TABLE) && nftnl_rule_is_set(rule, NFTNL_RULE_CHAIN) &&
		 !r->err && (!r->only || is_of(r->only, rule)))
		add_rule(r, nlh, rule);
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

/* --- dumps ------------------------------------------------------------------ */

/* Find out what has interrupted a dump. Returns -EINTR when rules have changed; 0 when only
 * elements of sets have changed, which interrupts a dump, too; or another -errno. A
 * notification of changed rules that comes a moment later is not lost: it makes the whole
 * ruleset be read again. */
static int interrupted(struct reading *r)
{
	int changed = changes_take(r->changes);

	return changed > 0 ? -EINTR : changed;
}

/* Try a dump until it is whole: of the rules of the chain `of' or, where `of' is NULL, of all
 * objects of this type. Before each try, forget what an interrupted try has shown: chains, or
 * rules beyond the first `kept'. Each try has a socket of its own, because the rest of an
 * interrupted dump still comes on the old socket. */
static int dump(struct reading *r, uint16_t type, const struct nft_chain *of, mnl_cb_t take,
		size_t kept)
{
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR; i++) {
		struct mnl_socket *nl;

		if (type == NFT_MSG_GETCHAIN)
			forget_chains(r);
		forget_found(r, kept);
		err = netlink_open(&nl, NETLINK_NETFILTER, 0);
		if (err)
			return err;
		err = nft_dump(nl, type, of, take, r);
		mnl_socket_close(nl);
		if (err == -EINTR)
			err = interrupted(r);
	}
	if (!err)
		err = r->err;
	if (!err && type == NFT_MSG_GETRULE)
		end_chain(r);	/* not after an error: names may be missing */
	return err;
}

/* Where rules change all the time, a dump of all rules may be interrupted each time; a dump of
 * the rules of one chain is over sooner. Reading chain by chain is enough, because what becomes
 * of a packet is looked for only in the chain of the rule that logged it. */
static int read_by_chain(struct reading *r)
{
	int err = 0;

	forget_found(r, 0);
	for (size_t i = 0; i < r->n_chains && !err; i++) {
		const struct chain *c = &r->chains[i];
		struct nft_chain of = { c->family, c->table, c->name };

		r->only = c;
		err = dump(r, NFT_MSG_GETRULE, &of, take_rule, r->n_found);
		if (err == -ENOENT)
			err = 0;	/* the chain was removed meanwhile */
	}
	r->only = NULL;
	return err;
}

/* Hand over the rules that were found. */
static int keep(struct reading *r, struct log_rule **out, size_t *n)
{
	struct log_rule *rules = calloc(r->n_found + 1, sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_found; i++)
		rules[i] = r->found[i].rule;
	*out = rules;
	*n = r->n_found;
	r->n_found = 0;
	return 0;
}

int reading_run(struct changes *changes, struct log_rule **rules, size_t *n)
{
	struct reading r = { .changes = changes };
	int err = dump(&r, NFT_MSG_GETCHAIN, NULL, take_chain, 0);

	if (!err) {
		err = dump(&r, NFT_MSG_GETRULE, NULL, take_rule, 0);
		if (err == -EINTR)
			err = read_by_chain(&r);
	}
	if (!err)
		err = keep(&r, rules, n);
	free_reading(&r);
	return err;
}

void reading_free(struct log_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free_rule(&rules[i]);
	free(rules);
}
