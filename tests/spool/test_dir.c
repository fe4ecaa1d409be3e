/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/file_case.h"
#include "spool/lock.h"
#include "spool/records.h"
#include "spool/replace.h"
#include "spool/spool_case.h"

TestSuite(spool_dir, .init = enter_spool, .fini = remove_spool, .timeout = 60);

static int open_error_of(const char *path, bool make)
{
	struct spool_dir d;
	int err = spool_dir_open(&d, path, make);

	if (!err)
		spool_dir_close(&d);
	return err;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	cr_assert_eq(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

Test(spool_dir, is_made_for_two_users_whatever_the_umask)
{
	static const char *const parts[] = { "spool", "spool/new", "spool/tmp", "spool/dead" };
	const struct group *group;
	struct spool_dir d;
	struct stat st;
	int fd;

	umask(077);
	d = made_spool();
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(mode_of(parts[i]), 02770, "%s: %o", parts[i], mode_of(parts[i]));
	fd = spool_create(d.tmp, "file");
	cr_assert_geq(fd, 0);
	cr_expect_eq(mode_of("spool/tmp/file"), 0640);
	group = getgrnam("ctagg");
	cr_assert_eq(fstat(fd, &st), 0);
	if (group && !geteuid())
		cr_expect_eq(st.st_gid, group->gr_gid);
	close(fd);
	spool_dir_close(&d);
}

Test(spool_dir, that_is_there_stays_as_it_is)
{
	cr_assert_eq(mkdir("spool", 0700), 0);
	cr_expect_eq(open_error_of("spool", true), 0);
	cr_expect_eq(mode_of("spool"), 0700);
	cr_assert_eq(chmod("spool/new", 0750), 0);
	cr_expect_eq(open_error_of("spool", true), 0);
	cr_expect_eq(mode_of("spool/new"), 0750);
}

Test(spool_dir, consumers_and_parents_make_nothing)
{
	cr_expect_eq(open_error_of("spool", false), -ENOENT);
	cr_expect_eq(open_error_of("parent/spool", true), -ENOENT);
	cr_expect(!exists("spool") && !exists("parent"));
}

Test(spool_dir, is_never_a_symbolic_link)
{
	cr_assert_eq(mkdir("real", 0700), 0);
	cr_assert_eq(symlink("real", "spool"), 0);
	cr_expect_eq(open_error_of("spool", true), -ENOTDIR);
	cr_assert_eq(symlink("/tmp", "real/new"), 0);
	cr_expect_eq(open_error_of("real", true), -ENOTDIR);
}

Test(spool_dir, is_writable_without_capabilities)
{
	cr_assert_eq(mkdir("spool", 0700), 0);
	cr_assert_eq(chmod("spool", 0500), 0);
	cr_expect_eq(open_error_of("spool", true), -EACCES);
}

Test(spool_dir, files_are_never_links_and_never_replaced)
{
	struct spool_dir d = made_spool();

	make_file("secret", "s");
	cr_assert_eq(symlink("../../secret", "spool/tmp/link"), 0);
	cr_expect_eq(spool_create(d.tmp, "link"), -EEXIST);
	cr_expect_eq(spool_open(d.tmp, "link"), -ELOOP);
	cr_assert_eq(mkfifo("spool/tmp/fifo", 0600), 0);
	cr_expect_eq(spool_open(d.tmp, "fifo"), -EINVAL);
	make_file("spool/tmp/file", "f");
	cr_expect_eq(spool_create(d.tmp, "file"), -EEXIST);
	spool_dir_close(&d);
}

/* --- locks --------------------------------------------------------------------- */

Test(spool_dir, a_new_file_is_locked)
{
	struct spool_dir d = made_spool();
	int fd = spool_create(d.tmp, "file");

	cr_assert_geq(fd, 0);
	cr_expect_eq(spool_take(d.tmp, "file"), -EBUSY);
	close(fd);
	fd = spool_take(d.tmp, "file");
	cr_expect_geq(fd, 0);
	close(fd);
	spool_dir_close(&d);
}

Test(spool_dir, two_consumers_share_a_file_and_nobody_removes_it)
{
	struct spool_dir d = made_spool();
	int one, two;

	make_window("new", 1, 0);
	one = spool_take(d.new, window_name(1));
	two = spool_take(d.new, window_name(1));
	cr_expect(one >= 0 && two >= 0);
	cr_expect_eq(spool_take_alone(d.new, window_name(1)), -EBUSY);
	close(one);
	close(two);
	one = spool_take_alone(d.new, window_name(1));
	cr_expect_geq(one, 0);
	close(one);
	cr_expect_eq(spool_take(d.new, window_name(2)), -ENOENT);
	spool_dir_close(&d);
}

Test(spool_dir, a_spool_has_one_consumer)
{
	struct spool_dir d = made_spool();
	int fd = spool_lock(&d);

	cr_assert_geq(fd, 0);
	cr_expect_eq(spool_lock(&d), -EBUSY);
	close(fd);
	fd = spool_lock(&d);
	cr_expect_geq(fd, 0);
	close(fd);
	spool_dir_close(&d);
}

Test(spool_dir, the_lock_of_another_user_is_enough_to_read)
{
	struct spool_dir d = made_spool();
	bool root = !geteuid();
	int fd;

	make_file("spool/lock", "");
	cr_assert_eq(chmod("spool/lock", 0444), 0);
	cr_assert_eq(chmod("spool", 0755), 0);
	cr_assert(!root || !seteuid(65534));
	fd = spool_lock(&d);
	cr_expect_geq(fd, 0);
	cr_expect_eq(spool_lock(&d), -EBUSY);
	cr_assert(!root || !seteuid(0));
	close(fd);
	spool_dir_close(&d);
}

/* --- small files ----------------------------------------------------------------- */

Test(spool_dir, a_small_file_is_replaced_whole)
{
	struct spool_dir d = made_spool();
	char text[8];

	cr_expect_eq(spool_read(&d, "last", text, sizeof(text), NULL), -ENOENT);
	cr_expect_eq(spool_replace(&d, "last", "one\n", true), 0);
	cr_expect_eq(spool_replace(&d, "last", "two\n", false), 0);
	cr_expect_eq(spool_read(&d, "last", text, sizeof(text), NULL), 4);
	cr_expect_str_eq(text, "two\n");
	cr_expect_eq(spool_replace(&d, "last", "longer than the room\n", false), 0);
	cr_expect_eq(spool_read(&d, "last", text, sizeof(text), NULL), 7);
	cr_expect_str_eq(text, "longer ");
	cr_expect_eq(mode_of("spool/last"), 0640);
	cr_assert_eq(rmdir("spool/tmp"), 0, "nothing is left in tmp/");
	spool_dir_close(&d);
}

Test(spool_dir, a_link_is_replaced_and_not_followed)
{
	struct spool_dir d = made_spool();
	char text[8];

	make_file("secret", "s");
	cr_assert_eq(symlink("../secret", "spool/last"), 0);
	cr_expect_eq(spool_read(&d, "last", text, sizeof(text), NULL), -ELOOP);
	cr_expect_eq(spool_replace(&d, "last", "one\n", false), 0);
	expect_content("secret", "s");
	expect_content("spool/last", "one\n");
	spool_dir_close(&d);
}

/* --- how many records ------------------------------------------------------------- */

static uint64_t records_of(const char *text)
{
	uint64_t records = 99;
	int fd;

	make_file("file", text);
	fd = open("file", O_RDONLY);
	cr_assert_eq(spool_records(fd, &records), 0);
	close(fd);
	return records;
}

Test(spool_dir, records_are_counted)
{
	char lines[3 * 4096];

	cr_expect_eq(records_of("{\"type\":\"window\",\"seq\":1,\"records\":0}\n"), 1);
	cr_expect_eq(records_of("{}\n{\"type\":\"window\",\"seq\":1,\"records\":41}\n"), 42);
	cr_expect_eq(records_of(""), 0);
	cr_expect_eq(records_of("{}\n{}\n"), 2, "no window record");
	cr_expect_eq(records_of("{\"type\":\"window\",\"seq\":1,\"records\":41}\n{"), 1, "torn");
	memset(lines, 'x', sizeof(lines));
	for (size_t i = 4095; i < sizeof(lines); i += 4096)
		lines[i] = '\n';
	lines[sizeof(lines) - 1] = '\0';
	cr_expect_eq(records_of(lines), 2, "long lines");
}
