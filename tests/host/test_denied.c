/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lets the user use a path: the oracle is that the command, once it was run, does. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "host/denied.h"
#include "host/identity.h"

#define NOBODY 65534

static char dir[] = "/tmp/ctagg-denied-XXXXXX";

/* Work in a folder of its own, as a user who cannot ignore modes, and can become root again. */
static void setup(void)
{
	if (geteuid())
		cr_skip_test("wants root");
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	cr_assert_eq(chmod(".", 0755), 0);
	if (chown(".", NOBODY, -1))
		cr_skip_test("no other users here");
	cr_assert_eq(chown(".", 0, -1), 0);
}

static void teardown(void)
{
	char command[64];

	if (seteuid(0) || chdir("/"))
		return;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_expect_eq(system(command), 0);
}

static int try_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int try_replace(const char *path)
{
	char new[256];
	int err;

	snprintf(new, sizeof(new), "%s.new", path);
	err = try_open(new);
	return err ? err : rename(new, path) ? -errno : 0;
}

static int try_folder(const char *path)
{
	char new[256];

	snprintf(new, sizeof(new), "%s/new", path);
	return try_open(new);
}

/* The user cannot use the path; and can, once root has run the command. */
static void expect_mended(const char *path, enum denied_use use, int (*try)(const char *))
{
	char help[DENIED_SIZE], user[IDENTITY_NAME], begin[128];
	const char *command;

	cr_assert_eq(seteuid(NOBODY), 0);
	identity_name(user, NOBODY);
	snprintf(begin, sizeof(begin), ": ctagg runs as %s; ", user);
	cr_assert_eq(try(path), -EACCES);
	identity_expect(NULL);	/* whoever runs it now */
	denied_help(help, -EACCES, "ctagg", path, use);
	cr_assert_eq(seteuid(0), 0);
	cr_assert_eq(strncmp(help, begin, strlen(begin)), 0, "%s", help);
	command = strstr(help, ": ch");	/* behind "let it enter the folder" */
	if (!command)
		command = strstr(help, "; ");
	cr_assert_eq(system(command + 2), 0, "%s", help);
	cr_assert_eq(seteuid(NOBODY), 0);
	cr_expect_eq(try(path), 0, "%s", help);
	cr_assert_eq(seteuid(0), 0);
}

TestSuite(denied, .init = setup, .fini = teardown);

Test(denied, a_file_of_another_user)
{
	cr_assert_eq(try_open("file"), 0);
	expect_mended("file", DENIED_OPEN, try_open);
}

Test(denied, a_file_that_cannot_be_made)
{
	expect_mended("file", DENIED_OPEN, try_open);
}

Test(denied, a_file_in_a_folder)
{
	cr_assert_eq(mkdir("folder", 0755), 0);
	expect_mended("folder/file", DENIED_OPEN, try_open);
}

Test(denied, a_file_that_cannot_be_replaced)
{
	cr_assert_eq(mkdir("folder", 0755), 0);
	cr_assert_eq(try_open("folder/file"), 0);
	expect_mended("folder/file", DENIED_REPLACE, try_replace);
}

Test(denied, a_folder_without_writing)
{
	cr_assert_eq(mkdir("folder", 0755), 0);
	expect_mended("folder/", DENIED_FOLDER, try_folder);
}

Test(denied, a_mode)
{
	cr_assert_eq(mkdir("folder", 0500), 0);
	cr_assert_eq(chown("folder", NOBODY, -1), 0);
	expect_mended("folder/file", DENIED_OPEN, try_open);
}

Test(denied, a_folder_that_cannot_be_entered)
{
	char path[256];

	cr_assert_eq(mkdir("shut", 0700), 0);
	cr_assert_eq(mkdir("shut/folder", 0777), 0);
	cr_assert_eq(chmod("shut/folder", 0777), 0);
	snprintf(path, sizeof(path), "%s//shut/folder/file", dir);
	expect_mended(path, DENIED_OPEN, try_open);
}

/* As another way root is told the owner, for --user: of ctagg, not of ctagg-deliver. */
Test(denied, root_is_told_whom_to_become)
{
	char help[DENIED_SIZE], owner[IDENTITY_NAME], expected[DENIED_SIZE];

	identity_name(owner, NOBODY);
	cr_assert_eq(mkdir("folder", 0700), 0);
	cr_assert_eq(chown("folder", NOBODY, -1), 0);
	identity_expect(NULL);
	denied_help(help, -EACCES, "ctagg", "folder/file", DENIED_REPLACE);
	snprintf(expected, sizeof(expected), "; add --user=%s, or chown root folder", owner);
	cr_expect_not_null(strstr(help, expected), "%s", help);
	denied_help(help, -EACCES, "ctagg-deliver", "folder/file", DENIED_REPLACE);
	cr_expect_null(strstr(help, "--user"), "%s", help);
	denied_help(help, -EACCES, "ctagg", "file", DENIED_REPLACE);
	cr_expect_null(strstr(help, "--user"), "%s", help);
}

/* Make the folder where it is missing, and a file in it. */
static int try_made(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	return try_folder(path);
}

/* The folder above stays whose it is. */
Test(denied, a_folder_that_cannot_be_made)
{
	struct stat st;

	expect_mended("folder", DENIED_FOLDER, try_made);
	cr_assert_eq(stat(".", &st), 0);
	cr_expect_eq(st.st_uid, 0);
}

Test(denied, other_errors_have_no_help)
{
	char help[DENIED_SIZE] = "x";

	denied_help(help, -ENOENT, "ctagg", "file", DENIED_OPEN);
	cr_expect_str_eq(help, "");
}
