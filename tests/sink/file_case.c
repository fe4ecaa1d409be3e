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
#include <unistd.h>

#include "sink/file_case.h"

static char dir[] = "/tmp/ctagg-test-XXXXXX";

void enter_directory(void)
{
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void remove_directory(void)
{
	DIR *d = opendir(".");
	struct dirent *entry;

	while ((entry = readdir(d)))
		if (unlinkat(dirfd(d), entry->d_name, 0))
			unlinkat(dirfd(d), entry->d_name, AT_REMOVEDIR);
	closedir(d);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(rmdir(dir), 0);
}

struct output *opened(const char *path)
{
	struct output *f = NULL;

	cr_assert_eq(file_open(&f, path, BUFFER), 0);
	return f;
}

int open_error(const char *path)
{
	struct output *f = NULL;
	int err = file_open(&f, path, BUFFER);

	cr_assert_null(f, "*out stays as it was");
	return err;
}

void make_line(char *p, size_t len, unsigned int n)
{
	char number[9];

	memset(p, '-', len);
	snprintf(number, sizeof(number), "%08u", n);
	memcpy(p, number, 8);
	p[len - 1] = '\n';
}

bool put_line(struct output *f, size_t len, unsigned int n)
{
	char *p = output_room(f, len);

	if (!p)
		return false;
	make_line(p, len, n);
	output_commit(f, len);
	return true;
}

void put(struct output *f, const char *text)
{
	char *p = output_room(f, strlen(text));

	cr_assert_not_null(p);
	memcpy(p, text, strlen(text));
	output_commit(f, strlen(text));
}

void write_through(struct output *f, const char *text)
{
	put(f, text);
	cr_assert_eq(output_flush(f), 0);
}

void limit_size(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

void flush_within(struct output *f, rlim_t bytes, int expected)
{
	limit_size(bytes);
	cr_assert_eq(output_flush(f), expected);
}

void inherit_as_stdout(int fd)
{
	fflush(stdout);
	cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
}

void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	cr_assert_not_null(out);
	fputs(text, out);
	fclose(out);
}

void expect_content(const char *path, const char *expected)
{
	char text[4096];
	FILE *in = fopen(path, "r");
	size_t len;

	cr_assert_not_null(in, "%s: %s", path, strerror(errno));
	len = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[len] = '\0';
	cr_assert_str_eq(text, expected);
}
