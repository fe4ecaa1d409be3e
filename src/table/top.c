/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/top.h"

struct sorting {
	const struct memory *m;
	enum top_by by;
};

static uint64_t size_of(const struct flow_sums *s, enum top_by by)
{
	switch (by) {
	case TOP_STARTS:
		return s->starts;
	case TOP_ENDS:
		return s->ends;
	case TOP_DROPS:
		return s->drops;
	case TOP_BYTES:
		return s->orig_bytes + s->reply_bytes;
	case TOP_LIVE:
		return s->live;
	case TOP_PACKETS:
		break;
	}
	return s->orig_packets + s->reply_packets;
}

static int larger_first(const void *a, const void *b, void *arg)
{
	const struct sorting *s = arg;
	const struct flow_row *x = memory_row(s->m, *(const uint32_t *)a);
	const struct flow_row *y = memory_row(s->m, *(const uint32_t *)b);
	uint64_t size_x = size_of(&x->sum, s->by), size_y = size_of(&y->sum, s->by);

	if (size_x != size_y)
		return size_x > size_y ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

int top_rows(const struct memory *m, size_t k, enum top_by by, uint32_t **order,
	     struct flow_sums *rest)
{
	struct sorting sorting = { m, by };
	size_t n = memory_rows(m);
	uint32_t *numbers = malloc((n + 1) * sizeof(*numbers));

	if (!numbers)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		numbers[i] = i;
	qsort_r(numbers, n, sizeof(*numbers), larger_first, &sorting);
	memset(rest, 0, sizeof(*rest));
	for (size_t i = k; i < n; i++)
		flow_sums_add(rest, &memory_row(m, numbers[i])->sum);
	*order = numbers;
	return 0;
}
