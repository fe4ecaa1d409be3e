/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "lines/line_input.h"
#include "view/gather_case.h"
#include "view/input.h"
#include "view/written.h"

/* Files in a folder of their own. */
static char dir[64];
static struct written w;

static void open_folder(void)
{
	open_gather();
	strcpy(dir, "/tmp/ctagg-input-XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
}

static void close_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_expect_eq(system(command), 0);
	close_gather();
}

TestSuite(view_input, .init = open_folder, .fini = close_folder, .timeout = 60);

static void put(const char *name, const void *bytes, size_t len, const char *mode)
{
	FILE *f = fopen(name, mode);

	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes, 1, len, f), len);
	cr_assert_eq(fclose(f), 0);
}

/* One window of a host, with one flow, in w. */
static void make_window(const char *host)
{
	written_begin(&w, host);
	written_flow(&w, 1, 1);
	written_end(&w, 1, 1);
}

static void put_window(const char *name, const char *host)
{
	make_window(host);
	put(name, w.text, w.len, "w");
}

static int read_files(char *const *files, size_t n)
{
	return view_input_read(shown.gather, files, n);
}
#define READ(...) read_files((char *[]){ __VA_ARGS__ }, sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *))

/* The windows are those of these hosts, in this order. */
static void expect_hosts(const char *const *hosts, size_t n)
{
	cr_assert_eq(shown.n, n);
	for (size_t i = 0; i < n; i++)
		cr_expect(is_text(shown.windows[i]->host, hosts[i]), "window %zu is not of %s", i, hosts[i]);
}
#define EXPECT_HOSTS(...) expect_hosts((const char *[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *))

Test(view_input, files_are_read_in_their_order)
{
	put_window("b", "gw1");
	put_window("a", "gw2");
	cr_expect_eq(READ("b", "a"), 0);
	EXPECT_HOSTS("gw1", "gw2");
	cr_expect_eq(view_gather_counts(shown.gather)->lines, 4);
}

Test(view_input, a_folder_stands_for_its_files)
{
	cr_assert_eq(mkdir("spool", 0700), 0);
	cr_assert_eq(mkdir("spool/folder", 0700), 0);
	cr_assert_eq(mkfifo("spool/fifo", 0600), 0);
	put_window("spool/2.jsonl", "gw2");
	put_window("spool/10.jsonl", "gw10");
	put_window("spool/1.jsonl", "gw1");
	put_window("spool/.hidden", "gw3");
	put_window("spool/folder/1.jsonl", "gw4");
	cr_expect_eq(READ("spool"), 0);
	EXPECT_HOSTS("gw1", "gw10", "gw2");
	cr_expect_eq(view_gather_counts(shown.gather)->files, 3);
}

static void give_input(const char *bytes, size_t len)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], bytes, len), (ssize_t)len);
	close(fds[1]);
	cr_assert_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
}

Test(view_input, a_dash_or_no_file_is_standard_input)
{
	put_window("a", "gw1");
	make_window("gw2");
	give_input(w.text, w.len);
	cr_expect_eq(READ("a", "-", "a"), 0);
	EXPECT_HOSTS("gw1", "gw2");
	make_window("gw3");
	give_input(w.text, w.len);
	cr_expect_eq(read_files(NULL, 0), 0);
	EXPECT_HOSTS("gw1", "gw2", "gw3");
}

/* A window through a pipe, a byte at a time, by another thread. */
static void *write_slowly(void *arg)
{
	for (size_t i = 0; i < w.len; i++)
		if (write(*(int *)arg, w.text + i, 1) != 1)
			break;
	close(*(int *)arg);
	return NULL;
}

Test(view_input, a_pipe_is_waited_for)
{
	pthread_t thread;
	int fds[2];

	make_window("gw1");
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	cr_assert_eq(pthread_create(&thread, NULL, write_slowly, &fds[1]), 0);
	cr_expect_eq(READ("-"), 0);
	pthread_join(thread, NULL);
	EXPECT_HOSTS("gw1");
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 0);
}

/* What the program says of a file that cannot be read. */
static void expect_refused(const char *name, int err)
{
	char expected[256], said[512];
	struct capture c = capture_begin(STDERR_FILENO);

	cr_expect_eq(READ("before", (char *)name, "behind"), 1);
	capture_end(&c, said, sizeof(said));
	snprintf(expected, sizeof(expected), "ctagg: %s: %s\n", name, strerror(err));
	cr_expect_str_eq(said, expected);
	EXPECT_HOSTS("gw1", "gw2");
}

Test(view_input, a_file_that_cannot_be_opened_is_named_and_the_others_are_read)
{
	put_window("before", "gw1");
	put_window("behind", "gw2");
	expect_refused("missing", ENOENT);
}

/* The memory of this process at 0 cannot be read. */
Test(view_input, a_file_that_cannot_be_read_is_named_and_the_others_are_read)
{
	put_window("before", "gw1");
	put_window("behind", "gw2");
	expect_refused("/proc/self/mem", EIO);
}

Test(view_input, a_file_that_was_cut_off_gives_the_lines_before)
{
	make_window("gw1");
	put("a", w.text, w.len, "w");
	make_window("gw2");
	put("a", w.text, w.len - 2, "a");
	put_window("b", "gw3");
	cr_expect_eq(READ("a", "b"), 0);
	EXPECT_HOSTS("gw1", "gw3", "gw2");
	cr_expect_not(shown.windows[2]->complete);
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->first_malformed, 4);
}

Test(view_input, the_last_line_needs_no_newline)
{
	make_window("gw1");
	put("a", w.text, w.len - 1, "w");
	cr_expect_eq(READ("a"), 0);
	EXPECT_HOSTS("gw1");
}

Test(view_input, lines_can_end_as_those_of_windows_and_be_empty)
{
	const char *newline;

	make_window("gw1");
	newline = strchr(w.text, '\n');
	put("a", w.text, newline - w.text, "w");
	put("a", "\r\n\r\n\n", 5, "a");
	put("a", newline + 1, w.text + w.len - newline - 2, "a");
	put("a", "\r\n", 2, "a");
	cr_expect_eq(READ("a"), 0);
	EXPECT_HOSTS("gw1");
	cr_expect_eq(shown.windows[0]->missing, 0);
	cr_expect_eq(view_gather_counts(shown.gather)->lines, 4);
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 0);
}

/* A line of ctagg with so many blanks that it is this long. */
static void put_long(const char *name, const char *host, size_t len)
{
	char *blanks = malloc(len);
	const char *newline;

	memset(blanks, ' ', len);
	make_window(host);
	newline = strchr(w.text, '\n');
	put(name, "{", 1, "w");
	put(name, blanks, len - (newline - w.text), "a");
	put(name, w.text + 1, w.len - 1, "a");
	free(blanks);
}

Test(view_input, lines_are_read_up_to_a_length)
{
	put_long("a", "gw1", 5000);
	put_long("b", "gw2", LINE_INPUT_MAX);
	put_long("c", "gw3", LINE_INPUT_MAX + 1);
	cr_expect_eq(READ("a", "b", "c"), 0);
	EXPECT_HOSTS("gw1", "gw2", "gw3");
	cr_expect_eq(shown.windows[1]->n_flows, 1);
	cr_expect_eq(shown.windows[2]->n_flows, 0);
	cr_expect_eq(shown.windows[2]->missing, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->first_malformed, 5);
}

Test(view_input, bytes_that_are_no_text_are_malformed_lines)
{
	char bytes[4096];

	memset(bytes, 0, sizeof(bytes));
	put_window("a", "gw1");
	put("a", bytes, sizeof(bytes), "a");
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	put("a", bytes, sizeof(bytes), "a");
	put("a", "\n", 1, "a");
	make_window("gw2");
	put("a", w.text, w.len, "a");
	cr_expect_eq(READ("a"), 0);
	EXPECT_HOSTS("gw1", "gw2");
	cr_expect_geq(view_gather_counts(shown.gather)->malformed, 2);
}

static int refuse_window(struct view_window *window, void *arg)
{
	(void)arg;
	view_window_free(window);
	return -EPIPE;
}

Test(view_input, an_error_of_who_takes_a_window_ends_the_reading)
{
	char *files[] = { (char *)"a", (char *)"missing" }, said[512];
	struct view_gather *g;
	struct capture c;

	put_window("a", "gw1");
	cr_assert_eq(view_gather_open(&g, shown.texts, refuse_window, NULL), 0);
	c = capture_begin(STDERR_FILENO);
	cr_expect_eq(view_input_read(g, files, 2), -EPIPE);
	capture_end(&c, said, sizeof(said));
	cr_expect_str_eq(said, "");
	view_gather_close(g);
}
