/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_NFT_H
#define CTAGG_RULE_NFT_H

#include <stdint.h>

#include <libmnl/libmnl.h>

/* A chain; strings are lent. */
struct nft_chain {
	uint8_t family;
	const char *table, *name;
};

/* Show take, with arg, every message of a dump of nf_tables (type is one of
 * NFT_MSG_GET*), on nl, of netlink_open(): of all families; or, of NULL aside, a dump of the rules of this
 * chain (an old kernel shows those of others too). Returns 0 or -errno: -EINTR when
 * something of nf_tables, maybe only elements of a set, was changed under way; all has
 * been shown then; -ENOENT there is no such chain. */
int nft_dump(struct mnl_socket *nl, uint16_t type, const struct nft_chain *of, mnl_cb_t take,
	     void *arg);

/* Which connections rules of nf_tables make the kernel track, a set of enum tracks
 * (rule/tracks.h); or -errno: -EINTR the rules change too fast to be read. */
int nft_tracks(void);

#endif
