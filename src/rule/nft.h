/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_NFT_H
#define CTAGG_RULE_NFT_H

#include <stdint.h>

#include <libmnl/libmnl.h>

/* The chain of a table of this family (NFPROTO_*); strings are lent. */
struct nft_chain {
	uint8_t family;
	const char *table, *name;
};

/* Dump a kind of object of nf_tables, type being one of NFT_MSG_GET*, on a socket of
 * netlink_open(NETLINK_NETFILTER): of all families; or, where `of' is not NULL, the rules of
 * this chain, among which an old kernel shows rules of other chains too. take gets each
 * message, with arg. Returns 0 or -errno: -EINTR the ruleset, or maybe only elements of a set,
 * was changed meanwhile, and everything has been shown all the same; -ENOENT there is no such
 * chain. */
int nft_dump(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, mnl_cb_t take,
	     void *arg);

/* The connections that rules of nf_tables make the kernel track: a set of enum tracks
 * (rule/tracks.h), or -errno: -EINTR the rules change too fast to be read. */
int nft_tracks(void);

#endif
