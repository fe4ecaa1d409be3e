/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_STATE_STATE_H
#define CTAGG_STATE_STATE_H

#include <stddef.h>

#include "flow/sums.h"
#include "flow/key.h"
#include "flow/select.h"

/* What the last snapshot has seen, in a file: rows, by key, and a digest of the key and
 * the selection that they were aggregated by. */
struct state;

/* SHA-256 in hexadecimal digits, with a NUL. */
#define STATE_DIGEST 65

/* Sort rows by key, as the other functions want them. */
void state_sort(struct flow_row *rows, size_t n);

/* The SHA-256 of n sorted rows: keys, live connections and their counters. The
 * same rows have the same one, whatever order they came in. */
void state_digest(const struct flow_row *rows, size_t n, char digest[STATE_DIGEST]);

/* Lock the file and read what is in it; it is created where it is missing. Its rows are
 * aggregated by spec and selected by select. Returns 0 and a handle the caller owns, or
 * -errno with *out untouched: -EWOULDBLOCK somebody else has it locked, -EINVAL it was
 * made with another key or selection, -ELOOP a symbolic link. A file that is damaged, or
 * of another version, is renamed to PATH.damaged, and *damaged says so, also with an
 * error; then, as with a new one, there are no rows. */
int state_open(struct state **out, const char *path, const struct flow_spec *spec,
	       const struct flow_select *select, int *damaged);

/* The rows it holds, sorted; lent. */
size_t state_rows(const struct state *s, const struct flow_row **rows);

/* Put these rows, which are sorted, in place of what it holds, at once or not at
 * all. Returns 0 or -errno; then the old file is still there: -ESTALE the path does not
 * name it any more, somebody has moved it or put another in its place. */
int state_save(const struct state *s, const struct flow_row *rows, size_t n);

void state_close(struct state *s);	/* unlocks; NULL is fine */

#endif
