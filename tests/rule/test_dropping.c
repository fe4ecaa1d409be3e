/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules drop what they count. libnftnl builds the messages. */
#include "config.h"

#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_comment.h>

#include "rule/dropping.h"

static struct nftnl_rule *rule;

static struct nftnl_expr *expr(const char *name)
{
	struct nftnl_expr *e = nftnl_expr_alloc(name);

	cr_assert_not_null(e);
	nftnl_rule_add_expr(rule, e);
	return e;
}

static void verdict(uint32_t code)
{
	struct nftnl_expr *e = expr("immediate");

	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, code);
	if ((int)code == NFT_JUMP)
		nftnl_expr_set_str(e, NFTNL_EXPR_IMM_CHAIN, "sub");
}

static void counter(uint64_t packets)
{
	struct nftnl_expr *e = expr("counter");

	nftnl_expr_set_u64(e, NFTNL_EXPR_CTR_PACKETS, packets);
	nftnl_expr_set_u64(e, NFTNL_EXPR_CTR_BYTES, 100 * packets);
}

static void reference(uint32_t type)
{
	struct nftnl_expr *e = expr("objref");

	nftnl_expr_set_u32(e, NFTNL_EXPR_OBJREF_IMM_TYPE, type);
	nftnl_expr_set_str(e, NFTNL_EXPR_OBJREF_IMM_NAME, "named");
}

static void extension(const char *kind, const char *name)
{
	struct nftnl_expr *e = expr(kind);
	struct xt_comment_info *info = calloc(1, sizeof(*info));
	bool match = !strcmp(kind, "match");

	nftnl_expr_set_str(e, match ? NFTNL_EXPR_MT_NAME : NFTNL_EXPR_TG_NAME, name);
	nftnl_expr_set_u32(e, match ? NFTNL_EXPR_MT_REV : NFTNL_EXPR_TG_REV, 0);
	/* libnftnl frees info */
	nftnl_expr_set(e, match ? NFTNL_EXPR_MT_INFO : NFTNL_EXPR_TG_INFO, info, sizeof(*info));
}

static void set_mark(void)
{
	struct nftnl_expr *e = expr("immediate");

	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DATA, 7);
	e = expr("meta");
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, NFT_META_MARK);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_SREG, NFT_REG_1);
}

static void condition(void)
{
	struct nftnl_expr *e = expr("meta");

	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, NFT_META_MARK);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, NFT_REG_1);
}

static void limit(void)
{
	struct nftnl_expr *e = expr("limit");

	nftnl_expr_set_u64(e, NFTNL_EXPR_LIMIT_RATE, 1);
	nftnl_expr_set_u64(e, NFTNL_EXPR_LIMIT_UNIT, 1);
}

/* The expressions of a rule: a letter each, see build(). */
static void add(char letter)
{
	switch (letter) {
	case 'c':
		counter(3);
		break;
	case 'C':
		counter(5);
		break;
	case 'n':
		reference(NFT_OBJECT_COUNTER);
		break;
	case 'q':
		reference(NFT_OBJECT_QUOTA);
		break;
	case 'd':
		verdict(NF_DROP);
		break;
	case 'a':
		verdict(NF_ACCEPT);
		break;
	case 'j':
		verdict(NFT_JUMP);
		break;
	case 'g':
		verdict(NFT_CONTINUE);
		break;
	case 'r':
		nftnl_expr_set_u32(expr("reject"), NFTNL_EXPR_REJECT_TYPE, NFT_REJECT_TCP_RST);
		break;
	case 'l':
		nftnl_expr_set_u16(expr("log"), NFTNL_EXPR_LOG_GROUP, 5);
		break;
	case 's':
		set_mark();
		break;
	case '?':
		condition();
		break;
	case '%':
		limit();
		break;
	case 'm':
		extension("match", "comment");
		break;
	case 'M':
		extension("match", "statistic");
		break;
	case 'R':
		extension("target", "REJECT");
		break;
	case 'L':
		extension("target", "NFLOG");
		break;
	case 'T':
		extension("target", "TARPIT");
		break;
	}
}

/* Whether a rule of these expressions drops what it counts. */
static bool drops(const char *letters, struct dropping *out)
{
	static char buf[8192] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));	/* libnftnl ends names without a NUL, which the kernel sends */
	rule = nftnl_rule_alloc();
	cr_assert_not_null(rule);
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, "filter");
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, "input");
	nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, 1ULL << 40 | 8);
	for (; *letters; letters++)
		add(*letters);
	nlh = nftnl_nlmsg_build_hdr(buf, NFT_MSG_NEWRULE, NFPROTO_INET, 0, 0);
	nftnl_rule_nlmsg_build_payload(nlh, rule);
	nftnl_rule_free(rule);
	return dropping_parse(nlh, out);
}

Test(dropping, a_counter_before_the_verdict_is_exact)
{
	static const char *const rules[] = {
		"cd", "cr", "cR", "?cd", "cld", "clsd", "cLd", "cmd", "cgd", "%cd", "?%lscd", "McR",
	};
	struct dropping d;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		cr_assert(drops(rules[i], &d), "%s", rules[i]);
		cr_expect_eq(d.packets, 3);
		cr_expect_eq(d.bytes, 300);
		cr_expect_null(d.counter);
	}
}

Test(dropping, what_does_not_drop_all_that_it_counts)
{
	static const char *const rules[] = {
		"", "c", "d", "ca", "cj", "c?d", "c%d", "cMd", "cqd", "cT", "dc", "cad", "cjd",
		"cl", "n", "n?d",
	};
	struct dropping d;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		cr_expect_not(drops(rules[i], &d), "%s", rules[i]);
}

Test(dropping, the_last_counter_is_taken_and_a_name_is_lent)
{
	struct dropping d;

	cr_assert(drops("c?Cd", &d));
	cr_expect_eq(d.packets, 5);
	cr_assert(drops("?nld", &d));
	cr_assert_not_null(d.counter);
	cr_expect_str_eq(d.counter, "named");
	cr_expect_eq(d.packets, 0);
	cr_expect_eq(d.family, NFPROTO_INET);
	cr_expect_eq(d.handle, 1ULL << 40 | 8);
	cr_expect_str_eq(d.table, "filter");
	cr_expect_str_eq(d.chain, "input");
}
