/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/bound.h"
#include "spool/lock.h"
#include "spool/records.h"
#include "spool/torn.h"

#define WHY ".why"	/* of a dead letter */

/* The files must be looked at one by one to know what they take: so a spool that is full is made
 * emptier by this part of its size, and the next window finds room without a look. */
#define SPARE 128

#define BLOCK 512	/* unit of st_blocks, inode(7) */

/* --- the oldest files ------------------------------------------------------------ */

/* The window that a file is about: the file's name, or that name before `suffix'. Returns whether
 * there is such a window. */
static bool window_of(struct spool_name *n, const char *name, const char *suffix)
{
	size_t len = strlen(name), suffix_len = strlen(suffix);
	char window[SPOOL_NAME_MAX];

	if (len <= suffix_len || strcmp(name + len - suffix_len, suffix))
		return false;
	snprintf(window, sizeof(window), "%.*s", (int)(len - suffix_len), name);
	return spool_name_parse(n, window);
}

static bool is_of_dead(const char *name)
{
	struct spool_name n;

	return window_of(&n, name, "") || window_of(&n, name, SPOOL_TORN) || window_of(&n, name, WHY);
}

static void restart(struct spool_oldest *o)
{
	o->batch.n = o->next = 0;
	o->more = true;
}

/* The oldest name that was not looked at yet, or NULL. */
static const char *oldest(struct spool_oldest *o)
{
	char after[SPOOL_NAME_MAX] = "";

	if (o->next < o->batch.n)
		return o->batch.names[o->next];
	if (!o->more)
		return NULL;
	if (o->batch.n)
		strcpy(after, o->batch.names[o->batch.n - 1]);
	o->next = 0;
	if (spool_batch_accept(&o->batch, o->dirfd, after, o->accept))
		o->batch.n = 0;
	o->more = o->batch.n == SPOOL_BATCH;
	return o->batch.n ? o->batch.names[0] : NULL;
}

/* Which of the two directories has the oldest file; NULL: none has any. */
static struct spool_oldest *side(struct spool_bound *b)
{
	const char *waiting = oldest(&b->waiting), *dead = oldest(&b->dead);

	if (!waiting || !dead)
		return waiting ? &b->waiting : dead ? &b->dead : NULL;
	return strcmp(waiting, dead) <= 0 ? &b->waiting : &b->dead;
}

void spool_bound_restart(struct spool_bound *b)
{
	restart(&b->waiting);
	restart(&b->dead);
	b->skipped = false;
}

const char *spool_bound_oldest(struct spool_bound *b)
{
	struct spool_oldest *o = side(b);

	return o ? oldest(o) : NULL;
}

/* --- what the files take ----------------------------------------------------------- */

/* A file takes whole blocks. A file system that compresses, or has not given out blocks yet, says
 * fewer than the file's length. */
uint64_t spool_bound_size(const struct stat *st)
{
	uint64_t blocks = (uint64_t)st->st_blocks * BLOCK, size = st->st_size;

	return blocks > size ? blocks : size;
}

static int add_up(int dirfd, spool_accept_fn *accept, uint64_t *bytes)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(dir)))
		if (strlen(entry->d_name) < SPOOL_NAME_MAX && accept(entry->d_name) &&
		    !fstatat(dirfd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			*bytes += spool_bound_size(&st);
	closedir(dir);
	return 0;
}

static int measure(struct spool_bound *b)
{
	uint64_t bytes = 0;
	int err = add_up(b->waiting.dirfd, b->waiting.accept, &bytes);

	if (!err)
		err = add_up(b->dead.dirfd, b->dead.accept, &bytes);
	if (!err)
		b->used = bytes;
	return err;
}

int spool_bound_init(struct spool_bound *b, const struct spool_dir *dir, uint64_t max_bytes,
		     uint64_t max_age_ns)
{
	b->dir = dir;
	b->max_bytes = max_bytes;
	b->max_age_ns = max_age_ns;
	b->used = 0;
	b->emptying = false;
	b->waiting.dirfd = dir->new;
	b->waiting.accept = spool_name_is;
	b->dead.dirfd = dir->dead;
	b->dead.accept = is_of_dead;
	spool_bound_restart(b);
	return measure(b);
}

void spool_bound_added(struct spool_bound *b, uint64_t bytes)
{
	b->used += bytes;
}

/* --- removing ------------------------------------------------------------------------ */

static void count_removed(struct spool_bound *b, const struct stat *st)
{
	uint64_t bytes = spool_bound_size(st);

	b->used -= bytes < b->used ? bytes : b->used;
}

/* Remove one file. The file is open and locked: no consumer begins to send it now. */
static bool remove_file(struct spool_bound *b, int dirfd, const char *name, int fd,
			struct spool_dropped *dropped)
{
	uint64_t records = 0;
	bool window = spool_name_is(name);
	struct stat st;

	if (fstat(fd, &st) || (window && spool_records(fd, &records)) || unlinkat(dirfd, name, 0))
		return false;
	count_removed(b, &st);
	dropped->windows += window;
	dropped->records += records;
	return true;
}

static void remove_why(struct spool_bound *b, const char *name)
{
	char why[SPOOL_NAME_MAX + sizeof(WHY)];
	struct stat st;

	snprintf(why, sizeof(why), "%s" WHY, name);
	if (!fstatat(b->dead.dirfd, why, &st, AT_SYMLINK_NOFOLLOW) &&
	    !unlinkat(b->dead.dirfd, why, 0))
		count_removed(b, &st);
}

/* A file that is locked, or cannot be removed for another reason, stays. */
bool spool_bound_remove(struct spool_bound *b, struct spool_dropped *dropped)
{
	struct spool_oldest *o = side(b);
	const char *name = o ? oldest(o) : NULL;
	bool removed;
	int fd;

	if (!name)
		return false;
	o->next++;
	fd = spool_take_alone(o->dirfd, name);
	if (fd < 0) {
		b->skipped |= fd == -EBUSY;
		return false;
	}
	removed = remove_file(b, o->dirfd, name, fd, dropped);
	if (removed && o == &b->dead && spool_name_is(name))
		remove_why(b, name);
	close(fd);
	return removed;
}

static bool is_too_old(const struct spool_bound *b, const char *name, uint64_t now_ns)
{
	struct spool_name n;

	return (window_of(&n, name, "") || window_of(&n, name, SPOOL_TORN) ||
		window_of(&n, name, WHY)) &&
	       n.start_ns < now_ns && now_ns - n.start_ns > b->max_age_ns;
}

/* The oldest file but `newest', or NULL: after the clock was set back, the newest window can have
 * the smallest name. */
static const char *oldest_but(struct spool_bound *b, const char *newest)
{
	const char *name = spool_bound_oldest(b);

	if (!name || strcmp(name, newest))
		return name;
	side(b)->next++;
	return spool_bound_oldest(b);
}

/* The names that were read earlier are still those of the oldest files, or of files that have gone:
 * new ones are younger. At the end of the names the directories are read again. */
void spool_bound_look(struct spool_bound *b)
{
	if (b->skipped || !spool_bound_oldest(b))
		spool_bound_restart(b);
}

/* Whether the files take too much. What they take is added up again before the first one goes: a
 * consumer may have made room meanwhile. */
static bool is_too_large(struct spool_bound *b, const char *newest)
{
	uint64_t limit = b->max_bytes;

	if (b->emptying)
		limit -= b->max_bytes / SPARE;
	else if (b->used > limit && !measure(b))
		spool_bound_restart(b);
	b->emptying = b->used > limit && oldest_but(b, newest);
	return b->emptying;
}

bool spool_bound_exceeded(struct spool_bound *b, uint64_t now_ns, const char *newest)
{
	const char *name = b->max_age_ns ? oldest_but(b, newest) : NULL;

	return (name && is_too_old(b, name, now_ns)) || is_too_large(b, newest);
}
