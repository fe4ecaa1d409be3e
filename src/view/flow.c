/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "flow/sums.h"
#include "view/flow.h"

const char *const view_counter_names[VIEW_N_COUNTERS] = {
#define VIEW_COUNTER_NAME(name) #name,
	VIEW_COUNTERS(VIEW_COUNTER_NAME)
};

void view_sums_add(struct view_sums *to, const struct view_sums *from)
{
	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++) {
		if (!(from->known >> i & 1))
			continue;
		if (i == VIEW_duration_ms_max)
			to->of[i] = from->of[i] > to->of[i] ? from->of[i] : to->of[i];
		else
			to->of[i] = flow_sums_capped(to->of[i], from->of[i]);
	}
	to->known |= from->known;
	to->unknown |= from->unknown;
}

bool view_traffic_unknown(const struct view_sums *sums)
{
	if (sums->of[VIEW_uncounted_ends] && sums->known >> VIEW_uncounted_ends & 1)
		return true;
	if (!(sums->unknown & VIEW_TRAFFIC))
		return false;
	return sums->of[VIEW_ends] || sums->of[VIEW_live] || sums->of[VIEW_closing];
}
