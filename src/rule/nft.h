/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_NFT_H
#define CTAGG_RULE_NFT_H

#include <stdint.h>

#include <libmnl/libmnl.h>

/* Show take, with arg, every message of a dump of nf_tables (type is one of
 * NFT_MSG_GET*, all families), on nl. Returns 0 or -errno: -EINTR when the ruleset
 * was changed under way. */
int nft_dump(struct mnl_socket *nl, uint16_t type, mnl_cb_t take, void *arg);

/* A socket for it, connected to the kernel. Returns 0 or -errno. */
int nft_open(struct mnl_socket **out);

/* Which connections rules of nf_tables make the kernel track, a set of enum tracks
 * (rule/tracks.h); or -errno: -EINTR the rules change too fast to be read. */
int nft_tracks(void);

#endif
