/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LEGACY_DROPS_H
#define CTAGG_RULE_LEGACY_DROPS_H

#include <stddef.h>
#include <stdint.h>

/* Rules of iptables-legacy and ip6tables-legacy that log packets which are dropped. */

typedef void legacy_group_fn(void *arg, uint16_t group);

/* Call fn with `arg' and the NFLOG group (host order) of each rule that logs and whose packets are
 * all dropped, as far as the chain shows: by the next rule, which has the same conditions, or by a
 * later rule without conditions, or by the policy. A group can come more than once. Returns 0 or
 * -errno as legacy_tables(). */
int legacy_drops(legacy_group_fn *fn, void *arg);

/* --- for tests --------------------------------------------------------------- */

/* The same for one table: len bytes of entries, as for legacy_entries(), which has found them
 * whole. */
void legacy_drops_of(const void *entries, size_t len, uint32_t nfproto, legacy_group_fn *fn,
		     void *arg);

#endif
