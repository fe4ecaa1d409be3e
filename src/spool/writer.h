/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_WRITER_H
#define CTAGG_SPOOL_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/bound.h"
#include "spool/dir.h"
#include "spool/name.h"

/* Writes windows into one or several spools: each window is a file in tmp/ of the first spool, which
 * is put into new/ of all spools when it is whole. Functions here wait for the disk. */
struct spool_writer;

#define SPOOL_WRITER_MAX 8

/* max_bytes, max_age_ns  of each spool, as for spool_bound_init()
 * window_ms              what DIR/last says: the nominal length of the shortest windows, after
 *                        which the next one is expected; 0: a snapshot
 * sync                   a window has reached the disk when it is put into new/
 */
struct spool_settings {
	uint64_t max_bytes, max_age_ns, window_ms;
	bool sync;
};

/* Make a writer for n spools, at least one and at most SPOOL_WRITER_MAX. The spools are open, and
 * become the writer's. Returns 0 and a writer the caller owns, or -ENOMEM with the spools still the
 * caller's. */
int spool_writer_open(struct spool_writer **out, const struct spool_dir *spools, size_t n,
		      const struct spool_settings *set);

/* Set torn files aside, and remove what is beyond the bounds, before the first window. *torn: how
 * many windows were torn. Returns 0 or -errno. */
int spool_writer_tidy(struct spool_writer *w, uint64_t *torn, struct spool_dropped *dropped);

/* One window: begin, write in any number of parts, end. A function that has failed can be called
 * again with the same arguments, and goes on where it failed. Each returns 0 or -errno; -ENOSPC
 * when nothing more can be removed for the window's sake: a twentieth of the file system stays
 * free. Windows that are removed for its sake are added to *dropped. */
int spool_writer_begin(struct spool_writer *w, const struct spool_name *name,
		       struct spool_dropped *dropped);
int spool_writer_write(struct spool_writer *w, const char *text, size_t len,
		       struct spool_dropped *dropped);
int spool_writer_end(struct spool_writer *w, struct spool_dropped *dropped);

/* After a window, call spool_writer_look(), then spool_writer_remove() as long as
 * spool_writer_exceeded() says that a spool is beyond its bounds. spool_writer_remove() removes one
 * file at most, and adds what was dropped to *dropped. */
void spool_writer_look(struct spool_writer *w);
bool spool_writer_exceeded(struct spool_writer *w);
void spool_writer_remove(struct spool_writer *w, struct spool_dropped *dropped);

/* The path of the spool in which a function failed last. */
const char *spool_writer_failed(const struct spool_writer *w);

/* A window that has not ended is removed. */
void spool_writer_close(struct spool_writer *w);	/* NULL is fine */

#endif
