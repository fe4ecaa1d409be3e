/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>	/* libnftnl wants it */
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_comment.h>

#include "host/netlink.h"
#include "rule/nft.h"
#include "rule/reading.h"
#include "rule/verdict.h"

/* A dump that was changed under way is taken again, so many times. */
#define DUMP_TRIES 3

/* Longer is no name (NFT_NAME_MAXLEN), no prefix (NF_LOG_PREFIXLEN), and no comment
 * (NFT_USERDATA_MAXLEN, XT_MAX_COMMENT_LEN). */
#define NAME_MAX_BYTES 256

/* A chain; policy is -1 for one that others jump to. */
struct chain {
	uint8_t family;
	char *table, *name;
	int policy;
};

/* A rule that logs, and what may become of its packets, while the rest of its
 * chain is read. */
struct found {
	struct log_rule rule;
	struct fate fate;
};

struct reading {
	struct found *found;
	size_t n_found, found_room;
	size_t open;		/* the first of the chain that is being read */
	struct chain *chains;
	size_t n_chains, chains_room;
	struct changes *changes;
	const struct chain *only;	/* where not NULL, rules of others do not count */
	int err;
};

static void *grow(void *items, size_t n, size_t *room, size_t size, int *err)
{
	size_t wanted = *room ? 2 * *room : 32;
	void *grown;

	if (n < *room)
		return items;
	grown = realloc(items, wanted * size);
	if (!grown) {
		*err = -ENOMEM;
		return items;
	}
	*room = wanted;
	return grown;
}

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

/* Of the rules found, keep so many. */
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
	c->table = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE), NAME_MAX_BYTES, &r->err);
	c->name = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME), NAME_MAX_BYTES, &r->err);
}

static int take_chain(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct reading *r = arg;

	if (!chain) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	if (!nftnl_chain_nlmsg_parse(nlh, chain) && !r->err)
		add_chain(r, chain);
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

/* Whether e logs to a group; then its group and prefix, lent and of max bytes. */
static bool logs(const struct nftnl_expr *e, uint16_t *group, const char **prefix, size_t *max)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	const struct xt_nflog_info *info;
	uint32_t len;

	if (name && !strcmp(name, "log") && nftnl_expr_is_set(e, NFTNL_EXPR_LOG_GROUP)) {
		*group = nftnl_expr_get_u16(e, NFTNL_EXPR_LOG_GROUP);
		*prefix = nftnl_expr_get_str(e, NFTNL_EXPR_LOG_PREFIX);
		*max = NAME_MAX_BYTES;
		return true;
	}
	if (!name || strcmp(name, "target"))
		return false;
	name = nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME);
	info = nftnl_expr_get(e, NFTNL_EXPR_TG_INFO, &len);
	if (!name || strcmp(name, "NFLOG") || !info || len < sizeof(*info))
		return false;
	*group = info->group;
	*prefix = info->prefix;
	*max = sizeof(info->prefix);
	return true;
}

static int take_udata(const struct nftnl_udata *attr, void *arg)
{
	const char **comment = arg;

	if (nftnl_udata_type(attr) == NFTNL_UDATA_RULE_COMMENT && nftnl_udata_len(attr) &&
	    !((char *)nftnl_udata_get(attr))[nftnl_udata_len(attr) - 1])
		*comment = nftnl_udata_get(attr);
	return 0;
}

static int take_comment_match(struct nftnl_expr *e, void *arg)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME), **comment = arg;
	const struct xt_comment_info *info;
	uint32_t len;

	if (!name || strcmp(name, "match"))
		return 0;
	name = nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME);
	info = nftnl_expr_get(e, NFTNL_EXPR_MT_INFO, &len);
	if (name && !strcmp(name, "comment") && info && len >= sizeof(*info))
		*comment = info->comment;
	return 0;
}

/* nft keeps a rule's comment beside it, iptables as a match. */
static const char *comment_of(const struct nftnl_rule *rule)
{
	const char *comment = "";
	uint32_t len;
	const void *data = nftnl_rule_get_data(rule, NFTNL_RULE_USERDATA, &len);

	if (data)
		nftnl_udata_parse(data, len, take_udata, &comment);
	if (!*comment)
		nftnl_expr_foreach((struct nftnl_rule *)rule, take_comment_match, &comment);
	return comment;
}

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

/* The chain that was being read is over. */
static void end_chain(struct reading *r)
{
	for (; r->open < r->n_found; r->open++) {
		struct found *f = &r->found[r->open];

		fate_end(&f->fate, policy_of(r, &f->rule));
		f->rule.verdict = fate_verdict(&f->fate);
	}
}

static void add_found(struct reading *r, const struct nftnl_rule *rule, unsigned int after,
		      uint16_t group, const char *prefix, size_t max)
{
	struct found *f;

	r->found = grow(r->found, r->n_found, &r->found_room, sizeof(*f), &r->err);
	if (r->err)
		return;
	f = &r->found[r->n_found++];
	memset(f, 0, sizeof(*f));
	f->rule.family = nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY);
	f->rule.group = group;
	f->rule.handle = nftnl_rule_get_u64(rule, NFTNL_RULE_HANDLE);
	f->rule.table = copy(nftnl_rule_get_str(rule, NFTNL_RULE_TABLE), NAME_MAX_BYTES, &r->err);
	f->rule.chain = copy(nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN), NAME_MAX_BYTES, &r->err);
	f->rule.prefix = copy(prefix, max, &r->err);
	f->rule.comment = copy(comment_of(rule), NAME_MAX_BYTES, &r->err);
	fate_rule(&f->fate, rule, after);
}

/* A rule after others of its chain: it settles what becomes of what those have
 * logged, and may log itself. */
static void add_rule(struct reading *r, const struct nftnl_rule *rule)
{
	struct nftnl_expr_iter *iter;
	struct nftnl_expr *e;
	unsigned int number = 0;
	const char *prefix;
	uint16_t group;
	size_t max;

	if (r->open < r->n_found && !same_chain(&r->found[r->open].rule, rule))
		end_chain(r);
	for (size_t i = r->open; i < r->n_found; i++)
		fate_rule(&r->found[i].fate, rule, 0);
	iter = nftnl_expr_iter_create(rule);
	if (!iter) {
		r->err = -ENOMEM;
		return;
	}
	while (!r->err && (e = nftnl_expr_iter_next(iter))) {
		number++;
		if (logs(e, &group, &prefix, &max))
			add_found(r, rule, number, group, prefix, max);
	}
	nftnl_expr_iter_destroy(iter);
}

/* Whether a rule's message has an expression that may log. */
static bool may_log(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr, *e, *part;
	const char *name;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_RULE_EXPRESSIONS)
			continue;
		mnl_attr_for_each_nested(e, attr) {
			mnl_attr_for_each_nested(part, e) {
				if (mnl_attr_get_type(part) != NFTA_EXPR_NAME)
					continue;
				name = mnl_attr_get_str(part);
				if (!strcmp(name, "log") || !strcmp(name, "target"))
					return true;
			}
		}
	}
	return false;
}

/* Most rules neither log nor come after one of their chain that does. */
static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule;
	struct reading *r = arg;

	if (r->open == r->n_found && !may_log(nlh))
		return MNL_CB_OK;
	rule = nftnl_rule_alloc();
	if (!rule) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	if (!nftnl_rule_nlmsg_parse(nlh, rule) && nftnl_rule_is_set(rule, NFTNL_RULE_TABLE) &&
	    nftnl_rule_is_set(rule, NFTNL_RULE_CHAIN) && !r->err &&
	    (!r->only || is_of(r->only, rule)))
		add_rule(r, rule);
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

/* --- dumps ------------------------------------------------------------------ */

/* Whether what interrupted a dump were rules; elements of sets do, too. The notification
 * may be a moment late: then the rules are read again. Returns 0 or -errno. */
static int interrupted(struct reading *r)
{
	int changed = changes_take(r->changes);

	return changed > 0 ? -EINTR : changed;
}

/* Take a dump until it is whole, of the chain `of` or (NULL) of all; before each try,
 * forget what an interrupted one has shown: rules beyond `kept`. Each has a socket of its own: what is left of one that was interrupted
 * still comes on the old one. */
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
		end_chain(r);	/* without memory, names may be missing */
	return err;
}

/* Rules that change all the time may never be read together, but a chain's can: what
 * becomes of a packet is looked for in its chain alone. */
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
			err = 0;	/* gone meanwhile */
	}
	r->only = NULL;
	return err;
}

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
