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

#include "host/identity.h"
#include "sink/file.h"
#include "sink/file_end.h"
#include "sink/lock.h"

enum kind {
	REGULAR,	/* always ready */
	PIPE,		/* takes up to PIPE_BUF bytes as a whole or not at all */
	STREAM,		/* a socket; a local one takes PIPE_BUF bytes as a pipe does */
	DATAGRAM,	/* a socket that keeps the bytes of one send() together */
	OTHER,		/* a terminal, a device */
};

struct file {
	struct output output;	/* first: struct output * is a struct file * */
	const char *path;	/* NULL: standard output */
	int fd;
	int lock_err;		/* why the file is not locked (-errno); 0: locked, or nothing to lock */
	enum kind kind;
	bool own;		/* nobody shares the open file of fd, so fd may be non-blocking */
	bool local;		/* the peer of the socket is on this host (AF_UNIX) */
	struct file_end end;	/* of a regular file */
	uint64_t refused;	/* lines longer than any datagram */

	/* Lines wait in buf from head to tail. The first `sent` bytes of the line at head
	 * have been written already. */
	char *buf;
	size_t size, head, tail, sent;
};

static struct file *file_of(struct output *o)
{
	return (struct file *)o;
}

static int socket_kind(int fd, enum kind *kind)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int type;

	if (getpeername(fd, (struct sockaddr *)&peer, &len))
		return -errno;
	len = sizeof(type);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len))
		return -errno;
	*kind = type == SOCK_STREAM ? STREAM : DATAGRAM;
	return 0;
}

static bool is_local(int fd)
{
	int domain = -1;
	socklen_t len = sizeof(domain);

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) && domain == AF_UNIX;
}

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
		return socket_kind(fd, kind);
	}
	*kind = OTHER;
	return 0;
}

/* Returns -EBUSY for a file that another program has locked; *lock_err says why another file could
 * not be locked. */
static int open_path(const char *path, int *fd, enum kind *kind, int *lock_err)
{
	int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, err;

	*fd = identity_open(path, flags, 0640);
	if (*fd < 0)
		return *fd;
	*lock_err = 0;
	err = kind_of(*fd, kind);
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): kind_of() has set it */
	if (!err && *kind == REGULAR)
		*lock_err = lock_take(*fd);
	if (*lock_err == -EBUSY)
		err = -EBUSY;
	if (err)
		close(*fd);
	return err;
}

/* The parent and other programs share the open file of standard output, so O_NONBLOCK must
 * not be set there. Opening /proc/self/fd/1 makes another open file, which is ours and can be
 * non-blocking. Where the kernel refuses to open it (a socket, no /proc), write_some() asks
 * with poll() or MSG_DONTWAIT before every write. */
static int open_stdout(struct file *f)
{
	int err = kind_of(STDOUT_FILENO, &f->kind), fd;

	if (err)
		return err;
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	f->fd = STDOUT_FILENO;
	f->local = is_local(f->fd);
	if (f->kind != PIPE && f->kind != OTHER)
		return 0;
	fd = open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0) {
		f->fd = fd;
		f->own = true;
	}
	return 0;
}

static char *room(struct output *o, size_t len)
{
	struct file *f = file_of(o);

	if (f->size - f->tail < len && f->head) {
		memmove(f->buf, f->buf + f->head, f->tail - f->head);
		f->tail -= f->head;
		f->head = 0;
	}
	return f->size - f->tail < len ? NULL : f->buf + f->tail;
}

static void commit(struct output *o, size_t len)
{
	file_of(o)->tail += len;
}

static size_t waiting(const struct file *f)
{
	return f->tail - f->head - f->sent;
}

/* How many bytes to write at once: the whole lines at p that fit into PIPE_BUF bytes. A pipe
 * takes up to PIPE_BUF bytes as a whole or not at all (pipe(7)), so no line is torn. A line
 * longer than PIPE_BUF is written alone. */
static size_t whole_lines(const char *p, size_t len)
{
	const char *end;

	if (len <= PIPE_BUF)
		return len;
	end = memrchr(p, '\n', PIPE_BUF);
	if (!end)
		end = memchr(p, '\n', len);
	return end ? (size_t)(end - p) + 1 : len;
}

/* The length of the first line at p. */
static size_t one_line(const char *p, size_t len)
{
	const char *end = memchr(p, '\n', len);

	return end ? (size_t)(end - p) + 1 : len;
}

/* Write as many of the len bytes at p as this kind of descriptor should get at once. Returns
 * what write(2) returns; errno is EAGAIN when the reader is not ready. */
static ssize_t write_some(struct file *f, const char *p, size_t len)
{
	struct pollfd ready = { .fd = f->fd, .events = POLLOUT };

	switch (f->kind) {
	case REGULAR:
		return write(f->fd, p, len);
	case DATAGRAM:
		return send(f->fd, p, one_line(p, len), MSG_DONTWAIT | MSG_NOSIGNAL);
	case STREAM:
		return send(f->fd, p, whole_lines(p, len), MSG_DONTWAIT | MSG_NOSIGNAL);
	case PIPE:
	case OTHER:
		break;
	}
	if (!f->own && poll(&ready, 1, 0) != 1) {
		errno = EAGAIN;
		return -1;
	}
	return write(f->fd, p, whole_lines(p, len));
}

/* Whether the error says that nobody will read any more. ECONNREFUSED says so on a local
 * socket, whose peer has closed. On other sockets it comes from an ICMP error about an earlier
 * datagram, and the receiver may come back. */
static bool says_goodbye(const struct file *f, int err)
{
	switch (err) {
	case EPIPE:
		return true;
	case ECONNRESET:
	case ENOTCONN:
		return f->kind == STREAM || f->kind == DATAGRAM;
	case ECONNREFUSED:
		return f->local;
	}
	return false;
}

/* n more bytes have been written, from head + sent on: drop all lines that are whole by now. */
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

/* The line at head is longer than any datagram that this socket sends, so it would be refused
 * each time: count it and leave it out. Returns its length. */
static ssize_t refuse_line(struct file *f)
{
	const char *p = f->buf + f->head;

	f->refused++;
	return one_line(p, f->tail - f->head);
}

/* Write some of the waiting bytes. Returns how many of them need not be kept any longer, or
 * -errno. */
static ssize_t flush_some(struct file *f)
{
	ssize_t n;
	int err;

	if (f->kind == REGULAR) {
		err = file_end_settle(&f->end, &f->sent);
		if (err)
			return err;
	}
	n = write_some(f, f->buf + f->head + f->sent, waiting(f));
	if (n >= 0)
		return n;
	if (f->kind == DATAGRAM && errno == EMSGSIZE)
		return refuse_line(f);
	return says_goodbye(f, errno) ? -EPIPE : -errno;
}

static int flush(struct output *o)
{
	struct file *f = file_of(o);
	ssize_t n;

	while (waiting(f)) {
		n = flush_some(f);
		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
		written(f, n);
		if (f->kind == REGULAR)
			file_end_written(&f->end, f->sent);
	}
	return 0;
}

static size_t pending(struct output *o)
{
	return waiting(file_of(o));
}

static uint64_t pending_lines(struct output *o)
{
	const struct file *f = file_of(o);
	const char *p = f->buf + f->head, *end = f->buf + f->tail;
	uint64_t lines = 0;

	for (; p < end && (p = memchr(p, '\n', end - p)); p++)
		lines++;
	return lines;
}

static int poll_fd(struct output *o)
{
	const struct file *f = file_of(o);

	return f->kind == REGULAR ? -1 : f->fd;
}

/* Whoever made the socket may have asked for a queue of errors (IP_RECVERR in ip(7)). POLLERR
 * stays set while an error is queued, so the queue has to be emptied or the caller's loop spins.
 * A local socket has no queue of errors, ignores MSG_ERRQUEUE and would receive data. */
static void empty_error_queue(const struct file *f)
{
	char none;

	while (!f->local && recv(f->fd, &none, sizeof(none), MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		;
}

static int error(struct output *o)
{
	const struct file *f = file_of(o);
	socklen_t len = sizeof(int);
	int err;

	if (f->kind != DATAGRAM || getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -EPIPE;
	empty_error_queue(f);
	return says_goodbye(f, err) ? -EPIPE : -err;
}

static uint64_t refused(struct output *o)
{
	return file_of(o)->refused;
}

/* Whether the path still names the file that is open. */
static bool is_named(const struct file *f)
{
	struct stat ours, named;

	return !fstat(f->fd, &ours) && !lstat(f->path, &named) && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

/* Call before the descriptor is closed. The file gets a whole line at its end. A line that was
 * written in part is written again from its beginning, to the descriptor that comes next. */
static void leave(struct file *f)
{
	if (f->kind == REGULAR)
		file_end_leave(&f->end, f->sent);
	f->sent = 0;
}

static int reopen(struct output *o)
{
	struct file *f = file_of(o);
	int fd, lock_err, err;
	enum kind kind;

	if (!f->path || is_named(f))
		return 0;
	err = open_path(f->path, &fd, &kind, &lock_err);
	if (err)
		return err;
	leave(f);
	close(f->fd);
	f->fd = fd;
	f->kind = kind;
	f->lock_err = lock_err;
	if (kind == REGULAR)
		file_end_open(&f->end, fd);
	return 0;
}

static void close_file(struct output *o)
{
	struct file *f = file_of(o);

	leave(f);
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	free(f->buf);
	free(f);
}

static const struct output_functions functions = {
	.room = room,
	.commit = commit,
	.flush = flush,
	.reopen = reopen,
	.poll_fd = poll_fd,
	.error = error,
	.pending = pending,
	.pending_lines = pending_lines,
	.refused = refused,
	.close = close_file,
};

static int open_descriptor(struct file *f)
{
	int err;

	if (f->path) {
		err = open_path(f->path, &f->fd, &f->kind, &f->lock_err);
		f->own = true;
	} else {
		err = open_stdout(f);
	}
	if (!err && f->kind == REGULAR)
		file_end_open(&f->end, f->fd);
	return err;
}

int file_open(struct output **out, const char *path, size_t buffer_bytes)
{
	struct file *f = calloc(1, sizeof(*f));
	int err = -ENOMEM;

	if (!f)
		return err;
	f->output.fn = &functions;
	f->output.name = path ? path : "standard output";
	f->path = path;
	f->size = buffer_bytes;
	f->buf = malloc(buffer_bytes);
	if (f->buf)
		err = open_descriptor(f);
	if (err) {
		free(f->buf);
		free(f);
		return err;
	}
	*out = &f->output;
	return 0;
}

int file_lock_error(const struct output *o)
{
	return ((const struct file *)o)->lock_err;
}
