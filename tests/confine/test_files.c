/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Landlock, by trying what is refused and what is not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>

#include "child.h"
#include "confine/files.h"

#define FAILED 250	/* of a child: what it wanted to try could not be tried */

/* --- a folder of the test ------------------------------------------------------------------- */

static char top[] = "/tmp/ctagg-confine-XXXXXX";

static void make_file(const char *name)
{
	FILE *f = fopen(name, "w");

	cr_assert_not_null(f);
	fputs("text\n", f);
	fclose(f);
}

/* in/, other/ and out/, with a file in each, and the current folder. */
static void begin(void)
{
	cr_assert_not_null(mkdtemp(top));
	cr_assert_eq(chdir(top), 0);
	cr_assert_eq(mkdir("in", 0755) || mkdir("other", 0755) || mkdir("out", 0755), 0);
	make_file("in/file");
	make_file("other/file");
	make_file("out/file");
}

static void end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect_eq(system(command), 0);
}

TestSuite(files, .init = begin, .fini = end);

/* --- trying ------------------------------------------------------------------------------------ */

static const struct confine_path paths[] = {
	{ "in", CONFINE_CHANGE, false },
	{ "other/file", CONFINE_CHANGE, true },
	{ "/proc", CONFINE_READ_FILES, false },
	{ "nowhere", CONFINE_CHANGE, false },
	{ "/dev/null", CONFINE_WRITE_FILES, false },
};
static const struct confine_files usual = { paths, sizeof(paths) / sizeof(paths[0]), CONFINE_CONNECT_NONE };

static int version;	/* of Landlock */

static int load_only(void *arg)
{
	child_give_up();
	version = confine_files(arg);
	return version < 0 ? FAILED : version;
}

/* Skip the test where the kernel's Landlock is older than this. */
static void want(int at_least)
{
	int have = child_run(load_only, (void *)&usual);

	if (have == FAILED || have < at_least)
		cr_skip_test("wants Landlock ABI %d", at_least);
}

struct try {
	const struct confine_files *files;	/* NULL: nothing is confined */
	int (*make)(void);
};

static int try_one(void *arg)
{
	const struct try *t = arg;

	child_give_up();
	if (t->files && confine_files(t->files) < 0)
		return FAILED;
	return t->make() < 0 ? errno : 0;
}

/* With the files, and then without, in which something may be changed. */
static void expect(int (*make)(void), const char *name, const struct confine_files *files, int err)
{
	struct try confined = { files, make }, free_to = { NULL, make };
	int got = child_run(try_one, &confined), otherwise = child_run(try_one, &free_to);

	cr_expect_eq(got, err, "%s: %s", name, strerror(got));
	cr_expect(err ? otherwise != err : !otherwise, "%s says nothing: %s", name, strerror(otherwise));
}

#define EXPECT(make, files, err) expect(make, #make, files, err)

static int open_as(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600);
}

static int read_outside(void) { return open_as("out/file", O_RDONLY); }
static int list_outside(void) { return open_as("out", O_RDONLY | O_DIRECTORY); }
static int write_outside(void) { return open_as("out/file", O_WRONLY); }
static int make_outside(void) { return open_as("out/new", O_WRONLY | O_CREAT); }
static int remove_outside(void) { return unlink("out/file"); }
static int link_outside(void) { return link("in/file", "out/linked"); }
static int read_passwords(void) { return open_as("/etc/passwd", O_RDONLY); }
static int read_inside(void) { return open_as("in/file", O_RDONLY); }
static int write_inside(void) { return open_as("in/file", O_WRONLY); }
static int cut_inside(void) { return open_as("in/file", O_WRONLY | O_TRUNC); }
static int make_inside(void) { return open_as("in/new", O_WRONLY | O_CREAT); }
static int make_in_folder_of_file(void) { return open_as("other/new", O_WRONLY | O_CREAT); }
static int move_inside(void) { return rename("in/file", "other/moved") || rename("other/moved", "in/file"); }
static int symlink_inside(void) { return symlink("file", "in/symbolic"); }
static int fifo_inside(void) { return mkfifo("in/fifo", 0600); }
static int folder_inside(void) { return mkdir("in/folder", 0700); }
static int read_proc(void) { return open_as("/proc/self/stat", O_RDONLY); }
static int write_proc(void) { return open_as("/proc/self/comm", O_WRONLY); }
static int write_null(void) { return open_as("/dev/null", O_WRONLY); }
static int write_zero(void) { return open_as("/dev/zero", O_WRONLY); }
static int run_true(void) { return execl("/bin/true", "true", NULL); }

Test(files, what_is_not_named_is_refused)
{
	want(2);
	EXPECT(read_outside, &usual, EACCES);
	EXPECT(list_outside, &usual, EACCES);
	EXPECT(write_outside, &usual, EACCES);
	EXPECT(make_outside, &usual, EACCES);
	EXPECT(remove_outside, &usual, EACCES);
	EXPECT(link_outside, &usual, EACCES);
	EXPECT(read_passwords, &usual, EACCES);
	EXPECT(write_proc, &usual, EACCES);
	EXPECT(write_zero, &usual, EACCES);
	EXPECT(run_true, &usual, EACCES);
}

Test(files, what_is_named_is_allowed)
{
	want(2);
	EXPECT(read_inside, &usual, 0);
	EXPECT(write_inside, &usual, 0);
	EXPECT(cut_inside, &usual, 0);
	EXPECT(make_inside, &usual, 0);
	EXPECT(make_in_folder_of_file, &usual, 0);
	EXPECT(move_inside, &usual, 0);
	EXPECT(read_proc, &usual, 0);
	EXPECT(write_null, &usual, 0);
}

Test(files, only_regular_files_are_made)
{
	want(2);
	EXPECT(symlink_inside, &usual, EACCES);
	EXPECT(fifo_inside, &usual, EACCES);
	EXPECT(folder_inside, &usual, EACCES);
}

static int remove_folder(void) { return mkdir("out/empty", 0700) < 0 ? 0 : rmdir("out/empty"); }

Test(files, empty_folders_may_be_removed)
{
	static const struct confine_path out[] = { { "out/file", CONFINE_REMOVE_FOLDERS, true } };
	static const struct confine_files remove = { out, 1, CONFINE_CONNECT_NONE };
	struct try t = { &remove, NULL };

	want(2);
	cr_assert_eq(mkdir("out/empty", 0700), 0);
	t.make = remove_outside;
	cr_expect_eq(child_run(try_one, &t), EACCES);
	t.make = remove_folder;
	cr_expect_eq(child_run(try_one, &t), 0);
}

/* --- files that are open ---------------------------------------------------------------------------- */

static int write_open(void *arg)
{
	int fd = open_as("out/file", O_RDWR);

	(void)arg;
	child_give_up();
	return fd < 0 || confine_files(&usual) < 0 ? FAILED : ftruncate(fd, 1) || write(fd, "x", 1) != 1;
}

Test(files, open_descriptors_stay_usable)
{
	want(2);
	cr_expect_eq(child_run(write_open, NULL), 0);
}

/* --- a folder that is replaced ------------------------------------------------------------------------ */

/* A process that is not confined: puts another folder in the place of other/ when somebody writes to
 * the pipe. Returns the end to write to, and its process id in *child. */
static int start_replacing(pid_t *child)
{
	int fds[2];
	char go;

	if (pipe(fds) || (*child = fork()) < 0)
		return -1;
	if (!*child)
		_exit(read(fds[0], &go, 1) != 1 || rename("other", "old") || mkdir("other", 0755));
	close(fds[0]);
	return fds[1];
}

static int replace_folder(void *arg)
{
	pid_t child;
	int fd = start_replacing(&child), status;

	(void)arg;
	child_give_up();
	if (fd < 0 || confine_files(&usual) < 0)
		return FAILED;
	if (confine_is_replaced("other/file") || confine_is_replaced("out/file"))
		return 1;
	if (write(fd, "", 1) != 1 || waitpid(child, &status, 0) != child || status)
		return FAILED;
	if (make_in_folder_of_file() >= 0 || errno != EACCES)
		return 2;
	return confine_is_replaced("other/file") && !confine_is_replaced("in/file") ? 0 : 3;
}

Test(files, a_folder_that_is_replaced_is_told_apart)
{
	want(2);
	cr_expect_eq(child_run(replace_folder, NULL), 0);
}

/* --- the network and other processes --------------------------------------------------------------------- */

/* In a network namespace without addresses, so that no packet is sent. Returns 0 or the error. */
static int connect_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int connect_to_web(void) { return connect_to(80); }
static int connect_to_names(void) { return connect_to(53); }

static int wait_for_connections(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	return bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&at, sizeof(at));
}

Test(files, connections_are_bounded)
{
	static const struct confine_files names = { paths, 1, CONFINE_CONNECT_DNS };
	static const struct confine_files all = { paths, 1, CONFINE_CONNECT_ALL };

	want(4);
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		cr_skip_test("no network namespace: %s", strerror(errno));
	EXPECT(wait_for_connections, &usual, EACCES);
	EXPECT(wait_for_connections, &all, EACCES);
	EXPECT(connect_to_web, &usual, EACCES);
	EXPECT(connect_to_names, &usual, EACCES);
	EXPECT(connect_to_web, &names, EACCES);
	cr_expect_eq(child_run(try_one, &(struct try){ &names, connect_to_names }), ENETUNREACH);
	cr_expect_eq(child_run(try_one, &(struct try){ &all, connect_to_web }), ENETUNREACH);
}

static int signal_parent(void) { return kill(getppid(), 0); }
static int signal_self(void) { return kill(getpid(), 0); }

Test(files, other_processes_get_no_signal)
{
	want(6);
	EXPECT(signal_parent, &usual, EPERM);
	EXPECT(signal_self, &usual, 0);
}
