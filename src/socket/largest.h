/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_LARGEST_H
#define CTAGG_SOCKET_LARGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The k largest of many numbers, by a comparison of the caller's: a heap whose first number is the
 * smallest of them. n numbers cost n log k comparisons at most. */

/* Whether a is larger than b; for two different numbers, one is. */
typedef bool larger_fn(const void *arg, uint32_t a, uint32_t b);

/* numbers  room for k of them, the caller's; n are there
 */
struct largest {
	uint32_t *numbers;
	size_t n, k;
	larger_fn *larger;
	const void *arg;
};

/* Offer a number that was not offered before. */
void largest_offer(struct largest *l, uint32_t number);

/* All numbers have been offered: bring those that were kept into their order, the largest first. */
void largest_sort(struct largest *l);

#endif
