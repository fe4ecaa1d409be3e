/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_FNV_H
#define CTAGG_RULE_FNV_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The hash FNV-1a with 64 bits: quick, and not for hashes that somebody may want to be the same. */
#define FNV_BEGIN 14695981039346656037ULL

static inline uint64_t fnv_bytes(uint64_t hash, const void *bytes, size_t len)
{
	for (const uint8_t *p = bytes; len--; p++)
		hash = (hash ^ *p) * 1099511628211ULL;
	return hash;
}

/* With the NUL at its end. */
static inline uint64_t fnv_text(uint64_t hash, const char *text)
{
	return fnv_bytes(hash, text, strlen(text) + 1);
}

#endif
