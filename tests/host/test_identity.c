/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users, and what is made for them. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "host/identity.h"

#define UID 4711
#define GID 4712
#define OTHER 4713

/* A user that nobody has a name for. */
static const struct identity who = { .name = "who", .uid = UID, .gid = GID, .n_groups = 1,
				     .groups = { OTHER } };

Test(identity, root_is_found)
{
	struct identity root;

	cr_assert_eq(identity_find(&root, "root"), 0);
	cr_expect_eq(root.uid, 0);
	cr_expect_str_eq(root.name, "root");
	cr_expect_geq(root.n_groups, 1);
}

Test(identity, nobody_of_this_name)
{
	struct identity none;

	cr_expect_eq(identity_find(&none, "no such user"), -ENOENT);
	cr_expect_eq(identity_find(&none, ""), -ENOENT);
}

Test(identity, names)
{
	char name[IDENTITY_NAME];

	identity_name(name, 0);
	cr_expect_str_eq(name, "root");
	identity_name(name, UID);
	cr_expect_str_eq(name, "4711");
	identity_group_name(name, 0);
	cr_expect_str_eq(name, "root");
	identity_group_name(name, GID);
	cr_expect_str_eq(name, "4712");
}

/* Modes count of the class that the user is in, and of no other. */
Test(identity, modes)
{
	const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		bool may;
	} cases[] = {
		{ UID, 0, 0700, true }, { UID, 0, 0077, false }, { UID, GID, 0577, false },
		{ 0, GID, 0070, true }, { 0, GID, 0707, false }, { 0, OTHER, 02770, true },
		{ 0, 0, 0007, true }, { 0, 0, 0770, false }, { 0, 0, 0775, false },
	};

	identity_expect(&who);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stat st = { .st_uid = cases[i].uid, .st_gid = cases[i].gid,
				   .st_mode = cases[i].mode };

		cr_expect_eq(identity_may_use(&st), cases[i].may, "case %zu", i);
	}
}

/* Nobody is expected: whoever runs it counts. */
Test(identity, modes_of_this_process)
{
	struct stat ours = { .st_uid = geteuid(), .st_gid = getegid(), .st_mode = 0700 };
	struct stat others = { .st_uid = geteuid() + 1, .st_gid = getegid(), .st_mode = 0707 };

	cr_expect(identity_may_use(&ours));
	cr_expect_not(identity_may_use(&others));
}

static struct stat opened(const char *path, int flags)
{
	int fd = identity_open(path, flags | O_NOFOLLOW, 0640);
	struct stat st;

	cr_assert_geq(fd, 0, "%s", strerror(-fd));
	cr_assert_eq(fstat(fd, &st), 0);
	close(fd);
	return st;
}

Test(identity, files)
{
	char dir[] = "/tmp/ctagg-identity-XXXXXX";
	struct stat st;

	if (geteuid())
		cr_skip_test("wants root");
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	if (chown(dir, UID, GID))
		cr_skip_test("no other users here");
	umask(022);
	st = opened("before", O_WRONLY);
	cr_expect_eq(st.st_uid, 0);
	identity_expect(&who);
	st = opened("before", O_WRONLY);
	cr_expect_eq(st.st_uid, 0, "a file that was there has been given away");
	st = opened("made", O_WRONLY);
	cr_expect_eq(st.st_uid, UID);
	cr_expect_eq(st.st_gid, GID);
	cr_expect_eq(st.st_mode & 07777, 0640);
	cr_assert_eq(symlink("nothing", "link"), 0);
	cr_expect_eq(identity_open("link", O_WRONLY | O_NOFOLLOW, 0640), -ELOOP);
	cr_expect_eq(identity_open("no/file", O_WRONLY | O_NOFOLLOW, 0640), -ENOENT);
	cr_expect_eq(identity_open(".", O_WRONLY | O_NOFOLLOW, 0640), -EISDIR);
	cr_assert_eq(unlink("before") | unlink("made") | unlink("link"), 0);
	cr_assert_eq(rmdir(dir), 0);
}
