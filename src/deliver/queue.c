/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "deliver/queue.h"

void queue_init(struct queue *q)
{
	memset(q, 0, sizeof(*q));
	q->stale = true;
}

static const char *search(struct queue *q, const struct schedule *s)
{
	while (q->first < q->batch.n && !q->batch.names[q->first][0])
		q->first++;
	for (q->at = q->first; q->at < q->batch.n; q->at++)
		if (q->batch.names[q->at][0] && schedule_takes(s, q->batch.names[q->at]))
			return q->batch.names[q->at];
	return NULL;
}

/* The files that the schedule does not take are fewer than a batch has: a batch without any that it
 * takes is the last one. */
_Static_assert(SPOOL_BATCH > SCHEDULE_FILES, "a batch has a file that can be sent, if there is one");

static int read_again(struct queue *q, int dirfd, struct schedule *s)
{
	int err = spool_batch_read(&q->batch, dirfd, "");

	q->first = q->at = 0;
	q->stale = false;
	if (err)
		q->batch.n = 0;
	if (q->batch.n)
		schedule_forget_before(s, q->batch.names[0]);
	return err;
}

/* When there is nothing to send, the next call reads the directory again, and finds new files. */
int queue_next(struct queue *q, int dirfd, struct schedule *s, const char **name)
{
	int err = 0;

	*name = search(q, s);
	if (!*name && q->stale) {
		err = read_again(q, dirfd, s);
		*name = search(q, s);
	}
	if (!*name)
		q->stale = true;
	return err;
}

void queue_gone(struct queue *q)
{
	if (q->at < q->batch.n)
		q->batch.names[q->at][0] = '\0';
	q->stale = true;
}
