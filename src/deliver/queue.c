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

static int read_after(struct queue *q, int dirfd, const char *after)
{
	int err = spool_batch_read(&q->batch, dirfd, after);

	q->first = q->at = 0;
	if (err)
		q->batch.n = 0;
	if (q->batch.n)
		strcpy(q->last, q->batch.names[q->batch.n - 1]);
	return err;
}

/* Each pass reads on behind the last name, so it comes to an end; and begins anew only after a file
 * has gone. A pass without anything to send makes the next call begin anew, which finds new
 * files. */
int queue_next(struct queue *q, int dirfd, struct schedule *s, const char **name)
{
	char after[SPOOL_NAME_MAX];
	int err;

	while (!(*name = search(q, s))) {
		bool begin = q->stale;

		if (!begin && q->batch.n < SPOOL_BATCH) {
			q->stale = true;
			q->batch.n = 0;
			return 0;
		}
		strcpy(after, begin ? "" : q->last);
		err = read_after(q, dirfd, after);
		if (err)
			return err;
		q->stale = false;
		if (begin && q->batch.n)
			schedule_forget_before(s, q->batch.names[0]);
	}
	return 0;
}

void queue_gone(struct queue *q)
{
	if (q->at < q->batch.n)
		q->batch.names[q->at][0] = '\0';
	q->stale = true;
}
