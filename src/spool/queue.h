/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_QUEUE_H
#define CTAGG_SPOOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/writer.h"

/* A writer of spools in a thread of its own: disks may be slow, and the caller never waits. Lines go
 * through a queue of fixed size. All functions are for one caller. */
struct spool_queue;

/* Make a queue for a writer, which becomes the queue's. The thread starts with the first line, so
 * that it has no more privileges than the caller has then. dropped: what the writer has dropped so
 * far. Returns 0 and a queue the caller owns,
 * or -errno with the writer still the caller's. */
int spool_queue_open(struct spool_queue **out, struct spool_writer *w,
		     const struct spool_dropped *dropped);

/* A window: begin, its lines, end.
 *
 * room    len bytes to write a line in, or NULL while the queue is full; lent until commit
 * commit  a line of len bytes has been written there
 */
void spool_queue_begin(struct spool_queue *q, const struct spool_name *name);
char *spool_queue_room(struct spool_queue *q, size_t len);
void spool_queue_commit(struct spool_queue *q, size_t len);
void spool_queue_end(struct spool_queue *q);

/* Returns 0 when every window that has ended is in its place, and all other lines are written;
 * -EAGAIN while the thread is at work; or another -errno when it could not go on. The next call then
 * has it try again. */
int spool_queue_flush(struct spool_queue *q);

/* A descriptor for poll(2): after flush has returned -EAGAIN, POLLOUT says that the thread has made
 * room, has finished or has failed. */
int spool_queue_fd(const struct spool_queue *q);

/* How many bytes wait in the queue, 1 when only the end of a window does; how many lines are not in
 * their place. */
size_t spool_queue_bytes(struct spool_queue *q);
uint64_t spool_queue_lines(struct spool_queue *q);

/* What was dropped since the last call. last: nobody can be told about what is dropped from now on,
 * so files beyond the bounds stay, for the next program to remove; a removal that is under way is
 * waited for. */
struct spool_dropped spool_queue_dropped(struct spool_queue *q, bool last);

/* The path of the spool in which the last failure was. */
const char *spool_queue_failed(struct spool_queue *q);

/* Without waiting: lines that are not in their place are lost. When the thread waits for a disk, it
 * is left to end with the process. */
void spool_queue_close(struct spool_queue *q);

#endif
