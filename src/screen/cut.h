/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_CUT_H
#define CTAGG_SCREEN_CUT_H

#include <stddef.h>

#include "screen/backlog.h"

/* Cuts a stream of bytes behind each window record. */
struct cut;

/* Takes a chunk, which it owns from then on. */
typedef void cut_fn(void *arg, struct chunk *c);

/* max_bytes: of a chunk. A window that is larger is left out, and the next chunk says so. Returns 0
 * or -ENOMEM. */
int cut_open(struct cut **out, size_t max_bytes, cut_fn *fn, void *arg);
void cut_close(struct cut *c);	/* NULL is fine */

/* Take n bytes, in which lines may begin and end anywhere. Returns 0; or -ENOMEM, and nothing can be
 * taken any more. */
int cut_bytes(struct cut *c, const char *bytes, size_t n);

/* The stream ends here: hand over what is left, also a part of a line. */
void cut_end(struct cut *c);

#endif
