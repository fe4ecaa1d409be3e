/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a folder, those that are there and those that come. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "screen/follow.h"
#include "screen/thread.h"

static char folder[] = "/tmp/test_follow.XXXXXX";
static struct follow *f;
static int stop, result;
static pthread_t thread;

/* What has been read, line by line; guarded by `lock'. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
static char text[65536];
static size_t len;

static int take(void *arg, const char *bytes, size_t n)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	cr_assert_lt(len + n, sizeof(text));
	memcpy(text + len, bytes, n);
	len += n;
	pthread_cond_signal(&came);
	pthread_mutex_unlock(&lock);
	return 0;
}

static void *run(void *arg)
{
	(void)arg;
	result = follow_run(f, stop, take, NULL);
	pthread_mutex_lock(&lock);
	strcpy(text + len, "END\n");
	len += 4;
	pthread_cond_signal(&came);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void write_file(const char *name, const char *what, int flags)
{
	int fd = open(name, O_WRONLY | O_CREAT | flags, 0600);

	cr_assert_geq(fd, 0, "%s: %s", name, strerror(errno));
	cr_assert_eq(write(fd, what, strlen(what)), (ssize_t)strlen(what));
	close(fd);
}

/* As in a spool: a file is whole before it has its name. */
static void rename_file(const char *name, const char *what)
{
	write_file("../test_follow.tmp", what, O_TRUNC);
	cr_assert_eq(rename("../test_follow.tmp", name), 0);
}

/* Wait until all of this has been read, in this order; what has been read too much shows itself. */
static void expect(const char *what)
{
	pthread_mutex_lock(&lock);
	while (len < strlen(what))
		pthread_cond_wait(&came, &lock);
	text[len] = '\0';
	cr_expect_str_eq(text, what);
	pthread_mutex_unlock(&lock);
}

static void follow(const char *path)
{
	cr_assert_eq(follow_open(&f, path), 0);
	cr_assert_eq(thread_start(&thread, run, NULL), 0);
}

static void end_following(void)
{
	uint64_t one = 1;

	cr_assert_eq(write(stop, &one, sizeof(one)), sizeof(one));
	pthread_join(thread, NULL);
}

static void begin(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(mkdir("new", 0700), 0);
	cr_assert_eq(chdir("new"), 0);
	stop = eventfd(0, EFD_CLOEXEC);
}

static void end(void)
{
	char command[64];

	follow_close(f);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_expect_eq(system(command), 0);
}

TestSuite(follow, .init = begin, .fini = end, .timeout = 60);

Test(follow, files_that_are_there_are_read_by_name)
{
	write_file("b", "2\n", 0);
	write_file("a", "1\n", 0);
	write_file(".hidden", "no\n", 0);
	cr_assert_eq(mkdir("folder", 0700), 0);
	write_file("c", "3\n4\n", 0);
	follow(".");
	expect("1\n2\n3\n4\n");
	end_following();
	cr_expect_eq(result, 0);
	cr_expect_eq(follow_gone(f), 0);
	cr_expect_eq(follow_unread(f), 0);
}

Test(follow, files_that_come_are_read)
{
	follow(".");
	rename_file("b", "1\n");
	expect("1\n");
	rename_file("a", "2\n3\n");
	expect("1\n2\n3\n");
	write_file("../test_follow.tmp", "4\n", O_TRUNC);
	cr_assert_eq(link("../test_follow.tmp", "c"), 0);	/* as into several spools */
	cr_assert_eq(unlink("../test_follow.tmp"), 0);	/* nobody changes what has been linked */
	expect("1\n2\n3\n4\n");
	rename_file(".hidden", "no\n");
	rename_file("d", "5\n");
	expect("1\n2\n3\n4\n5\n");
	end_following();
}

Test(follow, what_is_added_to_a_file_is_read_line_by_line)
{
	write_file("a", "1\n2", 0);
	follow(".");
	expect("1\n");
	write_file("a", "2\n3", O_APPEND);
	expect("1\n22\n");
	write_file("a", "\n", O_APPEND);
	expect("1\n22\n3\n");
	/* emptied, as by copytruncate of logrotate */
	write_file("a", "4\n", O_TRUNC);
	expect("1\n22\n3\n4\n");
	/* another file of this name */
	rename_file("a", "5\n6\n7\n8\n");
	expect("1\n22\n3\n4\n5\n6\n7\n8\n");
	end_following();
}

Test(follow, a_removed_file_is_forgotten)
{
	follow(".");
	rename_file("a", "1\n");
	expect("1\n");
	cr_assert_eq(unlink("a"), 0);
	rename_file("a", "2\n");
	expect("1\n2\n");
	end_following();
	cr_expect_eq(follow_gone(f), 0, "it had been read");
}

Test(follow, one_file_is_followed)
{
	write_file("a", "1\n", 0);
	write_file("b", "no\n", 0);
	follow("a");
	expect("1\n");
	write_file("b", "no\n", O_APPEND);
	cr_assert_eq(rename("a", "a.1"), 0);
	write_file("a", "2\n", 0);
	expect("1\n2\n");
	end_following();
	cr_expect_eq(follow_gone(f), 0);
}

/* The reader is held in its first file while others come and go. */
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static int take_held(void *arg, const char *bytes, size_t n)
{
	int err = take(arg, bytes, n);

	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	return err;
}

static void *run_held(void *arg)
{
	(void)arg;
	result = follow_run(f, stop, take_held, NULL);
	return NULL;
}

/* Until `held' is unlocked, nothing more than this is read. */
static void follow_held(const char *first)
{
	pthread_mutex_lock(&held);
	cr_assert_eq(follow_open(&f, "."), 0);
	cr_assert_eq(thread_start(&thread, run_held, NULL), 0);
	expect(first);
}

Test(follow, files_that_were_gone_too_early_are_counted)
{
	write_file("a", "1\n", 0);
	write_file("b", "gone before it is read\n", 0);
	follow_held("1\n");
	rename_file("c", "gone, too\n");
	rename_file("d", "2\n");
	rename_file("h", "moved away\n");
	cr_assert_eq(unlink("b"), 0);
	cr_assert_eq(unlink("c"), 0);
	cr_assert_eq(rename("h", "../h"), 0);
	cr_assert_eq(rename("d", "e"), 0);	/* it is still here */
	rename_file("f", "3\n");
	pthread_mutex_unlock(&held);
	expect("1\n2\n3\n");
	end_following();
	cr_expect_eq(follow_gone(f), 3, "%d", (int)follow_gone(f));
}

/* The reader is held while a file comes and is replaced twice: what is behind the first event is the third one. */
Test(follow, a_file_is_read_once_that_replaces_others_of_its_name)
{
	write_file("a", "1\n", 0);
	write_file("z", "2\n", 0);
	follow_held("1\n");
	cr_assert_eq(unlink("z"), 0);
	for (const char *const *what = (const char *const[]){ "never read\n", "nor this\n", "3\n", NULL }; *what; what++) {
		unlink("b");
		rename_file("b", *what);
	}
	rename_file("y", "4\n");
	pthread_mutex_unlock(&held);
	expect("1\n3\n4\n");
	cr_assert_eq(unlink("b"), 0);
	rename_file("b", "5\n");
	expect("1\n3\n4\n5\n");
	end_following();
	cr_expect_eq(follow_gone(f), 3, "%d", (int)follow_gone(f));
}

/* The same of a file that was read: it is not gone. */
Test(follow, a_file_that_was_read_is_replaced_before_the_reader_knows)
{
	write_file("a", "1\n", 0);
	write_file("z", "2\n", 0);
	follow_held("1\n");
	write_file("a", "3\n", O_APPEND);
	cr_assert_eq(unlink("a"), 0);
	rename_file("a", "4\n");
	pthread_mutex_unlock(&held);
	expect("1\n3\n2\n4\n");
	end_following();
	cr_expect_eq(follow_gone(f), 0, "%d", (int)follow_gone(f));
}

Test(follow, files_that_cannot_be_read_are_counted)
{
	cr_assert_eq(symlink("nowhere", "link"), 0);
	cr_assert_eq(symlink("circle", "circle"), 0);
	cr_assert_eq(mkfifo("fifo", 0600), 0);
	write_file("z", "1\n", 0);
	follow(".");
	expect("1\n");
	end_following();
	cr_expect_eq(follow_unread(f), 1, "a link to itself");
	cr_expect_eq(follow_gone(f), 0);
}

Test(follow, the_end_of_the_folder_is_an_error)
{
	follow(".");
	cr_assert_eq(chdir(".."), 0);
	cr_assert_eq(rmdir("new"), 0);
	expect("END\n");
	pthread_join(thread, NULL);
	cr_expect_eq(result, -ENOENT);
}

Test(follow, there_must_be_something_to_follow)
{
	cr_expect_eq(follow_open(&f, "nowhere"), -ENOENT);
	cr_expect_null(f);
}
