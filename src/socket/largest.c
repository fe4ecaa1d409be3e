/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "socket/largest.h"

static bool smaller(const struct largest *l, size_t a, size_t b)
{
	return l->larger(l->arg, l->numbers[b], l->numbers[a]);
}

static void swap(struct largest *l, size_t a, size_t b)
{
	uint32_t number = l->numbers[a];

	l->numbers[a] = l->numbers[b];
	l->numbers[b] = number;
}

static void sift_up(struct largest *l, size_t i)
{
	for (; i && smaller(l, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(l, i, (i - 1) / 2);
}

/* The number at the front may be larger than others of the first n. */
static void sift_down(struct largest *l, size_t n)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < n) {
		child += child + 1 < n && smaller(l, child + 1, child);
		if (!smaller(l, child, i))
			return;
		swap(l, i, child);
		i = child;
	}
}

void largest_offer(struct largest *l, uint32_t number)
{
	if (l->n < l->k) {
		l->numbers[l->n] = number;
		sift_up(l, l->n++);
	} else if (l->k && l->larger(l->arg, number, l->numbers[0])) {
		l->numbers[0] = number;
		sift_down(l, l->n);
	}
}

/* The smallest goes behind the others, again and again. */
void largest_sort(struct largest *l)
{
	for (size_t n = l->n; n > 1; n--) {
		swap(l, 0, n - 1);
		sift_down(l, n - 1);
	}
}
