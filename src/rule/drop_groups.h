/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_DROP_GROUPS_H
#define CTAGG_RULE_DROP_GROUPS_H

#include <stddef.h>
#include <stdint.h>

/* Which NFLOG groups get packets that are dropped, of nftables (iptables-nft included) and of
 * iptables-legacy, in the network namespace of the calling thread. A group is found when the
 * rules show that at least one rule logs to the group packets that are all dropped; where the
 * rules leave open what becomes of packets, their group is not found.
 *
 * groups  room for max groups, which are written in rising order, each once
 *
 * Returns how many groups there are, which may be more than max; or -errno: -EBUSY the rules
 * change faster than they can be read, and what ruleset_open() and legacy_drops() return. A
 * kernel without nf_tables is no error. */
int drop_groups(uint16_t *groups, size_t max);

#endif
