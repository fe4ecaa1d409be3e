/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "table/random_lists.h"

/* Conditions that hold for some of the messages and not for others. */
void random_numbers(struct flow_numbers *numbers, uint32_t max, struct random *r)
{
	memset(numbers, 0, sizeof(*numbers));
	if (random_below(r, CONDITIONS / 2))
		return;
	numbers->inverted = random_below(r, 2);
	for (numbers->n = 1 + random_below(r, 3); numbers->n; numbers->n--) {
		uint32_t first = random_below(r, max + 1ULL);

		numbers->list[numbers->n - 1] = (struct flow_range){
			first, first + random_below(r, max - first + 1ULL)
		};
		if (random_below(r, 2))
			break;
	}
}

/* All bits of a mark are random, so few bits of it are looked at. */
void random_marks(struct flow_marks *marks, struct random *r)
{
	memset(marks, 0, sizeof(*marks));
	if (random_below(r, CONDITIONS / 2))
		return;
	marks->inverted = random_below(r, 2);
	for (marks->n = 0; marks->n < 1 + random_below(r, 8); marks->n++) {
		__u32 mask = 1U << random_below(r, 32) | 1U << random_below(r, 32), value = random_next(r);

		marks->list[marks->n] = (struct flow_marks_item){ mask, value & mask, value & mask };
	}
	if (random_below(r, 2))
		marks->list[0] = (struct flow_marks_item){ UINT32_MAX, 0, random_next(r) };
}
