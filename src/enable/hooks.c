/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enable/hooks.h"
#include "host/netlink.h"

#ifndef NFT_TABLE_F_OWNER	/* linux/netfilter/nf_tables.h of Linux 5.12 */
#define NFT_TABLE_F_OWNER 2
#endif

#define CHAIN "track"

struct batch {
	struct mnl_nlmsg_batch *b;
	uint32_t seq;
};

/* Begin the next message of the batch. Only the rule, the last message, asks for an answer: it
 * comes when the whole batch has been done. The kernel answers a message that it refuses
 * anyway. */
static struct nlmsghdr *next_message(struct batch *batch, uint16_t type)
{
	uint16_t flags = type == NFT_MSG_NEWRULE ? NLM_F_CREATE | NLM_F_ACK : NLM_F_CREATE;

	return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(batch->b), type, NFPROTO_INET, flags,
				     batch->seq++);
}

static int put_table(struct batch *batch, const char *name)
{
	struct nftnl_table *t = nftnl_table_alloc();

	if (!t)
		return -ENOMEM;
	nftnl_table_set_u32(t, NFTNL_TABLE_FAMILY, NFPROTO_INET);
	nftnl_table_set_str(t, NFTNL_TABLE_NAME, name);
	nftnl_table_set_u32(t, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
	nftnl_table_nlmsg_build_payload(next_message(batch, NFT_MSG_NEWTABLE), t);
	mnl_nlmsg_batch_next(batch->b);
	nftnl_table_free(t);
	return 0;
}

static int put_chain(struct batch *batch, const char *table)
{
	struct nftnl_chain *c = nftnl_chain_alloc();

	if (!c)
		return -ENOMEM;
	nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, table);
	nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, CHAIN);
	nftnl_chain_nlmsg_build_payload(next_message(batch, NFT_MSG_NEWCHAIN), c);
	mnl_nlmsg_batch_next(batch->b);
	nftnl_chain_free(c);
	return 0;
}

/* A rule that loads `ct state' into a register. No packet has to meet the rule: the kernel
 * begins to track when a rule with this expression is added. */
static int put_rule(struct batch *batch, const char *table)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	struct nftnl_expr *ct = nftnl_expr_alloc("ct");

	if (!r || !ct) {
		nftnl_rule_free(r);
		nftnl_expr_free(ct);
		return -ENOMEM;
	}
	nftnl_rule_set_u32(r, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, CHAIN);
	nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_KEY, NFT_CT_STATE);
	nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	nftnl_rule_add_expr(r, ct);
	nftnl_rule_nlmsg_build_payload(next_message(batch, NFT_MSG_NEWRULE), r);
	mnl_nlmsg_batch_next(batch->b);
	nftnl_rule_free(r);
	return 0;
}

static int put_all(struct batch *batch, const char *table)
{
	int err;

	nftnl_batch_begin(mnl_nlmsg_batch_current(batch->b), batch->seq++);
	mnl_nlmsg_batch_next(batch->b);
	err = put_table(batch, table);
	if (!err)
		err = put_chain(batch, table);
	if (!err)
		err = put_rule(batch, table);
	nftnl_batch_end(mnl_nlmsg_batch_current(batch->b), batch->seq);
	mnl_nlmsg_batch_next(batch->b);
	return err;
}

static int talk(struct mnl_socket *nl, struct batch *batch)
{
	char buf[8192] __attribute__((aligned(8)));
	ssize_t len;

	if (mnl_socket_sendto(nl, mnl_nlmsg_batch_head(batch->b), mnl_nlmsg_batch_size(batch->b)) < 0)
		return -errno;
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (len < 0)
		return -errno;
	return mnl_cb_run(buf, len, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0 ? -errno : 0;
}

/* A name that is unique in the network namespace: the port id of the socket to which the table
 * belongs. Process ids would not do, since ctaggs can run in different process namespaces. */
static void table_name(char *name, size_t size, const struct mnl_socket *nl)
{
	snprintf(name, size, "ctagg-%u", mnl_socket_get_portid(nl));
}

static int add(struct mnl_socket *nl)
{
	char buf[8192] __attribute__((aligned(8))), table[32];
	struct batch batch = { mnl_nlmsg_batch_start(buf, sizeof(buf)), time(NULL) };
	int err;

	if (!batch.b)
		return -ENOMEM;
	table_name(table, sizeof(table), nl);
	err = put_all(&batch, table);
	if (!err)
		err = talk(nl, &batch);
	mnl_nlmsg_batch_stop(batch.b);
	return err;
}

int hooks_add(struct mnl_socket **out)
{
	struct mnl_socket *nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, 0);

	if (err)
		return err;
	err = add(nl);
	if (err)
		mnl_socket_close(nl);
	else
		*out = nl;
	return err;
}
