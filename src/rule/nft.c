/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <string.h>
#include <time.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "host/netlink.h"
#include "rule/nft.h"
#include "rule/tracks.h"

/* How often a dump is tried: a change of the ruleset interrupts it. */
#define DUMP_TRIES 3

bool nft_interrupted(void *buf, size_t len)
{
	struct nlmsghdr *nlh = buf;
	bool interrupted = false;

	while (netlink_message_ok(nlh, len)) {
		size_t whole = NLMSG_ALIGN(nlh->nlmsg_len);

		interrupted |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
		nlh->nlmsg_flags &= ~NLM_F_DUMP_INTR;
		len -= whole < len ? whole : len;
		nlh = (void *)((char *)nlh + whole);
	}
	return interrupted;
}

int nft_ask(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, uint32_t seq)
{
	/* all 0, as libmnl 1.0.4 leaves the bytes between a name and the next attribute as they are */
	char buf[MNL_NLMSG_HDRLEN + 1024] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	nfg->nfgen_family = of ? of->family : NFPROTO_UNSPEC;
	nfg->version = NFNETLINK_V0;
	if (of) {
		mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, of->table);
		mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, of->name);
	}
	return mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

int nft_dump(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, mnl_cb_t take,
	     void *arg)
{
	char buf[65536] __attribute__((aligned(8)));
	uint32_t seq = time(NULL);
	bool interrupted = false;
	int more = MNL_CB_OK, err = nft_ask(nl, type, of, seq);

	if (err)
		return err;
	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(nl, buf, sizeof(buf));

		if (len < 0 && errno == EINTR)
			continue;	/* by a signal: the dump goes on, and -EINTR would say that it was interrupted */
		if (len < 0)
			return -errno;
		interrupted |= nft_interrupted(buf, len);
		more = mnl_cb_run(buf, len, seq, mnl_socket_get_portid(nl), take, arg);
		if (more < 0)
			return -errno;
	}
	return interrupted ? -EINTR : 0;
}

/* Expressions whose kernel code asks for connection tracking when a rule has them. */
static bool is_tracking(const char *name)
{
	static const char *const names[] = { "ct", "nat", "masq", "redir", "connlimit",
					     "flow_offload", "synproxy" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* One rule: the family of its table (NFPROTO_*), and the connections that the rule makes the
 * kernel track, a set of enum tracks. */
struct tracked {
	uint32_t nfproto;
	unsigned int families;
};

/* Whether an expression of this kind, `match' or `target', carries an extension of iptables
 * that asks for connection tracking. */
static bool is_tracking_extension(struct nftnl_expr *e, const char *kind)
{
	bool target = !strcmp(kind, "target");
	const char *name = NULL;
	const void *info;
	uint32_t len = 0;

	if (target || !strcmp(kind, "match"))
		name = nftnl_expr_get_str(e, target ? NFTNL_EXPR_TG_NAME : NFTNL_EXPR_MT_NAME);
	if (!name)
		return false;
	if (!target)
		return tracks_match(name);
	info = nftnl_expr_get(e, NFTNL_EXPR_TG_INFO, &len);
	return tracks_target(name, info, info ? len : 0);
}

static int add_tracked(struct nftnl_expr *e, void *arg)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	struct tracked *t = arg;
	uint32_t nfproto = t->nfproto;

	if (!name || (!is_tracking(name) && !is_tracking_extension(e, name)))
		return 0;
	/* `dnat ip to' in an inet table makes the kernel track IPv4 alone. */
	if (!strcmp(name, "nat") && nftnl_expr_is_set(e, NFTNL_EXPR_NAT_FAMILY))
		nfproto = nftnl_expr_get_u32(e, NFTNL_EXPR_NAT_FAMILY);
	t->families |= tracks_of_family(nfproto);
	return 0;
}

static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct tracked tracked = { 0 };
	unsigned int *families = arg;

	errno = ENOMEM;
	if (!rule)
		return MNL_CB_ERROR;
	errno = 0;
	if (!nftnl_rule_nlmsg_parse(nlh, rule)) {
		tracked.nfproto = nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY);
		nftnl_expr_foreach(rule, add_tracked, &tracked);
		*families |= tracked.families;
	} else if (errno == ENOMEM) {
		nftnl_rule_free(rule);
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	nftnl_rule_free(rule);
	return *families == TRACKS_BOTH ? MNL_CB_STOP : MNL_CB_OK;
}

/* Each dump has a socket of its own: the rest of an interrupted dump still comes on the old
 * socket. */
static int dump_rules(unsigned int *families)
{
	struct mnl_socket *nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, 0);

	if (err)
		return err;
	err = nft_dump(nl, NFT_MSG_GETRULE, NULL, take_rule, families);
	mnl_socket_close(nl);
	return err;
}

int nft_tracks(void)
{
	unsigned int families = TRACKS_NONE;
	int err = -EINTR;

	for (int i = 0; i < DUMP_TRIES && err == -EINTR && families != TRACKS_BOTH; i++)
		err = dump_rules(&families);
	return families == TRACKS_BOTH || !err ? (int)families : err;
}
