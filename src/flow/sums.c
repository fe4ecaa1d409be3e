/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "flow/sums.h"

/* Add the counter `from`. Returns whether the sum was larger than FLOW_SUMS_MAX. */
static bool add(uint64_t *into, uint64_t from)
{
	bool capped = *into > FLOW_SUMS_MAX || from > FLOW_SUMS_MAX - *into;

	*into = flow_sums_capped(*into, from);
	return capped;
}

bool flow_sums_add_capped(struct flow_sums *into, const struct flow_sums *from)
{
	bool any = flow_sums_any(into), capped = false;

#define ADD_CAPPED(how, name)                                                                  \
	if (SUMS_##how <= SUMS_SUM)                                                            \
		capped |= add(&into->name, from->name);                                        \
	else                                                                                   \
		flow_sums_merge(SUMS_##how, &into->name, from->name, any);
	FLOW_SUMS(ADD_CAPPED)
#undef ADD_CAPPED
	return capped;
}
