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

#include "rule/nft.h"
#include "rule/ruleset.h"
#include "rule/verdict.h"
#include "source/netlink.h"

/* A dump that was changed under way is taken again, so many times. */
#define DUMP_TRIES 10

/* Longer is no name (NFT_NAME_MAXLEN), no prefix (NF_LOG_PREFIXLEN), and no comment
 * (NFT_USERDATA_MAXLEN, XT_MAX_COMMENT_LEN). */
#define NAME_MAX_BYTES 256

/* The end of a base chain. */
struct policy {
	uint8_t family;
	char *table, *chain;
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
	struct policy *policies;
	size_t n_policies, policies_room;
	int err;
};

struct ruleset {
	struct mnl_socket *changes;
	struct log_rule *rules;
	size_t n;
};

const char *rule_family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_BRIDGE:
		return "bridge";
	case NFPROTO_NETDEV:
		return "netdev";
	}
	return "unknown";
}

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

static void free_reading(struct reading *r)
{
	for (size_t i = 0; i < r->n_found; i++)
		free_rule(&r->found[i].rule);
	for (size_t i = 0; i < r->n_policies; i++) {
		free(r->policies[i].table);
		free(r->policies[i].chain);
	}
	free(r->found);
	free(r->policies);
}

/* --- chains ----------------------------------------------------------------- */

static void add_policy(struct reading *r, const struct nftnl_chain *chain)
{
	struct policy *p;

	r->policies = grow(r->policies, r->n_policies, &r->policies_room, sizeof(*p), &r->err);
	if (r->err)
		return;
	p = &r->policies[r->n_policies++];
	p->family = nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	p->policy = nftnl_chain_is_set(chain, NFTNL_CHAIN_POLICY) ?
		(int)nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY) : NF_ACCEPT;
	p->table = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE), NAME_MAX_BYTES, &r->err);
	p->chain = copy(nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME), NAME_MAX_BYTES, &r->err);
}

static int take_chain(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct reading *r = arg;

	if (!chain) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	if (!nftnl_chain_nlmsg_parse(nlh, chain) && nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM))
		add_policy(r, chain);
	nftnl_chain_free(chain);
	return MNL_CB_OK;
}

static int policy_of(const struct reading *r, const struct log_rule *rule)
{
	for (size_t i = 0; i < r->n_policies; i++) {
		const struct policy *p = &r->policies[i];

		if (p->family == rule->family && !strcmp(p->table, rule->table) &&
		    !strcmp(p->chain, rule->chain))
			return p->policy;
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

static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct reading *r = arg;

	if (!rule) {
		r->err = -ENOMEM;
		return MNL_CB_OK;
	}
	if (!nftnl_rule_nlmsg_parse(nlh, rule) && nftnl_rule_is_set(rule, NFTNL_RULE_TABLE) &&
	    nftnl_rule_is_set(rule, NFTNL_RULE_CHAIN) && !r->err)
		add_rule(r, rule);
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

/* --- dumps ------------------------------------------------------------------ */

static int read_once(struct reading *r)
{
	struct mnl_socket *nl;
	int err = nft_open(&nl);

	if (err)
		return err;
	err = nft_dump(nl, NFT_MSG_GETCHAIN, take_chain, r);
	if (!err)
		err = nft_dump(nl, NFT_MSG_GETRULE, take_rule, r);
	mnl_socket_close(nl);
	if (!err)
		err = r->err;
	if (!err)
		end_chain(r);	/* without memory, names may be missing */
	return err;
}

static void forget(struct ruleset *r)
{
	for (size_t i = 0; i < r->n; i++)
		free_rule(&r->rules[i]);
	free(r->rules);
	r->rules = NULL;
	r->n = 0;
}

static int keep(struct ruleset *r, struct reading *from)
{
	struct log_rule *rules = calloc(from->n_found + 1, sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_found; i++)
		rules[i] = from->found[i].rule;
	forget(r);
	r->rules = rules;
	r->n = from->n_found;
	from->n_found = 0;
	return 0;
}

static int read_rules(struct ruleset *r)
{
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR; i++) {
		struct reading reading = { 0 };

		err = read_once(&reading);
		if (!err)
			err = keep(r, &reading);
		free_reading(&reading);
	}
	return err;
}

/* --- the handle ------------------------------------------------------------- */

/* Subscribed before the first reading: a change in between is seen twice, not
 * missed. */
static int subscribe(struct ruleset *r)
{
	int group = NFNLGRP_NFTABLES;

	r->changes = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!r->changes || mnl_socket_bind(r->changes, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_setsockopt(r->changes, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return netlink_connect(ruleset_fd(r));
}

int ruleset_open(struct ruleset **out)
{
	struct ruleset *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = subscribe(r);
	if (!err)
		err = read_rules(r);
	if (err) {
		ruleset_close(r);
		return err;
	}
	*out = r;
	return 0;
}

int ruleset_fd(const struct ruleset *r)
{
	return mnl_socket_get_fd(r->changes);
}

/* What has changed does not matter, nor who says so: all is read anew. An overrun
 * is a change, too. */
int ruleset_update(struct ruleset *r)
{
	char buf[4096];
	bool changed = false;
	int err;

	while (mnl_socket_recvfrom(r->changes, buf, sizeof(buf)) >= 0 || errno == ENOBUFS ||
	       errno == ENOSPC || errno == EINTR)
		changed = true;
	if (errno != EAGAIN)
		return -errno;
	if (!changed)
		return 0;
	err = read_rules(r);
	return err ? err : 1;
}

/* Whether a rule of a table of family `table` sees packets of the hook's family. */
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
	forget(r);
	if (r->changes)
		mnl_socket_close(r->changes);
	free(r);
}
