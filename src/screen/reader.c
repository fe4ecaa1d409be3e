/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "screen/cut.h"
#include "screen/reader.h"
#include "screen/thread.h"

#define READ_SIZE 262144

/* waits  windows are never left out: they are in files, which can wait
 * stop   readable when the thread shall end
 */
struct reader {
	pthread_t thread;
	struct backlog *backlog;
	struct cut *cut;
	struct follow *follow;
	int fd, stop;
	bool waits;
	char bytes[READ_SIZE];
};

static void hand_over(void *arg, struct chunk *c)
{
	struct reader *r = arg;

	backlog_put(r->backlog, c, r->waits);
}

static int take(void *arg, const char *bytes, size_t n)
{
	struct reader *r = arg;

	return cut_bytes(r->cut, bytes, n);
}

/* Wait until there is something to read. Returns 1, 0 when the thread shall end, or -errno. */
static int wait_for_input(const struct reader *r)
{
	struct pollfd fds[] = { { r->fd, POLLIN, 0 }, { r->stop, POLLIN, 0 } };

	if (poll(fds, 2, -1) < 0)
		return errno == EINTR ? 1 : -errno;
	return !fds[1].revents;
}

/* Read the descriptor to its end. Its flags are not ours to change: a read waits, or says EAGAIN. */
static int read_fd(struct reader *r)
{
	int err = 0;

	while (!err) {
		ssize_t n;

		err = wait_for_input(r);
		if (err <= 0)
			return err;
		n = read(r->fd, r->bytes, sizeof(r->bytes));
		if (n == 0)
			return 0;
		if (n > 0)
			err = cut_bytes(r->cut, r->bytes, n);
		else
			err = errno == EAGAIN || errno == EINTR ? 0 : -errno;
	}
	return err;
}

static void *run(void *arg)
{
	struct reader *r = arg;
	int err = r->follow ? follow_run(r->follow, r->stop, take, r) : read_fd(r);

	cut_end(r->cut);
	backlog_end(r->backlog, err);
	return NULL;
}

static bool is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static void reader_free(struct reader *r)
{
	if (r->stop >= 0)
		close(r->stop);
	cut_close(r->cut);
	free(r);
}

int reader_start(struct reader **out, struct backlog *b, int fd, struct follow *follow,
		 size_t max_bytes)
{
	struct reader *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->backlog = b;
	r->follow = follow;
	r->fd = fd;
	r->waits = follow || is_file(fd);
	r->stop = eventfd(0, EFD_CLOEXEC);
	err = r->stop < 0 ? -errno : cut_open(&r->cut, max_bytes, hand_over, r);
	if (!err)
		err = thread_start(&r->thread, run, r);
	if (err) {
		reader_free(r);
		return err;
	}
	*out = r;
	return 0;
}

void reader_stop(struct reader *r)
{
	uint64_t one = 1;

	if (!r)
		return;
	backlog_stop(r->backlog);
	if (write(r->stop, &one, sizeof(one)) < 0)
		return;		/* cannot be: nobody else writes to it */
	pthread_join(r->thread, NULL);
	reader_free(r);
}
