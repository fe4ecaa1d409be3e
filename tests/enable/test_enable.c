/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enable/claim.h"
#include "enable/enable.h"
#include "host/namespace.h"

#define ACCT "nf_conntrack_acct"
#define TIMESTAMP "nf_conntrack_timestamp"
#define EVENTS "nf_conntrack_events"

/* A network namespace, with connection tracking, and a /run of its own. The locks are
 * those of open files: two handles in one process are to each other what two programs
 * are. */
static void enter(void)
{
	namespace_enter();
	if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755"))
		cr_skip_test("no mount namespace: %s", strerror(errno));
	namespace_sysctl(ACCT, "0");
	namespace_sysctl(TIMESTAMP, "0");
	namespace_sysctl(EVENTS, "2");
}

TestSuite(enable, .init = enter, .timeout = 60);

/* The oracle: a sysctl is a file. */
static int value(const char *sysctl)
{
	char path[128];
	int v = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/netfilter/%s", sysctl);
	f = fopen(path, "re");
	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%d", &v), 1);
	fclose(f);
	return v;
}

static int state(void)
{
	return value(ACCT) * 100 + value(TIMESTAMP) * 10 + value(EVENTS);
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static bool nothing_kept(void)
{
	struct stat st;

	return stat(CLAIM_DIRECTORY, &st) && errno == ENOENT;
}

static struct enable *begin(unsigned int set)
{
	enum enable_what failed;
	struct enable *e = NULL;
	int note_err;

	cr_assert_eq(enable_begin(&e, set, &failed, &note_err), 0);
	cr_expect_eq(note_err, 0);
	return e;
}

static void end(struct enable *e)
{
	enum enable_what failed;

	cr_expect_eq(enable_end(e, &failed), 0);
}

/* A ctagg that is killed. */
static void begin_and_die(unsigned int set)
{
	pid_t pid = fork();
	int status;

	cr_assert_geq(pid, 0);
	if (!pid) {
		enum enable_what failed;
		struct enable *e;
		int note_err;

		_exit(enable_begin(&e, set, &failed, &note_err) || note_err);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
}

static void count_left(void *arg, const char *sysctl, int before, const char *file)
{
	int *n = arg;

	cr_expect_str_eq(sysctl, EVENTS);
	cr_expect_eq(before, 2);
	cr_expect_eq(access(file, F_OK), 0);
	++*n;
}

static int left(void)
{
	int n = 0;

	enable_left(count_left, &n);
	return n;
}

Test(enable, one_puts_back)
{
	struct enable *e = begin(ENABLE_ACCT | ENABLE_TIMESTAMP | ENABLE_EVENTS);

	cr_expect_eq(state(), 111);
	end(e);
	cr_expect_eq(state(), 2);
	cr_expect(nothing_kept());
}

Test(enable, the_last_of_two_puts_back)
{
	for (int order = 0; order < 2; order++) {
		struct enable *e[2] = { begin(ENABLE_EVENTS | ENABLE_ACCT), begin(ENABLE_EVENTS) };

		end(e[order]);
		cr_expect_eq(value(EVENTS), 1);
		cr_expect_eq(left(), 0);
		end(e[!order]);
		cr_expect_eq(state(), 2);
		cr_expect(nothing_kept());
	}
}

Test(enable, another_list_puts_back_what_a_killed_one_left)
{
	begin_and_die(ENABLE_EVENTS);
	cr_expect_eq(state(), 1);
	cr_expect_eq(left(), 1);
	end(begin(ENABLE_ACCT));
	cr_expect_eq(state(), 2);
	cr_expect(nothing_kept());
}

Test(enable, the_same_list_too)
{
	struct enable *e;

	begin_and_die(ENABLE_EVENTS);
	e = begin(ENABLE_EVENTS);
	cr_expect_eq(left(), 0);
	end(e);
	cr_expect_eq(state(), 2);
	cr_expect(nothing_kept());
}

Test(enable, killed_while_another_list_runs)
{
	struct enable *e = begin(ENABLE_ACCT);

	begin_and_die(ENABLE_EVENTS);
	cr_expect_eq(left(), 1);
	end(e);
	cr_expect_eq(state(), 2);
	cr_expect(nothing_kept());
}

Test(enable, was_on_before)
{
	struct enable *a, *b;

	namespace_sysctl(ACCT, "1");
	a = begin(ENABLE_ACCT);
	b = begin(ENABLE_ACCT);
	end(a);
	end(b);
	cr_expect_eq(value(ACCT), 1);
	cr_expect(nothing_kept());
}

Test(enable, what_somebody_else_changed_stays)
{
	struct enable *e = begin(ENABLE_EVENTS);

	namespace_sysctl(EVENTS, "0");
	end(e);
	cr_expect_eq(value(EVENTS), 0);
	cr_expect(nothing_kept());
}

/* Changed by somebody else, and switched on again by the second: the value before is
 * somebody else's, for whoever ends last. */
Test(enable, the_latest_value_before_counts)
{
	for (int order = 0; order < 2; order++) {
		struct enable *e[2] = { begin(ENABLE_EVENTS) };

		namespace_sysctl(EVENTS, "0");
		e[1] = begin(ENABLE_EVENTS);
		cr_expect_eq(value(EVENTS), 1);
		end(e[order]);
		cr_expect_eq(value(EVENTS), 1);
		end(e[!order]);
		cr_expect_eq(value(EVENTS), 0);
		namespace_sysctl(EVENTS, "2");
	}
}

/* Put the text where the boot id stands in the file about a sysctl. */
static void other_boot(const char *sysctl)
{
	struct claim c;
	int fd;

	cr_assert_eq(claim_open(&c, sysctl, CLAIM_CHANGE), 0);
	fd = open(c.path, O_WRONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, "00000000", 8, 0), 8);
	close(fd);
	claim_close(&c);
}

Test(enable, a_file_of_an_earlier_boot_is_void)
{
	begin_and_die(ENABLE_EVENTS);
	other_boot(EVENTS);
	cr_expect_eq(left(), 0);
	end(begin(ENABLE_EVENTS));
	cr_expect_eq(value(EVENTS), 1, "on before, as far as this boot knows");
	cr_expect(nothing_kept());
}

Test(enable, another_namespace_has_its_own)
{
	struct enable *here = begin(ENABLE_EVENTS);

	namespace_enter();
	namespace_sysctl(EVENTS, "2");
	cr_expect_eq(left(), 0);
	end(begin(ENABLE_EVENTS | ENABLE_ACCT));
	cr_expect_eq(value(EVENTS), 2);
	cr_expect_eq(entries(CLAIM_DIRECTORY), 3, "the other one's file, . and ..");
	end(here);
}

Test(enable, a_removed_file_is_no_reason_not_to_put_back)
{
	struct enable *e = begin(ENABLE_EVENTS);

	namespace_run("rm -r " CLAIM_DIRECTORY);
	end(e);
	cr_expect_eq(value(EVENTS), 2);
}

Test(enable, without_a_directory)
{
	enum enable_what failed;
	struct enable *e;
	int note_err = 0;

	cr_assert_eq(mkdir(CLAIM_DIRECTORY, 0755), 0);
	cr_assert_eq(mount("tmpfs", CLAIM_DIRECTORY, "tmpfs", MS_RDONLY, NULL), 0);
	cr_assert_eq(enable_begin(&e, ENABLE_EVENTS, &failed, &note_err), 0);
	cr_expect_eq(note_err, -EROFS);
	cr_expect_eq(value(EVENTS), 1);
	end(e);
	cr_expect_eq(value(EVENTS), 2);
}

/* The file's path, which is known while somebody has the sysctl switched on. */
static void claim_path(char *path, size_t size)
{
	struct enable *e = begin(ENABLE_EVENTS);
	struct dirent *entry;
	DIR *dir = opendir(CLAIM_DIRECTORY);

	cr_assert_not_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(path, size, CLAIM_DIRECTORY "/%s", entry->d_name);
	closedir(dir);
	end(e);
}

/* Who may write into the directory can put there what is not a file of ours: another
 * name of a file that belongs to somebody else must not be written to. */
Test(enable, what_is_not_our_file_is_left_alone)
{
	static const char *const planted[] = {
		"ln /run/theirs", "ln -s /run/theirs", "mkfifo", "mkdir",
	};
	char path[300] = "", command[400];

	claim_path(path, sizeof(path));
	namespace_run("echo theirs >/run/theirs");
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		enum enable_what failed;
		struct enable *e;
		int note_err = 0;

		cr_assert_eq(mkdir(CLAIM_DIRECTORY, 0755), 0);
		snprintf(command, sizeof(command), "%s %s", planted[i], path);
		namespace_run(command);
		cr_assert_eq(enable_begin(&e, ENABLE_EVENTS, &failed, &note_err), 0);
		cr_expect_neq(note_err, 0, "%s", planted[i]);
		cr_expect_eq(value(EVENTS), 1);
		end(e);
		cr_expect_eq(value(EVENTS), 2);
		cr_expect_eq(access(path, F_OK), 0, "%s", planted[i]);
		namespace_run("grep -qx theirs /run/theirs");
		namespace_run("rm -r " CLAIM_DIRECTORY);
	}
}

/* No value that one of the sysctls can have. */
Test(enable, a_file_with_nonsense_is_void)
{
	char path[300] = "", command[600];

	claim_path(path, sizeof(path));
	cr_assert_eq(mkdir(CLAIM_DIRECTORY, 0755), 0);
	snprintf(command, sizeof(command), "echo $(cat /proc/sys/kernel/random/boot_id) 7 >%s", path);
	namespace_run(command);
	namespace_sysctl(EVENTS, "1");
	end(begin(ENABLE_EVENTS));
	cr_expect_eq(value(EVENTS), 1);
	cr_expect(nothing_kept());
}

/* A full file system: the file can be made, and nothing be written into it. */
Test(enable, without_room_for_the_file)
{
	enum enable_what failed;
	struct enable *e;
	int note_err = 0;

	cr_assert_eq(mkdir(CLAIM_DIRECTORY, 0755), 0);
	cr_assert_eq(mount("tmpfs", CLAIM_DIRECTORY, "tmpfs", 0, "size=4k"), 0);
	namespace_run("head -c 4096 /dev/zero >" CLAIM_DIRECTORY "/full");
	cr_assert_eq(enable_begin(&e, ENABLE_EVENTS, &failed, &note_err), 0);
	cr_expect_eq(note_err, -ENOSPC);
	cr_expect_eq(value(EVENTS), 1);
	end(e);
	cr_expect_eq(value(EVENTS), 2);
	cr_expect_eq(entries(CLAIM_DIRECTORY), 3, "what filled it, . and ..");
}

/* From none to enough: it is refused for that reason, and as before; or it works. */
Test(enable, without_descriptors)
{
	struct rlimit limit;
	bool enough = false;
	int first = dup(0), least = 0;

	cr_assert_geq(first, 0);
	close(first);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	for (int n = first; n < first + 12 && !enough; n++) {
		struct rlimit few = { n, limit.rlim_max };
		enum enable_what failed;
		struct enable *e = NULL;
		int note_err, err;

		setrlimit(RLIMIT_NOFILE, &few);
		err = enable_begin(&e, ENABLE_ACCT | ENABLE_TIMESTAMP | ENABLE_EVENTS, &failed,
				   &note_err);
		enough = !err;
		if (enough)
			end(e);
		setrlimit(RLIMIT_NOFILE, &limit);
		cr_expect(!err || err == -EMFILE, "%d: %s", n, strerror(-err));
		cr_expect_eq(state(), 2, "with %d", n);
		cr_expect(nothing_kept(), "with %d", n);
		least = n;
	}
	cr_expect(enough);
	cr_expect_gt(least, first, "none was enough");
}

/* --- the lock --------------------------------------------------------------- */

static bool has_open(pid_t pid, const char *path)
{
	char dir[64];
	struct stat wanted, st;
	struct dirent *entry;
	bool found = false;
	DIR *d;

	snprintf(dir, sizeof(dir), "/proc/%d/fd", pid);
	d = opendir(dir);
	cr_assert_eq(stat(path, &wanted), 0);
	while (d && (entry = readdir(d)))
		found |= !fstatat(dirfd(d), entry->d_name, &st, 0) && st.st_ino == wanted.st_ino &&
			 st.st_dev == wanted.st_dev;
	if (d)
		closedir(d);
	return found;
}

/* The one that ends removes the file while the next one waits for its lock: the next
 * one makes it anew, and is seen by those after it. */
Test(enable, who_waits_for_a_file_that_is_removed_makes_it_anew)
{
	enum { TRIES = 20000 };
	int status, tries = 0, to_parent[2], to_child[2];
	struct enable *after;
	struct claim c;
	pid_t pid;
	char byte;

	cr_assert_eq(pipe(to_parent) | pipe(to_child), 0);
	cr_assert_eq(claim_open(&c, EVENTS, CLAIM_MAKE), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (!pid) {
		enum enable_what failed;
		struct enable *e;
		int note_err;

		claim_close(&c);	/* what it has open from now on, it has opened */
		if (write(to_parent[1], "", 1) != 1)
			_exit(1);
		if (enable_begin(&e, ENABLE_EVENTS, &failed, &note_err) || note_err)
			_exit(1);
		if (write(to_parent[1], "", 1) != 1 || read(to_child[0], &byte, 1) != 1)
			_exit(1);
		_exit(enable_end(e, &failed) != 0);
	}
	cr_assert_eq(read(to_parent[0], &byte, 1), 1);
	while (!has_open(pid, c.path) && tries++ < TRIES)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	cr_assert_lt(tries, TRIES);
	claim_remove(&c);
	claim_close(&c);
	cr_assert_eq(read(to_parent[0], &byte, 1), 1);
	after = begin(ENABLE_EVENTS);
	cr_assert_eq(write(to_child[1], "", 1), 1);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0);
	cr_expect_eq(value(EVENTS), 1, "the one after it still wants it");
	end(after);
	cr_expect_eq(value(EVENTS), 2);
	cr_expect(nothing_kept());
}

/* A ctagg that is stopped with the lock held keeps nobody for ever. */
Test(enable, a_lock_that_is_not_given_up)
{
	struct enable *running = begin(ENABLE_EVENTS), *e;
	enum enable_what failed;
	struct claim c;
	int note_err;

	cr_assert_eq(claim_open(&c, EVENTS, CLAIM_MAKE), 0);
	cr_expect_eq(enable_begin(&e, ENABLE_ACCT | ENABLE_EVENTS, &failed, &note_err), -ETIMEDOUT);
	cr_expect_eq(failed, ENABLE_EVENTS);
	cr_expect_eq(state(), 1, "and acct is off again");
	end(running);
	cr_expect_eq(state(), 2, "nobody else wants it");
	claim_close(&c);
	end(begin(ENABLE_ACCT));
	cr_expect(nothing_kept());
}
