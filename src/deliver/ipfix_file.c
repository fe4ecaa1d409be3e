/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver/ipfix_way.h"
#include "sink/lock.h"

#define MESSAGE_MAX 65496
#define HEADER_SIZE 16	/* of a message (RFC 7011, 3.1): version, length, and 12 bytes more */
#define IPFIX_NUMBER 10	/* the version that messages name */

/* A file of messages (RFC 5655), to whose end messages are added.
 *
 * fd     -1: not open
 * size   of the file, all of it whole messages
 * taken  how much of it belongs to files of the spool that were taken
 */
struct ipfix_file {
	struct ipfix_way way;
	const char *path;
	int fd;
	off_t size, taken;
};

static void close_it(struct ipfix_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* Where the last whole message ends; -EMEDIUMTYPE: these are no messages of IPFIX. */
static off_t whole(int fd, off_t size)
{
	uint16_t head[2];
	off_t at = 0, next;

	while (at + HEADER_SIZE <= size) {
		if (pread(fd, head, sizeof(head), at) != (ssize_t)sizeof(head))
			return -EIO;
		next = at + be16toh(head[1]);
		if (be16toh(head[0]) != IPFIX_NUMBER || next < at + HEADER_SIZE)
			return -EMEDIUMTYPE;
		if (next > size)
			break;
		at = next;
	}
	return at;
}

/* A message of which the program wrote a part before it was killed is cut off. */
static int mend(struct ipfix_file *f)
{
	struct stat st;
	int err = lock_take(f->fd);

	if (err == -EBUSY)
		return err;
	if (fstat(f->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	f->size = whole(f->fd, st.st_size);
	if (f->size < 0)
		return (int)f->size;
	return f->size < st.st_size && ftruncate(f->fd, f->size) ? -errno : 0;
}

static int open_it(struct ipfix_file *f, struct refusal *why)
{
	int err;

	f->fd = open(f->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	err = f->fd < 0 ? -errno : mend(f);
	if (!err)
		return 0;
	close_it(f);
	refuse(why, "--ipfix-file %s: %s", f->path,
	       err == -EMEDIUMTYPE ? "it has something else than IPFIX; name another file" :
	       err == -EBUSY ? "another program writes to it; name another file" :
	       err == -ELOOP ? "it is a symbolic link; name the file itself" : strerror(-err));
	return err;
}

/* Whether the path still leads to the file: a file that was renamed is left, and a new one begun. */
static bool is_there(const struct ipfix_file *f)
{
	struct stat mine, now;

	return f->fd >= 0 && !fstat(f->fd, &mine) && !stat(f->path, &now) &&
	       mine.st_ino == now.st_ino && mine.st_dev == now.st_dev;
}

static int begin(struct ipfix_way *w, int stop_fd, bool *anew, struct refusal *why)
{
	struct ipfix_file *f = (struct ipfix_file *)w;
	int err = 0;

	(void)stop_fd;
	*anew = !is_there(f);
	if (*anew) {
		close_it(f);
		err = open_it(f, why);
	}
	f->taken = f->size;
	return err;
}

static int send_message(struct ipfix_way *w, const uint8_t *message, size_t n, int stop_fd)
{
	struct ipfix_file *f = (struct ipfix_file *)w;

	(void)stop_fd;
	while (n) {
		ssize_t wrote = pwrite(f->fd, message, n, f->size);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		if (wrote > 0) {
			f->size += wrote;
			message += wrote;
			n -= wrote;
		}
	}
	return 0;
}

/* The file of the spool is removed next: nothing of it may be in memory alone. */
static int end(struct ipfix_way *w, int stop_fd)
{
	(void)stop_fd;
	return fdatasync(((struct ipfix_file *)w)->fd) ? -errno : 0;
}

/* What was written of the file of the spool is taken back: it is written again. */
static void give_up(struct ipfix_way *w)
{
	struct ipfix_file *f = (struct ipfix_file *)w;

	if (f->fd >= 0 && !ftruncate(f->fd, f->taken))
		f->size = f->taken;
	else
		close_it(f);
}

static void close_file(struct ipfix_way *w)
{
	close_it((struct ipfix_file *)w);
	free(w);
}

int ipfix_file_open(struct ipfix_way **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct ipfix_way_functions functions = {
		.begin = begin, .send = send_message, .end = end, .give_up = give_up,
		.close = close_file,
	};
	struct ipfix_file *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->way = (struct ipfix_way){ &functions, MESSAGE_MAX, false };
	f->path = opts->ipfix_file;
	err = open_it(f, why);
	if (err) {
		free(f);
		return err == -EMEDIUMTYPE || err == -ELOOP ? -EINVAL : err;
	}
	close_it(f);	/* which begin() opens: a session begins then */
	*out = &f->way;
	return 0;
}
