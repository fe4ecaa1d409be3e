/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_NETLABEL_NAIVE_H
#define CTAGG_TESTS_NETLABEL_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/select.h"

/* Whether a network has an address: bit by bit. */
static inline bool naive_is_in(const struct flow_network *n, uint8_t family, const __u8 addr[16])
{
	if (n->family != family)
		return false;
	for (unsigned int i = 0; i < n->bits; i++)
		if ((n->addr[i / 8] ^ addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

#endif
