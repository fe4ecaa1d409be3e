/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_FLOWTABLE_H
#define CTAGG_RULE_FLOWTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* The flow tables of nftables in the network namespace of the calling thread. Rules add connections
 * to a flow table (`flow add'), and from then on their packets bypass connection tracking. The flow
 * table tells connection tracking what they carry only where it has `counter', which Linux 5.7
 * brought (NFT_FLOWTABLE_COUNTER in linux/netfilter/nf_tables.h). */
struct nlmsghdr;

/* family       NFPROTO_* of the nftables table in which it is
 * table, name  lent
 * handle       tells it from all others that this nftables table has had
 * priority     of its hook
 * hardware     devices may forward by themselves (`flags offload')
 * counted      it has `counter'
 * used         rules add connections to it
 */
struct flowtable {
	uint8_t family;
	const char *table, *name;
	uint64_t handle;
	int32_t priority;
	bool hardware, counted, used;
};

typedef void flowtable_fn(void *arg, const struct flowtable *f);

/* Show fn each flow table. A change of the ruleset meanwhile can make this miss one, or show one
 * that is gone; the change has a notification (rule/changes.h). Returns 0, also where the kernel
 * knows no flow tables; or -errno. */
int flowtable_each(flowtable_fn *fn, void *arg);

/* Show fn the flow table of one message of the kernel (NFT_MSG_NEWFLOWTABLE). A message that cannot be
 * read is passed over. */
void flowtable_read(const struct nlmsghdr *nlh, flowtable_fn *fn, void *arg);

#endif
