/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_CANONICAL_H
#define CTAGG_FLOW_CANONICAL_H

#include <stddef.h>

#include "flow/key.h"
#include "flow/select.h"

/* Takes the next len bytes, which are lent. */
typedef void flow_canonical_fn(void *arg, const void *bytes, size_t len);

/* Show fn, piece by piece, bytes that stand for a key and a selection. Equal bytes mean that
 * both keys have the same fields, prefix lengths and bits of the mark, and that both selections let the same
 * events through. The order of fields and of items makes no difference; nor do items given
 * twice, ranges that overlap or touch, networks inside others, and a condition that every
 * event meets. Marks under masks are the exception: several masks that hold the same marks together
 * as others do can make other bytes. The bytes are the same on every host: numbers are big endian. */
void flow_canonical(const struct flow_spec *spec, const struct flow_select *select,
		    flow_canonical_fn *fn, void *arg);

/* The bytes of the selection alone: none where every event is selected. They stay the same when
 * later versions know more conditions. */
void flow_canonical_select(const struct flow_select *select, flow_canonical_fn *fn, void *arg);

#endif
