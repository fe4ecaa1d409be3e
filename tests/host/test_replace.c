/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/replace.h"

static char folder[] = "/tmp/ctagg-replace-XXXXXX";
static char path[64];

static void make_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/ctagg.prom", folder);
	signal(SIGXFSZ, SIG_IGN);
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(path);
	cr_expect_eq(rmdir(folder), 0, "no other file is left");
}

TestSuite(replace_file, .init = make_folder, .fini = remove_folder, .timeout = 60);

static void content_is(const char *expected)
{
	FILE *in = fopen(path, "r");
	char text[64] = "";

	cr_assert_not_null(in);
	cr_expect_eq(fread(text, 1, sizeof(text) - 1, in), strlen(expected));
	cr_expect_str_eq(text, expected);
	fclose(in);
}

Test(replace_file, a_file_is_made_that_everybody_can_read)
{
	struct stat st;

	umask(077);
	cr_assert_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), 0);
	content_is("a 1\n");
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode, S_IFREG | 0644);
}

Test(replace_file, a_file_is_made_that_the_umask_allows)
{
	struct stat st;

	umask(0);
	cr_assert_eq(replace_file(path, "a 1\n", 4, REPLACE_PRIVATE), 0);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode, S_IFREG | 0640);
	umask(077);
	cr_assert_eq(replace_file(path, "b 1\n", 4, REPLACE_PRIVATE), 0);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode, S_IFREG | 0600);
	content_is("b 1\n");
}

Test(replace_file, who_has_opened_the_old_file_still_reads_all_of_it)
{
	char text[8] = "";
	FILE *in;

	cr_assert_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), 0);
	in = fopen(path, "r");
	cr_assert_not_null(in);
	cr_assert_eq(replace_file(path, "b 22\n", 5, REPLACE_READABLE), 0);
	cr_expect_eq(fread(text, 1, sizeof(text), in), 4u);
	cr_expect_str_eq(text, "a 1\n");
	fclose(in);
	content_is("b 22\n");
}

/* A limit of the size of files stands for a full disk. */
Test(replace_file, a_file_that_cannot_be_written_leaves_the_old_one)
{
	struct rlimit limit = { 3, RLIM_INFINITY };

	cr_assert_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), 0);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(replace_file(path, "b 22\n", 5, REPLACE_READABLE), -EFBIG);
	limit.rlim_cur = RLIM_INFINITY;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	content_is("a 1\n");
}

Test(replace_file, what_a_killed_process_left_is_replaced)
{
	char left[128];
	int fd;

	snprintf(left, sizeof(left), "%s.%ld.new", path, (long)getpid());
	fd = open(left, O_WRONLY | O_CREAT, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, "torn and longer", 15), 15);
	close(fd);
	cr_assert_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), 0);
	content_is("a 1\n");
}

Test(replace_file, only_a_regular_file_is_replaced)
{
	struct stat st;

	cr_assert_eq(symlink("/dev/null", path), 0);
	cr_expect_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), -EMEDIUMTYPE);
	cr_assert_eq(lstat(path, &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), -EMEDIUMTYPE);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_expect_eq(replace_file(path, "a 1\n", 4, REPLACE_READABLE), -EMEDIUMTYPE);
}

Test(replace_file, a_missing_folder_is_an_error)
{
	char missing[128];

	snprintf(missing, sizeof(missing), "%s/none/ctagg.prom", folder);
	cr_expect_eq(replace_file(missing, "a 1\n", 4, REPLACE_READABLE), -ENOENT);
}
