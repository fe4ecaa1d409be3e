/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_SIPHASH_H
#define CTAGG_HASH_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson, Bernstein, 2012) of len bytes under a secret 128-bit
 * key: a stranger who chooses the input cannot choose collisions. */
uint64_t siphash(const uint64_t key[2], const void *data, size_t len);

#endif
