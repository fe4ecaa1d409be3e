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

/* What `window` records call a selection: the first 16 hexadecimal digits of the SHA-256 of its
 * canonical form, and a NUL. Where every event is selected this is e3b0c44298fc1c14, the
 * beginning of the SHA-256 of nothing. */
#define SELECTION_NAME 17
void selection_name(const struct flow_select *select, char name[SELECTION_NAME]);

#endif
