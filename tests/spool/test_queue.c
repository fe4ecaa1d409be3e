/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/file_case.h"
#include "spool/queue.h"
#include "spool/spool_case.h"

TestSuite(spool_queue, .init = enter_spool, .fini = remove_spool, .timeout = 60);

#define START_NS UINT64_C(1795219200000000000)
#define LINE "{\"type\":\"flow\"}\n"

static struct spool_queue *opened_queue(size_t n, bool sync)
{
	struct spool_settings set = { .max_bytes = UINT64_MAX, .window_ms = 60000, .sync = sync };
	static const char *const paths[] = { "spool", "spool2" };
	struct spool_dir dirs[2];
	struct spool_dropped dropped = { 0 };
	struct spool_writer *w;
	struct spool_queue *q;
	uint64_t torn;

	for (size_t i = 0; i < n; i++)
		cr_assert_eq(spool_dir_open(&dirs[i], paths[i], true), 0);
	cr_assert_eq(spool_writer_open(&w, dirs, n, &set), 0);
	cr_assert_eq(spool_writer_tidy(w, &torn, &dropped), 0);
	cr_assert_eq(spool_queue_open(&q, w, &dropped), 0);
	return q;
}

static struct spool_name name_of(uint64_t seq)
{
	struct spool_name n = { .start_ns = START_NS + seq, .nominal_ns = 1000000, .seq = seq };

	spool_name_host(&n, "gw1");
	strcpy(n.run, "k3v9x2ma");
	return n;
}

static void begin(struct spool_queue *q, uint64_t seq)
{
	struct spool_name n = name_of(seq);

	spool_queue_begin(q, &n);
}

static const char *path_of(const char *part, uint64_t seq)
{
	static char path[64 + SPOOL_NAME_MAX];
	struct spool_name n = name_of(seq);
	char name[SPOOL_NAME_MAX];

	spool_name_format(&n, name);
	snprintf(path, sizeof(path), "%s/%s", part, name);
	return path;
}

/* Returns whether there was room. */
static bool put_one(struct spool_queue *q)
{
	char *p = spool_queue_room(q, 4096);

	if (!p)
		return false;
	memcpy(p, LINE, sizeof(LINE) - 1);
	spool_queue_commit(q, sizeof(LINE) - 1);
	return true;
}

/* Wait until the thread has finished or has failed. */
static int settled(struct spool_queue *q)
{
	struct pollfd fd = { .fd = spool_queue_fd(q), .events = POLLOUT };
	int err;

	while ((err = spool_queue_flush(q)) == -EAGAIN)
		cr_assert_eq(poll(&fd, 1, 30000), 1);
	return err;
}

Test(spool_queue, a_window_is_there_when_it_has_ended)
{
	struct spool_queue *q = opened_queue(1, true);

	cr_expect_eq(spool_queue_flush(q), 0);
	begin(q, 1);
	cr_assert(put_one(q));
	cr_expect_gt(spool_queue_bytes(q), 0);
	cr_expect_eq(settled(q), 0);
	cr_expect(exists(path_of("spool/tmp", 1)) && !exists(path_of("spool/new", 1)));
	cr_expect_eq(spool_queue_lines(q), 1, "it has no name yet");
	cr_assert(put_one(q));
	spool_queue_end(q);
	cr_expect_eq(settled(q), 0);
	cr_expect_eq(spool_queue_lines(q), 0);
	expect_content(path_of("spool/new", 1), LINE LINE);
	cr_expect(!exists(path_of("spool/tmp", 1)));
	spool_queue_close(q);
}

/* The writer's thread has all lines already when the window ends. */
Test(spool_queue, a_window_ends_behind_its_lines)
{
	struct spool_queue *q = opened_queue(1, true);

	begin(q, 1);
	cr_assert(put_one(q));
	cr_expect_eq(settled(q), 0);
	spool_queue_end(q);
	while (spool_queue_bytes(q))
		cr_expect_eq(settled(q), 0);
	expect_content(path_of("spool/new", 1), LINE);
	/* room that was asked for, and not taken */
	begin(q, 2);
	cr_assert(put_one(q));
	cr_expect_eq(settled(q), 0);
	cr_assert_not_null(spool_queue_room(q, sizeof(LINE)));
	spool_queue_end(q);
	begin(q, 3);
	cr_assert(put_one(q));
	spool_queue_end(q);
	cr_expect_eq(settled(q), 0);
	cr_expect_eq(spool_queue_lines(q), 0);
	expect_content(path_of("spool/new", 2), LINE);
	expect_content(path_of("spool/new", 3), LINE);
	spool_queue_close(q);
}

/* 2,000 windows, some of them in many parts: each whole, and in order. */
Test(spool_queue, full_or_empty_nothing_is_mixed_up)
{
	struct spool_queue *q = opened_queue(1, false);
	struct stat st;
	uint64_t full = 0;

	for (uint64_t seq = 1; seq <= 2000; seq++) {
		begin(q, seq);
		for (uint64_t i = 0; i < (seq % 500 ? 1 + seq % 3 : 20000); i++)
			while (!put_one(q)) {
				struct pollfd fd = { .fd = spool_queue_fd(q), .events = POLLOUT };

				full++;
				if (spool_queue_flush(q) == -EAGAIN)
					cr_assert_eq(poll(&fd, 1, 30000), 1);
			}
		spool_queue_end(q);
	}
	cr_expect_eq(settled(q), 0);
	cr_expect_gt(full, 0);
	for (uint64_t seq = 1; seq <= 2000; seq++) {
		cr_assert_eq(stat(path_of("spool/new", seq), &st), 0);
		cr_expect_eq((uint64_t)st.st_size,
			     (seq % 500 ? 1 + seq % 3 : 20000) * (sizeof(LINE) - 1), "%" PRIu64, seq);
	}
	spool_queue_close(q);
}

/* A failure is told once; each further flush tries again. */
Test(spool_queue, goes_on_where_it_failed)
{
	struct spool_queue *q = opened_queue(1, true);

	cr_assert_eq(rename("spool/tmp", "spool/away"), 0);
	begin(q, 1);
	cr_assert(put_one(q));
	spool_queue_end(q);
	cr_expect_eq(settled(q), 0, "the descriptor has not moved");
	begin(q, 2);
	limit_size(4);
	cr_assert(put_one(q));
	spool_queue_end(q);
	cr_expect_eq(settled(q), -EFBIG);
	cr_expect_str_eq(spool_queue_failed(q), "spool");
	cr_expect_eq(settled(q), -EFBIG, "tried again");
	cr_expect_eq(spool_queue_lines(q), 1);
	limit_size(RLIM_INFINITY);
	cr_expect_eq(settled(q), 0);
	expect_content(path_of("spool/new", 2), LINE);
	spool_queue_close(q);
}

Test(spool_queue, what_has_not_ended_is_removed)
{
	struct spool_queue *q = opened_queue(1, true);

	begin(q, 1);
	cr_assert(put_one(q));
	cr_expect_eq(settled(q), 0);
	cr_expect(exists(path_of("spool/tmp", 1)));
	spool_queue_close(q);
	cr_expect(!exists(path_of("spool/tmp", 1)) && !exists(path_of("spool/new", 1)));
}

Test(spool_queue, spools_share_a_file)
{
	struct spool_queue *q = opened_queue(2, true);
	struct stat one, two;

	begin(q, 1);
	cr_assert(put_one(q));
	spool_queue_end(q);
	cr_expect_eq(settled(q), 0);
	cr_assert_eq(stat(path_of("spool/new", 1), &one), 0);
	cr_assert_eq(stat(path_of("spool2/new", 1), &two), 0);
	cr_expect_eq(one.st_ino, two.st_ino);
	spool_queue_close(q);
}
