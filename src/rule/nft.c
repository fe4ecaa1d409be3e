/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>	/* libnftnl wants it */
#include <string.h>
#include <time.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "rule/nft.h"
#include "source/netlink.h"

/* A dump that was changed under way is taken again, so many times. */
#define DUMP_TRIES 10

int nft_open(struct mnl_socket **out)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	err = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ? -errno :
							   netlink_connect(mnl_socket_get_fd(nl));
	if (err)
		mnl_socket_close(nl);
	else
		*out = nl;
	return err;
}

int nft_dump(struct mnl_socket *nl, uint16_t type, mnl_cb_t take, void *arg)
{
	char buf[65536] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	uint32_t seq = time(NULL);
	int more = MNL_CB_OK;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	nfg->nfgen_family = NFPROTO_UNSPEC;
	nfg->version = NFNETLINK_V0;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(nl, buf, sizeof(buf));

		if (len < 0)
			return -errno;
		more = mnl_cb_run(buf, len, seq, mnl_socket_get_portid(nl), take, arg);
		if (more < 0)
			return -errno;
	}
	return 0;
}

static bool one_of(const char *name, const char *const *names)
{
	for (; name && *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* Expressions whose kernel code asks for connection tracking when a rule has them. */
static int tracks(struct nftnl_expr *e, void *arg)
{
	static const char *const native[] = { "ct", "nat", "masq", "redir", "connlimit",
					      "flow_offload", "synproxy", NULL };
	static const char *const matches[] = { "conntrack", "state", "connmark", "connbytes",
					       "connlimit", "connlabel", "helper", "cluster", NULL };
	static const char *const targets[] = { "CT", "CONNMARK", "CONNSECMARK", "SYNPROXY", "DNAT",
					       "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", NULL };
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	bool *found = arg;

	if (one_of(name, native))
		*found = true;
	else if (name && !strcmp(name, "match"))
		*found |= one_of(nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME), matches);
	else if (name && !strcmp(name, "target"))
		*found |= one_of(nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME), targets);
	return 0;
}

static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return MNL_CB_OK;
	if (!nftnl_rule_nlmsg_parse(nlh, rule))
		nftnl_expr_foreach(rule, tracks, arg);
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

/* On a socket of its own: what is left of a dump that was interrupted still comes
 * on the old one. */
static int dump_rules(bool *found)
{
	struct mnl_socket *nl;
	int err = nft_open(&nl);

	if (err)
		return err;
	err = nft_dump(nl, NFT_MSG_GETRULE, take_rule, found);
	mnl_socket_close(nl);
	return err;
}

int nft_tracks(void)
{
	bool found = false;
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR && !found; i++)
		err = dump_rules(&found);
	return found ? 1 : err;
}
