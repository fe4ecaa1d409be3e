/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_STATE_SELECTION_H
#define CTAGG_STATE_SELECTION_H

#include <stdint.h>

#include "flow/key.h"
#include "flow/select.h"

#define SELECTION_DIGEST 32	/* bytes */

/* The SHA-256 of a key and a selection in their canonical form (flow/canonical.h). Two runs that
 * count the same events by the same key have the same digest, however their options were
 * written. */
void selection_digest(const struct flow_spec *spec, const struct flow_select *select,
		      uint8_t digest[SELECTION_DIGEST]);

#endif
