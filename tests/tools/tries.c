/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaded before the C library into a program that is tested: when the program first waits in its loop,
 * try what somebody would who has taken it over, and print a line `try NAME ERROR' for each attempt on
 * standard error; ERROR is 0 for what worked. $TRIES_PID is another process. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>

static int other;	/* the process $TRIES_PID */

static long tcp(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long trace(void) { return ptrace(PTRACE_ATTACH, other, NULL, NULL); }
static long read_passwords(void) { return open("/etc/passwd", O_RDONLY); }
static long write_outside(void) { return open("/run/kept/tried", O_WRONLY | O_CREAT, 0600); }
static long signal_other(void) { return kill(other, 0); }
static long new_namespace(void) { return syscall(SYS_unshare, 0); }
static long load_program(void) { return syscall(SYS_bpf, BPF_PROG_LOAD, NULL, 0); }

/* In a child, since a program that runs takes the place of the one that has started it. */
static long run(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		execl("/bin/true", "true", NULL);
		_exit(errno);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static const struct {
	const char *name;
	long (*make)(void);
} attempts[] = {
	{ "tcp", tcp },
	{ "ptrace", trace },
	{ "passwords", read_passwords },
	{ "outside", write_outside },
	{ "kill", signal_other },
	{ "unshare", new_namespace },
	{ "bpf", load_program },
	{ "run", run },
};

static void try_all(void)
{
	static int done;

	if (done)
		return;
	done = 1;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		long made = attempts[i].make();

		fprintf(stderr, "try %s %s\n", attempts[i].name, made < 0 ? strerrorname_np(errno) : "0");
	}
}

__attribute__((constructor)) static void remember(void)
{
	const char *pid = getenv("TRIES_PID");

	other = pid ? atoi(pid) : 0;
}

/* ctagg */
int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	int (*next)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");

	try_all();
	return next(fd, events, max, timeout);
}

/* ctagg-deliver; also as it is called in a program that is built with _FORTIFY_SOURCE */
static int wait_and_try(struct pollfd *fds, nfds_t n, int timeout)
{
	int (*next)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");

	if (timeout > 1000)
		try_all();
	return next(fds, n, timeout);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	return wait_and_try(fds, n, timeout);
}

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	(void)size;
	return wait_and_try(fds, n, timeout);
}
