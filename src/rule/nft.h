/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_NFT_H
#define CTAGG_RULE_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/* The chain of a table of this family (NFPROTO_*); strings are lent. */
struct nft_chain {
	uint8_t family;
	const char *table, *name;
};

/* Dump all objects of one kind, type being one of NFT_MSG_GET*, on a socket of
 * netlink_open(NETLINK_NETFILTER). Where `of' is NULL, these are the objects of all families.
 * Otherwise they are the rules of the chain `of'; an old kernel shows rules of other chains,
 * too. take gets each message, with arg. Returns 0 or -errno: -ENOENT there is no such chain;
 * -EINTR the ruleset, or maybe only elements of a set, changed during the dump, and take has
 * got all messages all the same. */
int nft_dump(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, mnl_cb_t take,
	     void *arg);

/* The parts of nft_dump(), for a caller who does not wait for the whole dump.
 *
 * nft_ask() asks for a dump, whose messages have this sequence number. Returns 0 or -errno.
 * nft_interrupted() says whether the kernel has marked one of the messages in len bytes
 * (NLM_F_DUMP_INTR): something was changed during the dump. It takes the marks away, because
 * mnl_cb_run() would stop at a marked message and leave the rest of the dump unread. */
int nft_ask(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, uint32_t seq);
bool nft_interrupted(void *buf, size_t len);

/* The connections that rules of nf_tables make the kernel track: a set of enum tracks
 * (rule/tracks.h), or -errno: -EINTR the rules change too fast to be read. */
int nft_tracks(void);

#endif
