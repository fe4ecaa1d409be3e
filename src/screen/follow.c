/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "screen/follow.h"
#include "screen/followed.h"

#define READ_SIZE 262144

/* A file is read when it comes by a rename, as in a spool, when it is closed, or when something was
 * written to it. */
#define COMES (IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE)
#define GOES (IN_DELETE | IN_MOVED_FROM)
#define FOLDER_GOES (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

/* folder      its path: an open folder would stay when it is removed, unnoticed
 * only        the one file that is followed; NULL: all of the folder
 * files       how far each file has been read
 * gone, unread  counted by one thread, read by another one
 * moved       a file that was renamed before it could be read: the kernel's number of this event
 */
struct follow {
	int watch;
	char *folder, *only;
	struct followed files;
	unsigned long gone, unread;
	uint32_t moved;
	char bytes[READ_SIZE];
};

/* Watch the folder, before it is read: nothing comes unseen in between. */
static int watch_folder(struct follow *f)
{
	f->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->watch < 0 ||
	    inotify_add_watch(f->watch, f->folder, COMES | GOES | FOLDER_GOES | IN_ONLYDIR) < 0)
		return -errno;
	return 0;
}

/* What stands in front of the name of a file, and this name. */
static void split(struct follow *f, const char *path)
{
	const char *slash = strrchr(path, '/');

	f->only = strdup(slash ? slash + 1 : path);
	f->folder = !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, slash - path);
}

int follow_open(struct follow **out, const char *path)
{
	struct follow *f;
	struct stat st;
	int err;

	if (stat(path, &st))
		return -errno;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->watch = -1;
	if (S_ISDIR(st.st_mode))
		f->folder = strdup(path);
	else
		split(f, path);
	err = f->folder && (S_ISDIR(st.st_mode) || f->only) ? watch_folder(f) : -ENOMEM;
	if (err) {
		follow_close(f);
		return err;
	}
	*out = f;
	return 0;
}

void follow_close(struct follow *f)
{
	if (!f)
		return;
	if (f->watch >= 0)
		close(f->watch);
	followed_free(&f->files);
	free(f->folder);
	free(f->only);
	free(f);
}

uint64_t follow_gone(const struct follow *f)
{
	return __atomic_load_n(&f->gone, __ATOMIC_RELAXED);
}

uint64_t follow_unread(const struct follow *f)
{
	return __atomic_load_n(&f->unread, __ATOMIC_RELAXED);
}

/* Who takes the bytes, and when to stop. */
struct taker {
	follow_fn *fn;
	void *arg;
	int stop_fd;
};

static bool shall_stop(const struct taker *t)
{
	struct pollfd stop = { t->stop_fd, POLLIN, 0 };

	return poll(&stop, 1, 0) > 0;
}

/* How many of the bytes are whole lines; all of them when not even one line has room. */
static size_t whole_lines(const char *bytes, size_t n)
{
	const char *newline = memrchr(bytes, '\n', n);

	if (newline)
		return newline - bytes + 1;
	return n == READ_SIZE ? n : 0;
}

/* Read the lines that an open file has behind *at. */
static int read_lines(struct follow *f, int fd, off_t *at, const struct taker *t)
{
	while (!shall_stop(t)) {
		ssize_t n = pread(fd, f->bytes, sizeof(f->bytes), *at);
		size_t lines;
		int err;

		if (n < 0)
			return -errno;
		lines = whole_lines(f->bytes, n);
		if (!lines)
			return 0;
		err = t->fn(t->arg, f->bytes, lines);
		if (err)
			return err;
		*at += lines;
	}
	return 0;
}

/* Add to a counter that another thread reads. */
static void count(unsigned long *counter, long n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* A file that cannot be read is counted: the others still can. */
static int not_read(struct follow *f, const char *name)
{
	count(&f->unread, 1);
	return followed_get(&f->files, name) ? 0 : -ENOMEM;
}

/* Another file of this name, or one that was emptied, is read from its beginning. */
static void begin_anew(struct followed_file *file, int fd, const struct stat *st)
{
	struct file_id id;
	bool another;

	file_id_of(&id, fd, st);
	another = !file_id_equal(&file->id, &id);
	if (another || file->at > st->st_size)
		file->at = 0;
	if (another && file->id.ino)
		file->earlier++;
	file->id = id;
}

static int read_open(struct follow *f, const char *name, int fd, const struct taker *t)
{
	struct followed_file *file;
	struct stat st;
	int err;

	if (fstat(fd, &st))
		return not_read(f, name);
	if (!S_ISREG(st.st_mode))
		return 0;
	file = followed_get(&f->files, name);
	if (!file)
		return -ENOMEM;
	begin_anew(file, fd, &st);
	err = read_lines(f, fd, &file->at, t);
	return err == -EIO ? not_read(f, name) : err;
}

static bool is_followed(const struct follow *f, const char *name)
{
	return f->only ? !strcmp(name, f->only) : *name != '.';
}

/* Returns a descriptor, or -errno. */
static int open_file(const struct follow *f, const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", f->folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return fd;
}

/* Read what is new in a file. One that is gone has an event, which counts it. */
static int read_file(struct follow *f, const char *name, const struct taker *t)
{
	int fd = open_file(f, name), err;

	if (fd < 0)
		return fd == -ENOENT ? 0 : not_read(f, name);
	err = read_open(f, name, fd, t);
	close(fd);
	return err;
}

/* Read all files, in the order of their names. */
static int read_all(struct follow *f, const struct taker *t)
{
	struct dirent **entries;
	int n = scandir(f->folder, &entries, NULL, alphasort), err = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (!err && is_followed(f, name) && !shall_stop(t))
			err = read_file(f, name, t);
		free(entries[i]);
	}
	free(entries);
	return err;
}

/* Whether the file that was read is there by its name: what was removed or renamed is an earlier one of this name, and
 * the event that the new one came is still to be handled. Without a handle nothing tells the two apart, and it is
 * taken for the one that has gone: lines twice are better than lines that are missing. */
static bool is_there(const struct follow *f, const struct followed_file *file)
{
	struct file_id id = { 0 };
	struct stat st;
	int fd = open_file(f, file->name);

	if (fd < 0)
		return false;
	if (!fstat(fd, &st))
		file_id_of(&id, fd, &st);
	close(fd);
	return id.len && file_id_equal(&id, &file->id);
}

/* A file was removed or renamed. */
static void forget(struct follow *f, const struct inotify_event *e)
{
	struct followed_file *file = followed_find(&f->files, e->name);

	if (file && !is_there(f, file)) {
		followed_forget(&f->files, e->name);
		return;
	}
	if (file && file->earlier) {
		file->earlier--;
		return;
	}
	count(&f->gone, 1);
	f->moved = e->cookie;
}

/* A file that was not read under its old name is not gone when it has a new one here. */
static void find_again(struct follow *f, const struct inotify_event *e)
{
	if (e->cookie && e->cookie == f->moved)
		count(&f->gone, -1);
}

static int handle(struct follow *f, const struct inotify_event *e, const struct taker *t)
{
	if (e->mask & IN_Q_OVERFLOW)
		return read_all(f, t);
	if (e->mask & FOLDER_GOES)
		return -ENOENT;
	if (e->mask & IN_ISDIR || !e->len || !is_followed(f, e->name))
		return 0;
	if (e->mask & GOES) {
		forget(f, e);
		return 0;
	}
	find_again(f, e);
	return read_file(f, e->name, t);
}

/* Handle the changes that wait. */
static int read_changes(struct follow *f, const struct taker *t)
{
	char buffer[65536] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *e;
	ssize_t n = read(f->watch, buffer, sizeof(buffer));
	int err = 0;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (const char *p = buffer; p < buffer + n && !err; p += sizeof(*e) + e->len) {
		e = (const struct inotify_event *)p;
		err = handle(f, e, t);
	}
	return err;
}

int follow_run(struct follow *f, int stop_fd, follow_fn *fn, void *arg)
{
	const struct taker t = { fn, arg, stop_fd };
	int err = read_all(f, &t);

	while (!err) {
		struct pollfd fds[] = { { f->watch, POLLIN, 0 }, { stop_fd, POLLIN, 0 } };

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents)
			return 0;
		err = read_changes(f, &t);
	}
	return err;
}
