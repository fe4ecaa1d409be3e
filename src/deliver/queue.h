/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_QUEUE_H
#define CTAGG_DELIVER_QUEUE_H

#include "deliver/schedule.h"
#include "spool/batch.h"

/* The files that wait in new/, from the oldest on: a batch of their names at a time.
 *
 * batch  the names; a name that has gone is "" here
 * first  names before this one have gone
 * at     the name that queue_next() has returned last
 * stale  files have gone since the directory was read: other files may wait behind this batch
 */
struct queue {
	struct spool_batch batch;
	size_t first, at;
	bool stale;
};

void queue_init(struct queue *q);

/* Point *name, lent until the next call, to the oldest waiting file that the schedule takes; to
 * NULL when there is none. Returns 0 or -errno. */
int queue_next(struct queue *q, int dirfd, struct schedule *s, const char **name);

/* The file that queue_next() has returned has gone from new/. */
void queue_gone(struct queue *q);

#endif
