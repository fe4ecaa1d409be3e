/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FLOW_CANONICAL_CASE_H
#define CTAGG_TESTS_FLOW_CANONICAL_CASE_H

#include "flow/canonical.h"

/* Whether flow_canonical() shows the same bytes of both; of the default key with both selections. */
bool same_canonical(const struct flow_spec *spec_a, const struct flow_select *a,
		    const struct flow_spec *spec_b, const struct flow_select *b);
bool same_selection(const struct flow_select *a, const struct flow_select *b);

#endif
