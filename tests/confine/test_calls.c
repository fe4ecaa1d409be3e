/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of system calls of each mode, by trying what is refused and what is not. Each call is made
 * in a way that the kernel answers with another error than EPERM, or with success, when no filter is
 * there: then EPERM is the filter's answer. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include "child.h"
#include "confine/calls.h"

#define NETNS (1 << CONFINE_LIVE_NETNS)
#define LIVE (1 << CONFINE_LIVE | NETNS)
#define SNAPSHOT (1 << CONFINE_SNAPSHOT)
#define CHECK (1 << CONFINE_CHECK)
#define READ (1 << CONFINE_READ)
#define STREAM (1 << CONFINE_DELIVER_STREAM)
#define DATAGRAM (1 << CONFINE_DELIVER_DATAGRAM)
#define DELIVERED_FILE (1 << CONFINE_DELIVER_FILE)
#define EXEC (1 << CONFINE_DELIVER_EXEC)
#define OFFLINE (1 << CONFINE_DELIVER_OFFLINE)
#define KERNEL (LIVE | SNAPSHOT | CHECK)
#define NETWORK (STREAM | DATAGRAM | EXEC)
#define ALL ((1 << CONFINE_MODES) - 1)

#define NONE (-1)	/* no mode: nothing is confined */

/* --- calls ------------------------------------------------------------------------------ */

static long open_socket(int domain, int type)
{
	return syscall(SYS_socket, domain, type | SOCK_CLOEXEC, 0);
}

static long tcp(void) { return open_socket(AF_INET, SOCK_STREAM); }
static long tcp6(void) { return open_socket(AF_INET6, SOCK_STREAM); }
static long udp(void) { return open_socket(AF_INET, SOCK_DGRAM); }
static long local_stream(void) { return open_socket(AF_UNIX, SOCK_STREAM); }
static long netlink(void) { return open_socket(AF_NETLINK, SOCK_RAW); }
static long packets(void) { return open_socket(AF_PACKET, SOCK_RAW); }

/* An address of the Internet: 16 bytes. */
static long connect_inet(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	return connect(-1, (struct sockaddr *)&to, sizeof(to));
}

static long bind_inet(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	return bind(-1, (struct sockaddr *)&to, sizeof(to));
}

static long send_inet(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	return sendto(-1, "", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static long send_netlink(void)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	return sendto(-1, "", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static long send_open(void) { return send(-1, "", 1, 0); }
static long listening(void) { return listen(-1, 1); }
static long accepting(void) { return syscall(SYS_accept4, -1, NULL, NULL, 0); }
static long run(void) { return execl("/nowhere/program", "program", NULL); }
static long trace(void) { return ptrace(PTRACE_PEEKUSER, -1, NULL, NULL); }
static long kill_nobody(void) { return syscall(SYS_kill, 0x7fffffff, SIGKILL); }
static long type_for_user(void) { return ioctl(-1, TIOCSTI, "x"); }
static long is_terminal(void) { return isatty(-1) ? 0 : -1; }
static long change_mode(void) { return syscall(SYS_fchmodat, AT_FDCWD, "/nowhere/file", 0); }
static long remove_file(void) { return unlink("/nowhere/file"); }
static long make_link(void) { return symlink("file", "/nowhere/link"); }
static long open_file(void) { return open("/nowhere/file", O_RDONLY | O_CLOEXEC); }
static long change_root(void) { return chroot("/nowhere"); }
static long new_namespaces(void) { return syscall(SYS_unshare, 0); }
static long enter_namespace(void) { return syscall(SYS_setns, -1, 0); }
static long enter_network(void) { return syscall(SYS_setns, -1, CLONE_NEWNET); }
static long new_ring(void) { return syscall(SYS_io_uring_setup, 0, NULL); }
static long write_to_process(void) { return syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 1); }
static long watch_files(void) { return syscall(SYS_inotify_add_watch, -1, "/", 1); }
static long look_up_row(void) { return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, NULL, 0); }
static long load_program(void) { return syscall(SYS_bpf, BPF_PROG_LOAD, NULL, 0); }
static long make_map(void) { return syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0); }

static const struct attempt {
	const char *name;
	long (*make)(void);
	int allowed;	/* a set of modes */
} attempts[] = {
	{ "a socket of TCP", tcp, NETWORK },
	{ "a socket of TCP over IPv6", tcp6, NETWORK },
	{ "a socket of UDP", udp, KERNEL | NETWORK },
	{ "a local stream", local_stream, NETWORK },
	{ "netlink", netlink, KERNEL | NETWORK },
	{ "raw packets", packets, EXEC },
	{ "connect() to an address of the Internet", connect_inet, NETWORK },
	{ "bind() to an address of the Internet", bind_inet, NETWORK },
	{ "sendto() an address of the Internet", send_inet, NETWORK },
	{ "sendto() an address of netlink", send_netlink, KERNEL | NETWORK },
	{ "send()", send_open, ALL },
	{ "listen()", listening, EXEC },
	{ "accept()", accepting, EXEC },
	{ "running a program", run, EXEC },
	{ "ptrace()", trace, 0 },
	{ "kill()", kill_nobody, LIVE | EXEC },
	{ "ioctl(TIOCSTI)", type_for_user, EXEC },
	{ "isatty()", is_terminal, ALL },
	{ "chmod()", change_mode, ALL & ~CHECK },
	{ "unlink()", remove_file, ALL & ~CHECK },
	{ "symlink()", make_link, EXEC },
	{ "open()", open_file, ALL },
	{ "chroot()", change_root, 0 },
	{ "unshare()", new_namespaces, EXEC },
	{ "setns()", enter_namespace, EXEC },
	{ "setns() of a network", enter_network, NETNS | EXEC },
	{ "io_uring", new_ring, 0 },
	{ "writing to a process", write_to_process, 0 },
	{ "inotify", watch_files, NETWORK | DELIVERED_FILE },
	{ "bpf() of a row", look_up_row, LIVE | CHECK },
	{ "bpf() of a program", load_program, CHECK },
	{ "bpf() of a map", make_map, CHECK },
};

/* --- trying them -------------------------------------------------------------------------- */

struct try {
	int mode;	/* enum confine_mode, or NONE */
	long (*make)(void);
};

enum { MADE, REFUSED, NO_FILTER };

static int try_one(void *arg)
{
	const struct try *t = arg;

	child_give_up();
	if (t->mode != NONE && confine_calls(t->mode) < 0)
		return NO_FILTER;
	return t->make() < 0 && errno == EPERM ? REFUSED : MADE;
}

static int load_only(void *arg)
{
	child_give_up();
	return confine_calls(*(enum confine_mode *)arg) < 0;
}

static void want_filter(void)
{
	enum confine_mode mode = CONFINE_READ;

	if (child_run(load_only, &mode))
		cr_skip_test("no filter of system calls here");
}

Test(calls, every_mode_has_a_filter)
{
	want_filter();
	for (enum confine_mode mode = 0; mode < CONFINE_MODES; mode++)
		cr_expect_eq(child_run(load_only, &mode), 0, "mode %d", (int)mode);
}

/* What the kernel refuses by itself, as bpf(2) to users, says nothing of a filter. */
static void try_modes(const struct attempt *a)
{
	struct try t = { NONE, a->make };

	if (child_run(try_one, &t) != MADE)
		return;
	for (t.mode = 0; t.mode < CONFINE_MODES; t.mode++)
		cr_expect_eq(child_run(try_one, &t), a->allowed & 1 << t.mode ? MADE : REFUSED,
			     "%s in mode %d", a->name, t.mode);
}

Test(calls, each_mode_allows_what_it_needs_and_no_more)
{
	want_filter();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		try_modes(&attempts[i]);
}

/* --- threads and processes ------------------------------------------------------------------ */

static void *in_thread(void *arg)
{
	*(int *)arg = tcp() < 0 ? errno : 0;
	return NULL;
}

/* Returns the error of a thread that starts after the filter, or 255 when none starts. */
static int thread_after(void *arg)
{
	pthread_t thread;
	int err = 0;

	child_give_up();
	if (confine_calls(*(enum confine_mode *)arg) < 0 ||
	    pthread_create(&thread, NULL, in_thread, &err) || pthread_join(thread, NULL))
		return 254;
	return err;
}

Test(calls, threads_can_be_started_and_are_confined)
{
	static const enum confine_mode with_threads[] = { CONFINE_LIVE, CONFINE_SNAPSHOT, CONFINE_READ };

	want_filter();
	for (size_t i = 0; i < sizeof(with_threads) / sizeof(with_threads[0]); i++) {
		enum confine_mode mode = with_threads[i];

		cr_expect_eq(child_run(thread_after, &mode), EPERM, "mode %d", (int)mode);
	}
}

static int pipe_fds[2];

static void *wait_in_thread(void *arg)
{
	char go;

	return read(pipe_fds[0], &go, 1) == 1 ? in_thread(arg) : NULL;
}

static int thread_before(void *arg)
{
	pthread_t thread;
	int err = 0;

	(void)arg;
	child_give_up();
	if (pipe(pipe_fds) || pthread_create(&thread, NULL, wait_in_thread, &err) ||
	    confine_calls(CONFINE_LIVE) < 0 || write(pipe_fds[1], "", 1) != 1 ||
	    pthread_join(thread, NULL))
		return 254;
	return err;
}

Test(calls, threads_that_run_are_confined_too)
{
	want_filter();
	cr_expect_eq(child_run(thread_before, NULL), EPERM);
}

/* Returns 0 when the child of a child is confined as its parent is, and errno when none starts. */
static int fork_after(void *arg)
{
	int status;
	pid_t child;

	child_give_up();
	if (confine_calls(*(enum confine_mode *)arg) < 0)
		return 254;
	child = fork();
	if (child < 0)
		return errno;
	if (!child)
		_exit(tcp() < 0 && errno == EPERM ? 0 : 1);
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 253;
}

Test(calls, processes_are_started_where_they_are_needed)
{
	enum confine_mode live = CONFINE_LIVE, read = CONFINE_READ, url = CONFINE_DELIVER_STREAM;

	want_filter();
	cr_expect_eq(child_run(fork_after, &live), 0);
	cr_expect_eq(child_run(fork_after, &read), EPERM);
	cr_expect_eq(child_run(fork_after, &url), EPERM);
}

/* --- namespaces, other architectures ---------------------------------------------------------- */

/* A user who has made a namespace has all capabilities over it. */
static long clone_namespace(void)
{
	long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!child)
		_exit(0);
	return child;
}

Test(calls, no_namespace_is_made)
{
	struct try t = { NONE, clone_namespace };

	want_filter();
	if (child_run(try_one, &t) != MADE)
		cr_skip_test("no user namespaces for this user");
	t.mode = CONFINE_LIVE;
	cr_expect_eq(child_run(try_one, &t), REFUSED);
}

#ifdef __x86_64__
/* getpid(2) as a program of 32 bits calls it: number 20. */
static long getpid_of_32_bits(void)
{
	long result;

	__asm__ volatile ("int $0x80" : "=a" (result) : "a" (20) : "memory", "r8", "r9", "r10", "r11");
	errno = result < 0 ? (int)-result : 0;
	return result;
}

Test(calls, another_architecture_is_refused)
{
	struct try t = { NONE, getpid_of_32_bits };

	want_filter();
	if (child_run(try_one, &t) != MADE)
		cr_skip_test("this kernel runs no programs of 32 bits");
	for (t.mode = 0; t.mode < CONFINE_MODES; t.mode++)
		cr_expect_eq(child_run(try_one, &t), REFUSED, "mode %d", t.mode);
}
#endif
