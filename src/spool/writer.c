/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/copy.h"
#include "spool/free.h"
#include "spool/replace.h"
#include "spool/torn.h"
#include "spool/writer.h"
#include "window/clock.h"

/* One spool, and how far the window has come there.
 *
 * named   the window has its name in new/
 * synced  the name has reached the disk
 */
struct place {
	struct spool_dir dir;
	struct spool_bound bound;
	bool named, synced;
};

/* fd        the window's file, locked until it has its name in new/ of the first spool; -1: no
 *           window has begun
 * offset    how many bytes have been written
 * flushed   the bytes have reached the disk
 * suspect   the kernel could not write the bytes to the disk. It may have forgotten them, and say
 *           of a second fsync(2) that all is well: the file must be written anew
 * exceeded  the spool that spool_writer_exceeded() has found
 * failed    see spool_writer_failed()
 */
struct spool_writer {
	struct spool_settings set;
	struct place places[SPOOL_WRITER_MAX];
	struct spool_bound *bounds[SPOOL_WRITER_MAX], *exceeded;
	size_t n;
	int fd;
	char name[SPOOL_NAME_MAX];
	off_t offset;
	bool flushed, suspect;
	const char *failed;
};

int spool_writer_open(struct spool_writer **out, const struct spool_dir *spools, size_t n,
		      const struct spool_settings *set)
{
	struct spool_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->set = *set;
	w->n = n;
	w->fd = -1;
	w->failed = spools[0].path;
	for (size_t i = 0; i < n; i++) {
		w->places[i].dir = spools[i];
		w->bounds[i] = &w->places[i].bound;
	}
	*out = w;
	return 0;
}

/* --- bounds ---------------------------------------------------------------------------- */

void spool_writer_look(struct spool_writer *w)
{
	for (size_t i = 0; i < w->n; i++)
		spool_bound_look(w->bounds[i]);
}

bool spool_writer_exceeded(struct spool_writer *w)
{
	w->exceeded = NULL;
	for (size_t i = 0; i < w->n && !w->exceeded; i++)
		if (spool_bound_exceeded(w->bounds[i], clock_wall_ns(), w->name))
			w->exceeded = w->bounds[i];
	return w->exceeded;
}

void spool_writer_remove(struct spool_writer *w, struct spool_dropped *dropped)
{
	spool_bound_remove(w->exceeded, dropped);
}

int spool_writer_tidy(struct spool_writer *w, uint64_t *torn, struct spool_dropped *dropped)
{
	uint64_t here;
	int err = 0;

	*torn = 0;
	for (size_t i = 0; i < w->n && !err; i++) {
		struct place *p = &w->places[i];

		w->failed = p->dir.path;
		err = spool_set_torn_aside(&p->dir, &here);
		*torn += here;
		if (!err)
			err = spool_bound_init(&p->bound, &p->dir, w->set.max_bytes, w->set.max_age_ns);
	}
	while (!err && spool_writer_exceeded(w))
		spool_writer_remove(w, dropped);
	return err;
}

static int fail(struct spool_writer *w, const struct place *p, int err)
{
	w->failed = p->dir.path;
	return err;
}

/* --- begin, write ------------------------------------------------------------------ */

/* Make the window's file in tmp/ of a spool. A file system can run out of files, too. Returns a
 * descriptor or -errno. */
static int create(struct spool_writer *w, const struct place *p, struct spool_dropped *dropped)
{
	int fd;

	do
		fd = spool_create(p->dir.tmp, w->name);
	while ((fd == -ENOSPC || fd == -EDQUOT) &&
	       spool_free_oldest(w->bounds, w->n, p->dir.top, dropped));
	return fd;
}

int spool_writer_begin(struct spool_writer *w, const struct spool_name *name,
		       struct spool_dropped *dropped)
{
	struct place *first = &w->places[0];

	spool_name_format(name, w->name);
	w->fd = create(w, first, dropped);
	if (w->fd < 0)
		return fail(w, first, w->fd);
	w->offset = 0;
	w->flushed = w->suspect = false;
	for (size_t i = 0; i < w->n; i++)
		w->places[i].named = w->places[i].synced = false;
	return 0;
}

/* Windows are written at an offset: bytes of a part that failed are written over. */
int spool_writer_write(struct spool_writer *w, const char *text, size_t len,
		       struct spool_dropped *dropped)
{
	struct place *first = &w->places[0];
	int err = spool_free_write(w->bounds, w->n, first->dir.top, w->fd, text, len, w->offset,
				   dropped);

	if (err)
		return fail(w, first, err);
	w->offset += len;
	return 0;
}

/* --- end ----------------------------------------------------------------------------- */

static int write_anew(struct spool_writer *w, struct spool_dropped *dropped)
{
	struct place *first = &w->places[0];
	int fd, err;

	if (unlinkat(first->dir.tmp, w->name, 0) && errno != ENOENT)
		return -errno;
	fd = create(w, first, dropped);
	if (fd < 0)
		return fd;
	err = spool_copy(w->bounds, w->n, first->dir.top, fd, w->fd, dropped);
	if (err) {
		close(fd);
		return err;
	}
	close(w->fd);
	w->fd = fd;
	w->suspect = false;
	return 0;
}

static int flush(struct spool_writer *w, struct spool_dropped *dropped)
{
	int err = w->suspect ? write_anew(w, dropped) : 0;

	if (!err && w->set.sync && !w->flushed && fsync(w->fd)) {
		err = -errno;
		w->suspect = true;
	}
	w->flushed = !err;
	return err ? fail(w, &w->places[0], err) : 0;
}

/* Give the file its name in new/ of all spools to which it can be linked, the first spool last: as
 * long as the file is in tmp/ there, consumers find it locked, and none removes it. Another file
 * system takes no link: see copy_to(). */
static int put_in_place(struct spool_writer *w)
{
	struct place *first = &w->places[0];

	if (first->named)
		return 0;
	for (size_t i = 1; i < w->n; i++)
		if (!linkat(first->dir.tmp, w->name, w->places[i].dir.new, w->name, 0))
			w->places[i].named = true;
	if (renameat(first->dir.tmp, w->name, first->dir.new, w->name))
		return fail(w, first, -errno);
	first->named = true;
	flock(w->fd, LOCK_UN);
	return 0;
}

/* The file may have been sent and removed in the first spool by now, but its descriptor still has
 * all that was written. */
static int copy_to(struct spool_writer *w, struct place *p, struct spool_dropped *dropped)
{
	int fd, err;

	if (unlinkat(p->dir.tmp, w->name, 0) && errno != ENOENT)
		return -errno;
	fd = create(w, p, dropped);
	if (fd < 0)
		return fd;
	err = spool_copy(w->bounds, w->n, p->dir.top, fd, w->fd, dropped);
	if (!err && w->set.sync && fsync(fd))
		err = -errno;
	if (!err && renameat(p->dir.tmp, w->name, p->dir.new, w->name))
		err = -errno;
	if (err)
		unlinkat(p->dir.tmp, w->name, 0);
	close(fd);
	return err;
}

static int finish_place(struct spool_writer *w, struct place *p, struct spool_dropped *dropped)
{
	int err = p->named ? 0 : copy_to(w, p, dropped);

	if (err)
		return fail(w, p, err);
	p->named = true;
	if (w->set.sync && !p->synced && fsync(p->dir.new))
		return fail(w, p, -errno);
	p->synced = true;
	return 0;
}

/* `last' says no more than that ctagg lives: a failure to replace it is no reason to hold up
 * windows. */
static void say_last(const struct spool_writer *w, const struct place *p)
{
	char text[SPOOL_NAME_MAX + 32];

	snprintf(text, sizeof(text), "%s %" PRIu64 "\n", w->name, w->set.window_ms);
	spool_replace(&p->dir, "last", text, false);
}

static int finish(struct spool_writer *w, struct spool_dropped *dropped)
{
	int err = flush(w, dropped);

	if (!err)
		err = put_in_place(w);
	for (size_t i = 0; i < w->n && !err; i++)
		err = finish_place(w, &w->places[i], dropped);
	return err;
}

int spool_writer_end(struct spool_writer *w, struct spool_dropped *dropped)
{
	struct stat st = { 0 };
	int err = finish(w, dropped);

	if (err)
		return err;
	fstat(w->fd, &st);
	close(w->fd);
	w->fd = -1;
	for (size_t i = 0; i < w->n; i++) {
		struct place *p = &w->places[i];

		say_last(w, p);
		spool_bound_added(&p->bound, spool_bound_size(&st));
	}
	return 0;
}

const char *spool_writer_failed(const struct spool_writer *w)
{
	return w->failed;
}

void spool_writer_close(struct spool_writer *w)
{
	if (!w)
		return;
	if (w->fd >= 0) {
		if (!w->places[0].named)
			unlinkat(w->places[0].dir.tmp, w->name, 0);
		close(w->fd);
	}
	for (size_t i = 0; i < w->n; i++)
		spool_dir_close(&w->places[i].dir);
	free(w);
}
