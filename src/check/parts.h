/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_PARTS_H
#define CTAGG_CHECK_PARTS_H

#include <stdint.h>

#include "check/causes.h"
#include "check/facts.h"

/* The parts of check_facts(), and the commands that they share. */

#define CHECK_SETCAP "setcap cap_net_admin,cap_bpf+ep \"$(command -v ctagg)\""
#define CHECK_MODULES "modprobe -a nf_conntrack nf_conntrack_netlink"

void check_connections(struct causes *c, const struct check_facts *f);
void check_kernel_table(struct causes *c, const struct check_facts *f);
void check_groups(struct causes *c, const struct check_facts *f);

/* Add the command that sets a sysctl of net.netfilter in the network namespace that was
 * looked at. assignment is NAME=VALUE. */
void check_mend_sysctl(struct causes *c, const struct check_facts *f, const char *assignment);

/* Add the command that sets net.NAME, a sysctl that can only be set in the first network
 * namespace and holds in all of them. */
void check_mend_shared(struct causes *c, const struct check_facts *f, const char *name,
		       int64_t value);

#endif
