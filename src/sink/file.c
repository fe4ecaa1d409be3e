/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/file.h"

enum kind {
	REGULAR,	/* always ready */
	PIPE,		/* takes up to PIPE_BUF whole or not at all */
	SOCKET,
	OTHER,		/* a terminal, a device */
};

struct file {
	const char *path;	/* NULL: standard output */
	int fd;
	enum kind kind;
	bool own;		/* our own open file: it may be non-blocking */

	/* Lines wait between head and tail. The line at head may have been
	 * written in part: `sent` bytes of it. */
	char *buf;
	size_t size, head, tail, sent;
};

static int kind_of(int fd, enum kind *kind)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return -EISDIR;
	case S_IFBLK:
		return -EMEDIUMTYPE;
	case S_IFREG:
		*kind = REGULAR;
		return 0;
	case S_IFIFO:
		*kind = PIPE;
		return 0;
	case S_IFSOCK:
		*kind = SOCKET;
		return 0;
	}
	*kind = OTHER;
	return 0;
}

/* Whether the regular file behind fd ends in the middle of a line: somebody,
 * perhaps we, was killed while writing it. What cannot be read is left alone. */
static bool torn(const char *path, int fd)
{
	struct stat ours, theirs;
	bool is_torn = false;
	char last;
	int in;

	if (fstat(fd, &ours) || !ours.st_size)
		return false;
	in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (in < 0)
		return false;
	if (!fstat(in, &theirs) && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev)
		is_torn = pread(in, &last, 1, ours.st_size - 1) == 1 && last != '\n';
	close(in);
	return is_torn;
}

static int open_path(const char *path, int *fd, enum kind *kind)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int err;

	*fd = open(path, flags, 0640);
	if (*fd < 0)
		return -errno;
	err = kind_of(*fd, kind);
	if (!err && *kind == REGULAR && torn(path, *fd) && write(*fd, "\n", 1) != 1)
		err = -errno;
	if (err)
		close(*fd);
	return err;
}

/* Standard output belongs to others too. Opening it anew gives an open file of
 * our own that can be non-blocking; where that is refused (a socket, no /proc)
 * we ask with poll() or MSG_DONTWAIT before every write. */
static int open_stdout(struct file *f)
{
	int err = kind_of(STDOUT_FILENO, &f->kind), fd;

	if (err)
		return err;
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	f->fd = STDOUT_FILENO;
	if (f->kind != PIPE && f->kind != OTHER)
		return 0;
	fd = open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0) {
		f->fd = fd;
		f->own = true;
	}
	return 0;
}

int file_open(struct file **out, const char *path, size_t buffer_bytes)
{
	struct file *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->path = path;
	f->size = buffer_bytes;
	f->buf = malloc(buffer_bytes);
	if (!f->buf) {
		free(f);
		return -ENOMEM;
	}
	if (path) {
		err = open_path(path, &f->fd, &f->kind);
		f->own = true;
	} else {
		err = open_stdout(f);
	}
	if (err) {
		free(f->buf);
		free(f);
		return err;
	}
	*out = f;
	return 0;
}

char *file_room(struct file *f, size_t len)
{
	if (f->size - f->tail < len && f->head) {
		memmove(f->buf, f->buf + f->head, f->tail - f->head);
		f->tail -= f->head;
		f->head = 0;
	}
	return f->size - f->tail < len ? NULL : f->buf + f->tail;
}

void file_commit(struct file *f, size_t len)
{
	f->tail += len;
}

/* The length of the whole lines at p that fit into max bytes; a line longer
 * than that alone. */
static size_t whole_lines(const char *p, size_t len, size_t max)
{
	const char *end;

	if (len <= max)
		return len;
	end = memrchr(p, '\n', max);
	if (!end)
		end = memchr(p, '\n', len);
	return end ? (size_t)(end - p) + 1 : len;
}

static ssize_t write_some(struct file *f, const char *p, size_t len)
{
	struct pollfd ready = { .fd = f->fd, .events = POLLOUT };

	if (f->kind == SOCKET)
		return send(f->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (f->kind == PIPE || f->kind == OTHER) {
		if (!f->own && poll(&ready, 1, 0) != 1) {
			errno = EAGAIN;
			return -1;
		}
		/* So much a pipe takes as a whole: no line is ever torn. */
		len = whole_lines(p, len, PIPE_BUF);
	}
	return write(f->fd, p, len);
}

/* n bytes from head + sent on have been written: forget all whole lines. */
static void written(struct file *f, size_t n)
{
	const char *start = f->buf + f->head, *last;
	size_t sent = f->sent + n;

	last = memrchr(start, '\n', sent);
	if (last) {
		f->head += last + 1 - start;
		sent -= last + 1 - start;
	}
	f->sent = sent;
	if (f->head == f->tail)
		f->head = f->tail = 0;
}

int file_flush(struct file *f)
{
	ssize_t n;

	while (file_pending(f)) {
		n = write_some(f, f->buf + f->head + f->sent, file_pending(f));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		written(f, n);
	}
	return 0;
}

size_t file_pending(const struct file *f)
{
	return f->tail - f->head - f->sent;
}

uint64_t file_pending_lines(const struct file *f)
{
	const char *p = f->buf + f->head, *end = f->buf + f->tail;
	uint64_t lines = 0;

	for (; p < end && (p = memchr(p, '\n', end - p)); p++)
		lines++;
	return lines;
}

int file_poll_fd(const struct file *f)
{
	return f->kind == REGULAR ? -1 : f->fd;
}

int file_reopen(struct file *f)
{
	enum kind kind;
	int fd, err;

	if (!f->path)
		return 0;
	err = open_path(f->path, &fd, &kind);
	if (err)
		return err;
	close(f->fd);
	f->fd = fd;
	f->kind = kind;
	f->sent = 0;
	return 0;
}

int file_works(void *arg)
{
	const struct file *f = arg;
	char dir[PATH_MAX];
	const char *slash;

	if (!f->path)
		return 0;
	slash = strrchr(f->path, '/');
	if (snprintf(dir, sizeof(dir), "%.*s.", slash ? (int)(slash - f->path) + 1 : 0, f->path) >=
	    (int)sizeof(dir))
		return -ENAMETOOLONG;
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS))
		return -errno;
	return faccessat(AT_FDCWD, f->path, W_OK, AT_EACCESS) ? -errno : 0;
}

void file_close(struct file *f)
{
	if (!f)
		return;
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	free(f->buf);
	free(f);
}
