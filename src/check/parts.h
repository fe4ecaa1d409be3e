/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CHECK_PARTS_H
#define CTAGG_CHECK_PARTS_H

#include <stdint.h>

#include "check/causes.h"
#include "check/facts.h"

/* The parts of check_facts(), and the commands that they share. */

void check_connections(struct causes *c, const struct check_facts *f);
void check_kernel_table(struct causes *c, const struct check_facts *f);
void check_tracing(struct causes *c, const struct check_facts *f);
void check_groups(struct causes *c, const struct check_facts *f);

/* Each of these adds the cause that something could not be looked at because of err, -errno; none
 * where err is 0. check_rules_unread() names in `what' the rules that could not be read, and in `unknown' what is
 * not known therefore. */
void check_table_unread(struct causes *c, int err);
void check_rules_unread(struct causes *c, const char *what, int err, const char *unknown);
void check_sysctls_unread(struct causes *c, const struct check_sysctls *s);

/* Add the command that gives this program the capabilities it lacks. */
void check_mend_privilege(struct causes *c, const struct check_facts *f);

/* Add the command that loads these kernel modules, separated by spaces. */
void check_mend_modules(struct causes *c, const struct check_facts *f, const char *modules);

/* Add the command that sets a sysctl of net.netfilter in the network namespace that was
 * looked at. assignment is NAME=VALUE. */
void check_mend_sysctl(struct causes *c, const struct check_facts *f, const char *assignment);

/* Add the command that sets net.NAME, a sysctl that can only be set in the first network
 * namespace and holds in all of them. */
void check_mend_shared(struct causes *c, const struct check_facts *f, const char *name,
		       int64_t value);

#endif
