/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sink/file_case.h"
#include "spool/spool_case.h"

void enter_spool(void)
{
	enter_directory();
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	if (at->level)
		remove(path);
	return 0;
}

void remove_spool(void)
{
	nftw(".", remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	remove_directory();
}

struct spool_dir made_spool(void)
{
	struct spool_dir d;
	int err = spool_dir_open(&d, "spool", true);

	cr_assert_eq(err, 0, "%s: %s", d.failed, strerror(-err));
	return d;
}

const char *window_name(unsigned int n)
{
	static char name[SPOOL_NAME_MAX];

	snprintf(name, sizeof(name), "202611%02uT%02u%02u00.000Z-60s-gw1-k3v9x2ma-%010u.jsonl",
		 21 + n / 1440, n / 60 % 24, n % 60, n);
	return name;
}

void make_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(text, f);
	cr_assert_eq(fclose(f), 0);
}

static const char *path_of(const char *part, unsigned int n)
{
	static char path[64 + SPOOL_NAME_MAX];

	snprintf(path, sizeof(path), "spool/%s/%s", part, window_name(n));
	return path;
}

void make_window(const char *part, unsigned int n, unsigned int records)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"type\":\"window\",\"seq\":%u,\"records\":%u}\n", n, records);
	make_file(path_of(part, n), text);
}

bool has_window(const char *part, unsigned int n)
{
	return exists(path_of(part, n));
}

bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}
