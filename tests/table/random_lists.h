/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_RANDOM_LISTS_H
#define CTAGG_TESTS_TABLE_RANDOM_LISTS_H

#include "flow/select.h"
#include "random.h"

/* How many a selection can have. Two at random are there: of many that have to hold together, one
 * alone seldom decides. */
#define CONDITIONS 10

/* Write a condition, or none: a list of numbers up to max, or of marks. */
void random_numbers(struct flow_numbers *numbers, uint32_t max, struct random *r);
void random_marks(struct flow_marks *marks, struct random *r);

#endif
