/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the rule `udp dport PORT log prefix PREFIX group GROUP drop comment COMMENT` to a
 * chain. Names, prefix and comment can have any bytes, also those that nft(8) refuses:
 *   logrule inet TABLE CHAIN PORT GROUP PREFIX [COMMENT]
 *   logrule new TABLE CHAIN PORT GROUP PREFIX [COMMENT]
 * `new` first makes the table, of family inet, and the chain, at the hook input. */
#include "config.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct nftnl_expr *add(struct nftnl_rule *rule, const char *name)
{
	struct nftnl_expr *e = nftnl_expr_alloc(name);

	if (!e)
		die(name);
	nftnl_rule_add_expr(rule, e);
	return e;
}

static void equals(struct nftnl_rule *rule, const void *data, uint32_t len)
{
	struct nftnl_expr *e = add(rule, "cmp");

	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
	nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, data, len);
}

static void set_comment(struct nftnl_rule *rule, const char *comment)
{
	struct nftnl_udata_buf *buf = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);

	if (!buf || !nftnl_udata_put_strz(buf, NFTNL_UDATA_RULE_COMMENT, comment) ||
	    nftnl_rule_set_data(rule, NFTNL_RULE_USERDATA, nftnl_udata_buf_data(buf),
				nftnl_udata_buf_len(buf)))
		die("comment");
	nftnl_udata_buf_free(buf);
}

static struct nftnl_rule *make(char *argv[])
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	uint16_t port = htons(atoi(argv[4]));
	uint8_t udp = IPPROTO_UDP;
	struct nftnl_expr *e;

	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, argv[2]);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, argv[3]);
	e = add(rule, "meta");
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, NFT_META_L4PROTO);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, NFT_REG_1);
	equals(rule, &udp, sizeof(udp));
	e = add(rule, "payload");
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, 2);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, 2);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	equals(rule, &port, sizeof(port));
	e = add(rule, "log");
	nftnl_expr_set_str(e, NFTNL_EXPR_LOG_PREFIX, argv[6]);
	nftnl_expr_set_u16(e, NFTNL_EXPR_LOG_GROUP, atoi(argv[5]));
	e = add(rule, "immediate");
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, NF_DROP);
	if (argv[7])
		set_comment(rule, argv[7]);
	return rule;
}

static struct nlmsghdr *begin(struct mnl_nlmsg_batch *batch, uint16_t type, uint16_t flags,
			      uint32_t seq)
{
	return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(batch), type, NFPROTO_INET,
				     NLM_F_CREATE | flags, seq);
}

static void put_table_and_chain(struct mnl_nlmsg_batch *batch, char *argv[], uint32_t seq)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (!table || !chain)
		die("table");
	nftnl_table_set_str(table, NFTNL_TABLE_NAME, argv[2]);
	nftnl_table_nlmsg_build_payload(begin(batch, NFT_MSG_NEWTABLE, 0, seq), table);
	mnl_nlmsg_batch_next(batch);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, argv[2]);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, argv[3]);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, 0);
	nftnl_chain_nlmsg_build_payload(begin(batch, NFT_MSG_NEWCHAIN, 0, seq), chain);
	mnl_nlmsg_batch_next(batch);
	nftnl_table_free(table);
	nftnl_chain_free(chain);
}

static void talk(char *argv[], struct nftnl_rule *rule)
{
	char buf[8192] __attribute__((aligned(8)));
	struct mnl_nlmsg_batch *batch = mnl_nlmsg_batch_start(buf, sizeof(buf));
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	uint32_t seq = time(NULL);
	struct nlmsghdr *nlh;
	ssize_t len;

	nftnl_batch_begin(mnl_nlmsg_batch_current(batch), seq);
	mnl_nlmsg_batch_next(batch);
	if (!strcmp(argv[1], "new"))
		put_table_and_chain(batch, argv, seq);
	nlh = begin(batch, NFT_MSG_NEWRULE, NLM_F_APPEND | NLM_F_ACK, seq);
	nftnl_rule_nlmsg_build_payload(nlh, rule);
	mnl_nlmsg_batch_next(batch);
	nftnl_batch_end(mnl_nlmsg_batch_current(batch), seq);
	mnl_nlmsg_batch_next(batch);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_sendto(nl, mnl_nlmsg_batch_head(batch), mnl_nlmsg_batch_size(batch)) < 0)
		die("netlink");
	len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, len, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0)
		die("the rule was refused");
	mnl_nlmsg_batch_stop(batch);
	mnl_socket_close(nl);
}

int main(int argc, char *argv[])
{
	struct nftnl_rule *rule;

	if (argc != 7 && argc != 8)
		return 2;
	rule = make(argv);
	talk(argv, rule);
	nftnl_rule_free(rule);
	return 0;
}
