/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>

#include <nettle/sha2.h>

#include "flow/canonical.h"
#include "state/selection.h"

_Static_assert(SELECTION_DIGEST == SHA256_DIGEST_SIZE, "a whole digest");

static void add(void *sha, const void *bytes, size_t len)
{
	sha256_update(sha, len, bytes);
}

void selection_name(const struct flow_select *select, char name[SELECTION_NAME])
{
	uint8_t digest[SELECTION_NAME / 2];
	struct sha256_ctx sha;

	sha256_init(&sha);
	flow_canonical_select(select, add, &sha);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(name + 2 * i, 3, "%02x", digest[i]);
}

void selection_digest(const struct flow_spec *spec, const struct flow_select *select,
		      uint8_t digest[SELECTION_DIGEST])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	flow_canonical(spec, select, add, &sha);
	sha256_digest(&sha, SELECTION_DIGEST, digest);
}
