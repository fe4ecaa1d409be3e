/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "spool/queue.h"

/* Large chunks: each is one write, one look at the room on the disk, and wakes both threads once. */
#define CHUNKS 4
#define CHUNK_BYTES (256 << 10)

/* A part of a window: whole lines.
 *
 * begins  the window begins here, with this name; the thread sets it to false when it has begun
 * ends    the window ends here
 * done    how many bytes the thread has written
 */
struct chunk {
	bool begins, ends;
	struct spool_name name;
	size_t len, done;
	uint64_t lines;
	char text[CHUNK_BYTES];
};

/* The caller fills the chunk behind the queue, chunks[(head + n) % CHUNKS], while there is one; the
 * thread takes the chunk at head.
 *
 * begins, name  the window that spool_queue_begin() has named, until its first chunk
 * filling       the chunk that the caller fills: the thread does not touch it, so no lock is taken
 *               for a line; NULL: the caller has not looked for one since the last was full
 *
 * From here on with the lock only:
 *
 * n        how many chunks the thread has not finished
 * bytes    in these chunks
 * lines    not in their place, without those of the chunk that the caller fills
 * written  of these, lines of the window that the thread is at
 * err      why the thread does not go on (-errno); 0: it does
 * told     spool_queue_flush() has returned err
 * busy     the thread is at work, and may wait for a disk
 * removing a file is being removed, because a spool is beyond its bounds
 * keeping  no file is removed any more for this reason
 * ready    event_fd is writable
 * ending   the window has ended, and no chunk says so yet
 */
struct spool_queue {
	struct spool_writer *writer;
	pthread_t thread;
	bool started;
	int event_fd;
	bool begins;
	struct spool_name name;
	struct chunk *filling;

	pthread_mutex_t lock;
	pthread_cond_t work, removed;
	struct spool_dropped dropped;
	const char *failed;
	size_t head, n, bytes;
	uint64_t lines, written;
	int err;
	bool told, busy, removing, keeping, stop, ready, ending;
	struct chunk chunks[CHUNKS];
};

/* --- the descriptor -------------------------------------------------------------- */

/* An eventfd is writable unless its number is the largest one (eventfd(2)). */
#define FULL (UINT64_MAX - 1)

static void set_ready(struct spool_queue *q, bool ready)
{
	uint64_t n = FULL;

	if (q->ready == ready)
		return;
	q->ready = ready;
	if (ready ? read(q->event_fd, &n, sizeof(n)) < 0 : write(q->event_fd, &n, sizeof(n)) < 0)
		abort();	/* our own mistake: the number was not what we made it */
}

/* --- the thread --------------------------------------------------------------------- */

/* Write one chunk, or what is left of it after a failure. */
static int write_chunk(struct spool_writer *w, struct chunk *c, struct spool_dropped *dropped)
{
	int err = 0;

	if (c->begins)
		err = spool_writer_begin(w, &c->name, dropped);
	if (err)
		return err;
	c->begins = false;
	if (c->len > c->done)
		err = spool_writer_write(w, c->text, c->len, dropped);
	if (err)
		return err;
	c->done = c->len;
	return c->ends ? spool_writer_end(w, dropped) : 0;
}

static void finish_chunk(struct spool_queue *q, struct chunk *c)
{
	q->written += c->lines;
	if (c->ends) {
		q->lines -= q->written;
		q->written = 0;
	}
	q->bytes -= c->len;
	c->len = 0;
	q->head = (q->head + 1) % CHUNKS;
	q->n--;
}

static void add_dropped(struct spool_queue *q, const struct spool_dropped *dropped)
{
	q->dropped.windows += dropped->windows;
	q->dropped.records += dropped->records;
}

/* Remove a file that is beyond the bounds, unless spool_queue_dropped() has had its last call.
 * Returns whether it was not. With the lock, which is free while the thread waits for the disk. */
static bool remove_one(struct spool_queue *q)
{
	struct spool_dropped dropped = { 0 };

	if (q->keeping)
		return false;
	q->removing = true;
	pthread_mutex_unlock(&q->lock);
	spool_writer_remove(q->writer, &dropped);
	pthread_mutex_lock(&q->lock);
	add_dropped(q, &dropped);
	q->removing = false;
	pthread_cond_signal(&q->removed);
	return true;
}

/* With the lock, which is free while the thread looks. */
static bool exceeded(struct spool_queue *q, bool first)
{
	bool yes;

	pthread_mutex_unlock(&q->lock);
	if (first)
		spool_writer_look(q->writer);
	yes = spool_writer_exceeded(q->writer);
	pthread_mutex_lock(&q->lock);
	return yes;
}

/* With the lock, which is free while the thread writes. */
static void work_off(struct spool_queue *q)
{
	struct chunk *c = &q->chunks[q->head];
	struct spool_dropped dropped = { 0 };
	int err;

	q->busy = true;
	pthread_mutex_unlock(&q->lock);
	err = write_chunk(q->writer, c, &dropped);
	pthread_mutex_lock(&q->lock);
	add_dropped(q, &dropped);
	for (bool first = true; !err && c->ends && exceeded(q, first) && remove_one(q); first = false)
		;
	q->busy = false;
	if (err) {
		q->err = err;
		q->told = false;
		q->failed = spool_writer_failed(q->writer);
	} else {
		finish_chunk(q, c);
	}
	set_ready(q, true);
}

static void *run(void *arg)
{
	struct spool_queue *q = arg;

	pthread_mutex_lock(&q->lock);
	while (!q->stop) {
		if (q->n && !q->err)
			work_off(q);
		else
			pthread_cond_wait(&q->work, &q->lock);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* Signals are for the caller's thread. Called with the lock. */
static void start(struct spool_queue *q)
{
	sigset_t all, before;
	int err;

	if (q->started)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	err = pthread_create(&q->thread, NULL, run, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	q->started = !err;
	if (!err)
		return;
	q->err = -err;
	q->told = false;
}

/* --- the caller ----------------------------------------------------------------------- */

int spool_queue_open(struct spool_queue **out, struct spool_writer *w,
		     const struct spool_dropped *dropped)
{
	struct spool_queue *q = calloc(1, sizeof(*q));
	int err;

	if (!q)
		return -ENOMEM;
	q->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->event_fd < 0) {
		err = -errno;
		free(q);
		return err;
	}
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->work, NULL);
	pthread_cond_init(&q->removed, NULL);
	q->ready = true;
	q->writer = w;
	q->dropped = *dropped;
	q->failed = spool_writer_failed(w);
	*out = q;
	return 0;
}

void spool_queue_begin(struct spool_queue *q, const struct spool_name *name)
{
	q->begins = true;
	q->name = *name;
}

/* Look for a chunk to fill, in vain while the queue is full. With the lock. */
static void find_chunk(struct spool_queue *q)
{
	if (!q->filling && q->n < CHUNKS)
		q->filling = &q->chunks[(q->head + q->n) % CHUNKS];
}

/* Give the chunk to the thread. With the lock. */
static void push(struct spool_queue *q)
{
	q->n++;
	q->bytes += q->filling->len;
	q->lines += q->filling->lines;
	q->filling = NULL;
	start(q);
	pthread_cond_signal(&q->work);
}

/* Have the last chunk end the window: the one that is being filled, or an empty one when the thread has all
 * lines already; a full queue has no room for it yet. With the lock. */
static void settle_end(struct spool_queue *q)
{
	if (!q->ending)
		return;
	find_chunk(q);
	if (!q->filling)
		return;
	if (!q->filling->len) {
		q->filling->done = q->filling->lines = 0;
		q->filling->begins = false;
	}
	q->filling->ends = true;
	q->ending = false;
	push(q);
}

static bool has_room(const struct chunk *c, size_t len)
{
	return !c->len || c->len + len <= CHUNK_BYTES;
}

char *spool_queue_room(struct spool_queue *q, size_t len)
{
	if (!q->filling || !has_room(q->filling, len)) {
		pthread_mutex_lock(&q->lock);
		if (q->filling)
			push(q);
		settle_end(q);
		if (!q->ending)
			find_chunk(q);
		pthread_mutex_unlock(&q->lock);
	}
	return q->filling ? q->filling->text + q->filling->len : NULL;
}

/* The first line of a chunk makes it one: before, it is as the thread has left it. */
void spool_queue_commit(struct spool_queue *q, size_t len)
{
	struct chunk *c = q->filling;

	if (!c->len) {
		c->begins = q->begins;
		c->name = q->name;
		c->ends = false;
		c->done = c->lines = 0;
		q->begins = false;
	}
	c->len += len;
	c->lines++;
}

void spool_queue_end(struct spool_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->ending = true;
	settle_end(q);
	pthread_mutex_unlock(&q->lock);
}

/* What flush returns when all lines have been given to the thread. */
static int state(struct spool_queue *q)
{
	if (!q->n)
		return 0;
	if (q->err && !q->told) {
		q->told = true;
		return q->err;
	}
	if (q->err) {
		q->err = 0;
		start(q);
		if (q->err)
			return q->err;
		pthread_cond_signal(&q->work);
	}
	set_ready(q, false);
	return -EAGAIN;
}

int spool_queue_flush(struct spool_queue *q)
{
	int err;

	pthread_mutex_lock(&q->lock);
	if (q->filling && q->filling->len)
		push(q);
	settle_end(q);
	err = state(q);
	pthread_mutex_unlock(&q->lock);
	return err;
}

int spool_queue_fd(const struct spool_queue *q)
{
	return q->event_fd;
}

size_t spool_queue_bytes(struct spool_queue *q)
{
	size_t bytes;

	pthread_mutex_lock(&q->lock);
	bytes = q->bytes + (q->filling ? q->filling->len : 0);
	if (!bytes && (q->n || q->ending))
		bytes = 1;
	pthread_mutex_unlock(&q->lock);
	return bytes;
}

uint64_t spool_queue_lines(struct spool_queue *q)
{
	const struct chunk *c = q->filling;
	uint64_t lines;

	pthread_mutex_lock(&q->lock);
	lines = q->lines + (c && c->len ? c->lines : 0);
	pthread_mutex_unlock(&q->lock);
	return lines;
}

struct spool_dropped spool_queue_dropped(struct spool_queue *q, bool last)
{
	struct spool_dropped dropped;

	pthread_mutex_lock(&q->lock);
	q->keeping |= last;
	while (last && q->removing)
		pthread_cond_wait(&q->removed, &q->lock);
	dropped = q->dropped;
	q->dropped = (struct spool_dropped){ 0 };
	pthread_mutex_unlock(&q->lock);
	return dropped;
}

const char *spool_queue_failed(struct spool_queue *q)
{
	const char *failed;

	pthread_mutex_lock(&q->lock);
	failed = q->failed;
	pthread_mutex_unlock(&q->lock);
	return failed;
}

void spool_queue_close(struct spool_queue *q)
{
	bool busy;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->stop = true;
	busy = q->busy;
	pthread_cond_signal(&q->work);
	pthread_mutex_unlock(&q->lock);
	if (busy) {
		pthread_detach(q->thread);
		return;
	}
	if (q->started)
		pthread_join(q->thread, NULL);
	spool_writer_close(q->writer);
	close(q->event_fd);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->work);
	pthread_cond_destroy(&q->removed);
	free(q);
}
