/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_LABELLED_H
#define CTAGG_TABLE_LABELLED_H

#include "netlabel/set.h"
#include "table/memory.h"

/* A table in memory, and the set that the labels in its keys are from; both lent. Several tables can
 * have the same events, each with the labels of another set. */
struct labelled {
	struct memory *into;
	const struct netlabel_set *labels;
};

/* How many tables have the same events at most: a window's, and one for each longer window. */
#define LABELLED_MAX 9

#endif
