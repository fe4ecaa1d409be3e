/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "host/netlink.h"
#include "rule/attributes.h"
#include "rule/counter_changes.h"
#include "rule/counter_list.h"
#include "rule/dropping.h"

/* The kernel packs notifications of rules into datagrams of up to a page; one of many elements of a
 * set can be as long as DATAGRAM_BYTES. */
#define DATAGRAMS 8
#define DATAGRAM_BYTES 65536

/* Room for the notifications of a ruleset of many thousand rules that is loaded at once. */
#define BUFFER_BYTES (32u << 20)

/* From linux/netfilter/nf_tables.h of Linux 6.3, which an older header does not have. */
#define DESTROYRULE 28
#define DESTROYOBJ 31

/* generation  up to here all changes have been said, if `follows'; otherwise no generation is known yet
 * dropped     how many notifications had found no room in the buffer when it was asked last
 */
struct counter_changes {
	struct mnl_socket *nl;
	struct netlink_ring *ring;
	uint16_t generation;
	bool follows;
	uint32_t dropped;
	struct counter_list list;	/* of one notification */
};

int counter_changes_open(struct counter_changes **out)
{
	struct counter_changes *ch = calloc(1, sizeof(*ch));
	int err;

	if (!ch)
		return -ENOMEM;
	err = netlink_open(&ch->nl, NETLINK_NETFILTER, SOCK_NONBLOCK);
	if (!err)
		err = netlink_ring_open(&ch->ring, DATAGRAMS, DATAGRAM_BYTES);
	if (!err) {
		netlink_set_buffer(mnl_socket_get_fd(ch->nl), BUFFER_BYTES);
		err = netlink_join(mnl_socket_get_fd(ch->nl), NFNLGRP_NFTABLES);
	}
	if (err) {
		counter_changes_close(ch);
		return err;
	}
	*out = ch;
	return 0;
}

int counter_changes_fd(const struct counter_changes *ch)
{
	return mnl_socket_get_fd(ch->nl);
}

void counter_changes_since(struct counter_changes *ch, uint16_t generation)
{
	ch->generation = generation;
	ch->follows = true;
}

bool counter_changes_know(const struct counter_changes *ch, uint16_t generation)
{
	return ch->follows && !is_later(generation, ch->generation);
}

/* --- notifications ------------------------------------------------------------- */

/* A rule with a counter that has a name is added when it is read: only then it is known which
 * counter that is. */
static void add_rule(struct counter_changes *ch, struct rule_counters *c, const struct nlmsghdr *nlh)
{
	struct dropping rule;

	counter_list_clear(&ch->list);
	if (!dropping_parse(nlh, &rule) || rule.counter)
		return;
	if (counter_list_rule(&ch->list, nlh)) {
		rule_counters_restart(c);
		return;
	}
	counter_list_join(&ch->list);
	rule_counters_added(c, &ch->list.rules[0].row);
}

static void add_object(struct rule_counters *c, const struct nlmsghdr *nlh)
{
	struct counter_row row;

	if (counter_row_of_object(nlh, &row))
		rule_counters_added(c, &row);
}

/* A notification that something was removed shows no more than its names and its handle. */
static void take_away(struct rule_counters *c, const struct nlmsghdr *nlh, uint16_t table_type,
		      uint16_t chain_type, uint16_t handle_type)
{
	const struct nlattr *table = attribute_of(nlh, table_type);
	const struct nlattr *chain = chain_type ? attribute_of(nlh, chain_type) : NULL;
	const struct nlattr *handle = attribute_of(nlh, handle_type);

	if (!table || !handle || (chain_type && !chain))
		return;
	rule_counters_removed(c, &(struct counter_row){
		.family = message_head(nlh)->nfgen_family,
		.generation = generation_of(nlh),
		.handle = be64toh(mnl_attr_get_u64(handle)),
		.table = mnl_attr_get_str(table),
		.chain = chain ? mnl_attr_get_str(chain) : NULL,
	});
}

/* The notifications of a change end with NFT_MSG_NEWGEN. */
static void take(struct counter_changes *ch, struct rule_counters *c, const struct nlmsghdr *nlh)
{
	if (NFNL_SUBSYS_ID(nlh->nlmsg_type) != NFNL_SUBSYS_NFTABLES ||
	    nlh->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct nfgenmsg) ||
	    counter_changes_know(ch, generation_of(nlh)))
		return;
	switch (NFNL_MSG_TYPE(nlh->nlmsg_type)) {
	case NFT_MSG_NEWRULE:
		add_rule(ch, c, nlh);
		break;
	case NFT_MSG_NEWOBJ:
		add_object(c, nlh);
		break;
	case NFT_MSG_DELRULE:
	case DESTROYRULE:
		take_away(c, nlh, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, NFTA_RULE_HANDLE);
		break;
	case NFT_MSG_DELOBJ:
	case DESTROYOBJ:
		take_away(c, nlh, NFTA_OBJ_TABLE, 0, NFTA_OBJ_HANDLE);
		break;
	case NFT_MSG_NEWGEN:
		counter_changes_since(ch, generation_of(nlh));
		break;
	}
}

/* Whether notifications found no room since the last time. */
static bool has_dropped(struct counter_changes *ch)
{
	uint32_t meminfo[SK_MEMINFO_VARS], before = ch->dropped;

	netlink_meminfo(mnl_socket_get_fd(ch->nl), meminfo);
	ch->dropped = meminfo[SK_MEMINFO_DROPS];
	return ch->dropped != before;
}

int counter_changes_read(struct counter_changes *ch, struct rule_counters *c)
{
	uint64_t foreign = 0, damaged = 0;
	const struct nlmsghdr *nlh;
	int n;

	while ((n = netlink_receive(ch->ring, mnl_socket_get_fd(ch->nl))) > 0)
		while ((nlh = netlink_next(ch->ring, &foreign, &damaged)))
			take(ch, c, nlh);
	if (damaged || has_dropped(ch))
		rule_counters_restart(c);
	return n == -EAGAIN ? 0 : n;
}

void counter_changes_close(struct counter_changes *ch)
{
	if (!ch)
		return;
	if (ch->nl)
		mnl_socket_close(ch->nl);
	netlink_ring_close(ch->ring);
	counter_list_free(&ch->list);
	free(ch);
}
