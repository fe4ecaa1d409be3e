/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_BOUND_H
#define CTAGG_SPOOL_BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/batch.h"
#include "spool/dir.h"

/* What a spool may hold. Beyond its bounds the oldest files of new/ and dead/ are removed, but for
 * those that a consumer has locked. */

/* Windows that were removed, and how many records they had. Torn files are no windows. */
struct spool_dropped {
	uint64_t windows, records;
};

/* The smallest names of one directory that have not been looked at yet.
 *
 * next  of the batch's names
 * more  the directory may have larger names than the batch
 */
struct spool_oldest {
	int dirfd;
	spool_accept_fn *accept;
	struct spool_batch batch;
	size_t next;
	bool more;
};

/* dir        lent
 * max_bytes  bytes of the disk that the files of new/ and dead/ may take
 * max_age_ns how long before now a window may have begun; 0: any time
 * used       the files take this much, or less: a consumer may have removed some since
 * emptying   the files took more than max_bytes, and the oldest ones go
 * skipped    a file was locked, and may be the oldest one again
 */
struct spool_bound {
	const struct spool_dir *dir;
	uint64_t max_bytes, max_age_ns, used;
	bool emptying, skipped;
	struct spool_oldest waiting, dead;
};

/* Begin, and add up what the files take. Returns 0 or -errno. */
int spool_bound_init(struct spool_bound *b, const struct spool_dir *dir, uint64_t max_bytes,
		     uint64_t max_age_ns);

/* A window was put into new/, which takes so many bytes. */
void spool_bound_added(struct spool_bound *b, uint64_t bytes);

/* Removing goes from the oldest file to younger ones, a file at a time: spool_bound_oldest() returns
 * the name of the oldest file, or NULL when no file is left that was not looked at since
 * spool_bound_restart(); the name is lent until spool_bound_remove(), which removes the file unless
 * it is locked, adds what was dropped to *dropped, and returns whether it did. */
void spool_bound_restart(struct spool_bound *b);
const char *spool_bound_oldest(struct spool_bound *b);
bool spool_bound_remove(struct spool_bound *b, struct spool_dropped *dropped);

/* Call spool_bound_look(), then spool_bound_remove() as long as spool_bound_exceeded() says that the
 * oldest file is beyond the bounds. now_ns: the time of day. newest: a name that stays, "": none. */
void spool_bound_look(struct spool_bound *b);
bool spool_bound_exceeded(struct spool_bound *b, uint64_t now_ns, const char *newest);

/* How much of the disk a file takes. */
uint64_t spool_bound_size(const struct stat *st);

#endif
