/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any folders stand for cgroups: their ids are numbers of inodes. */
#include "config.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "socket/cgroups.h"

static char mount[] = "/tmp/ctagg-cgroups-XXXXXX";

/* Deepest first, so that they can be removed in this order. */
static const char *const folders[] = {
	"/system.slice/web.service/a", "/system.slice/web.service", "/system.slice/db.service",
	"/system.slice", "/user.slice", "",
};
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static const char *full(const char *path)
{
	static char text[PATH_MAX];

	snprintf(text, sizeof(text), "%s%s", mount, path);
	return text;
}

static void make(void)
{
	cr_assert_not_null(mkdtemp(mount));
	for (size_t i = FOLDERS - 1; i--;)
		cr_assert_eq(mkdir(full(folders[i]), 0755), 0);
}

static void clean(void)
{
	for (size_t i = 0; i < FOLDERS; i++)
		rmdir(full(folders[i]));
}

TestSuite(cgroups, .init = make, .fini = clean);

static struct cgroups *opened(const char *folder)
{
	struct cgroups *c = NULL;

	cr_assert_eq(cgroups_open(&c, folder), 0);
	return c;
}

static uint64_t id_of(const char *path)
{
	struct stat st;

	cr_assert_eq(stat(full(path), &st), 0, "%s", path);
	return st.st_ino;
}

/* How many steps the walk takes. */
static int walk(struct cgroups *c)
{
	int steps = 1;

	while (!cgroups_step(c))
		cr_assert_lt(steps++, 100);
	return steps;
}

Test(cgroups, each_has_the_path_of_its_folder)
{
	struct cgroups *c = opened(mount);
	struct cgroup *g[FOLDERS];

	for (size_t i = 0; i < FOLDERS; i++) {
		g[i] = cgroups_find(c, id_of(folders[i]));
		cr_assert_not_null(g[i]);
		cr_expect_null(cgroup_path(g[i]), "not looked for yet");
	}
	walk(c);
	for (size_t i = 0; i < FOLDERS; i++)
		cr_expect_str_eq(cgroup_path(g[i]), *folders[i] ? folders[i] : "/");
	cr_expect_eq(cgroups_find(c, id_of("/user.slice")), g[4]);
	cr_expect_eq(walk(c), 1, "all are known");
	cgroups_close(c);
}

Test(cgroups, one_that_was_removed_is_looked_for_once)
{
	struct cgroups *c = opened(mount);
	uint64_t id = id_of("/user.slice");
	struct cgroup *g = cgroups_find(c, id);

	cr_assert_eq(rmdir(full("/user.slice")), 0);
	cr_expect_gt(walk(c), 1);
	cr_expect_null(cgroup_path(g));
	cr_expect_eq(cgroups_find(c, id), g);
	cr_expect_eq(walk(c), 1);
	cr_expect_not_null(cgroups_find(c, id_of("/system.slice/db.service")));
	cr_expect_gt(walk(c), 1, "a new one is looked for");
	cr_expect_str_eq(cgroup_path(cgroups_find(c, id_of("/system.slice/db.service"))), "/system.slice/db.service");
	cgroups_close(c);
}

/* Those that nobody holds make room; a path that is held stays. */
Test(cgroups, more_than_there_is_room_for)
{
	struct cgroups *c = opened(mount);
	struct cgroup *held = cgroups_find(c, id_of("/user.slice"));

	cgroup_hold(held);
	walk(c);
	for (uint64_t i = 0; i < 200000; i++)
		cr_assert_not_null(cgroups_find(c, 1ULL << 40 | i));
	walk(c);
	cr_expect_str_eq(cgroup_path(held), "/user.slice");
	cr_expect_eq(cgroups_find(c, id_of("/user.slice")), held);
	cgroup_release(held);
	cgroups_close(c);
}

Test(cgroups, nothing_is_known_without_a_mount_or_an_id)
{
	struct cgroups *none = opened(NULL), *gone = opened("/no/such/folder");

	cr_expect_null(cgroups_find(none, 0));
	cr_expect_not_null(cgroups_find(none, 1));
	cr_expect_eq(walk(none), 1);
	cr_expect_not_null(cgroups_find(gone, 1));
	cr_expect_eq(walk(gone), 1);
	cr_expect_null(cgroup_path(cgroups_find(gone, 1)));
	cr_expect_null(cgroup_path(NULL));
	cgroup_hold(NULL);
	cgroup_release(NULL);
	cgroups_close(none);
	cgroups_close(gone);
	cgroups_close(NULL);
}
