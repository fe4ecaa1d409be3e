/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_STATE_STATE_H
#define CTAGG_STATE_STATE_H

#include <stddef.h>

#include "flow/sums.h"
#include "flow/key.h"
#include "flow/select.h"

/* The file that keeps the rows of the last snapshot, sorted by key, with a digest of the key
 * and the selection by which they were aggregated. */
struct state;

/* The size of a SHA-256 in hexadecimal digits, with its NUL. */
#define STATE_DIGEST 65

/* Sort rows by key: state_digest() and state_save() take sorted rows. */
void state_sort(struct flow_row *rows, size_t n);

/* The SHA-256 of n sorted rows: of their keys, of how many connections are open and closed by TCP,
 * and of their counters. Since the rows are sorted, the same rows always have the same digest. */
void state_digest(const struct flow_row *rows, size_t n, char digest[STATE_DIGEST]);

/* The SHA-256 of their keys alone: which flows there are, whatever they carry. */
void state_digest_keys(const struct flow_row *rows, size_t n, char digest[STATE_DIGEST]);

/* Lock the file at path, which is made where it is missing, and read its rows, aggregated by
 * spec and selected by select. A file that is damaged, or of another version, is renamed to
 * PATH.damaged; *damaged says so, also with an error. Then, as in a new file, there are no
 * rows. Returns 0 and a handle the caller owns; or -errno with *out untouched: -EWOULDBLOCK
 * another program has locked the file, -EINVAL the file was made with another key or selection,
 * -ELOOP path is a symbolic link, -EMEDIUMTYPE path is no regular file, -ENAMETOOLONG. */
int state_open(struct state **out, const char *path, const struct flow_spec *spec,
	       const struct flow_select *select, int *damaged);

/* The rows that the file had when it was opened, sorted: how many, and in *rows an array,
 * lent until state_close(). */
size_t state_rows(const struct state *s, const struct flow_row **rows);

/* Whether state_save() can make its new file. Returns 0 or -errno: -EACCES the directory is another
 * user's. */
int state_try(const struct state *s);

/* Replace the rows in the file by n others, which are sorted: all of them or, after an error or
 * a crash, none. Returns 0 or -errno: -ESTALE path does not name the locked file any more, since
 * somebody has moved it or put another in its place. */
int state_save(const struct state *s, const struct flow_row *rows, size_t n);

void state_close(struct state *s);	/* unlocks; NULL is fine */

#endif
