/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_RANDOM_LISTS_H
#define CTAGG_TESTS_TABLE_RANDOM_LISTS_H

#include "flow/select.h"
#include "netlabel/set.h"
#include "random.h"

/* How many a selection can have. Two at random are there: of many that have to hold together, one
 * alone seldom decides. */
#define CONDITIONS 10

/* Write a condition, or none: a list of numbers up to max, or of marks. */
void random_numbers(struct flow_numbers *numbers, uint32_t max, struct random *r);
void random_marks(struct flow_marks *marks, struct random *r);

/* An address, of so many that a flow comes again, and some of the namespace of differential.c. */
void random_address(uint8_t to[16], uint8_t family, unsigned int choices, struct random *r);

/* A condition on such addresses, or none. */
void random_networks(struct flow_networks *networks, struct random *r);

/* Labels of some networks of such addresses, among them networks in networks and, at times, all
 * addresses. The caller holds the set; NULL without memory. */
struct netlabel_set *random_labels(struct random *r);

#endif
