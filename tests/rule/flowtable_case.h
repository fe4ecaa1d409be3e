/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_RULE_FLOWTABLE_CASE_H
#define CTAGG_TESTS_RULE_FLOWTABLE_CASE_H

#include "rule/flowtable.h"

/* From now on there is this flow table alone, or, with NULL, none: not what the kernel says. It is
 * lent. */
void flowtable_fake(const struct flowtable *only);

/* From now on flow tables cannot be read, for the reason err (-errno); 0: they can again. */
void flowtable_fake_error(int err);

/* Flow tables of one place: used and without a counter; the same when no rule uses it any more; the
 * same with a counter; and another one, which nobody has ever used. */
extern const struct flowtable flowtable_uncounted, flowtable_unused, flowtable_counted,
			      flowtable_never_used;

#endif
