/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaded before the C library into a program that is tested: one call fails, as if the kernel had refused it.
 *   REFUSE_CALL   bpf, bpf:COMMAND (a number of enum bpf_cmd), socket, bind, setsockopt, getsockopt, epoll_ctl or mmap
 *   REFUSE_AT     which call, from 1
 *   REFUSE_AFTER  none that was made before the first call of this name, as in REFUSE_CALL; it counts itself
 *   REFUSE_WHEN   none that is made before this file is there; they do not count
 *   REFUSE_ERROR  the number of the error, EPERM by default
 *   REFUSE_NOTE   the file that is made when the call has been refused
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *chosen = "", *after, *when;
static int left, error = EPERM;

__attribute__((constructor)) static void remember(void)
{
	const char *call = getenv("REFUSE_CALL"), *at = getenv("REFUSE_AT"), *number = getenv("REFUSE_ERROR");

	chosen = call ? call : "";
	after = getenv("REFUSE_AFTER");
	when = getenv("REFUSE_WHEN");
	left = at ? atoi(at) : 0;
	error = number ? atoi(number) : EPERM;
}

static int is_refused(const char *call)
{
	const char *note = getenv("REFUSE_NOTE");
	int fd;

	if (after && !strcmp(call, after))
		after = NULL;
	if (after || strcmp(call, chosen) || !left || (when && access(when, F_OK)) || --left)
		return 0;
	fd = note ? open(note, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0)
		close(fd);
	errno = error;
	return 1;
}

/* libbpf makes the system call bpf() by this function. */
long syscall(long number, ...)
{
	long (*next)(long, long, long, long, long, long, long) = dlsym(RTLD_NEXT, "syscall");
	char command[32];
	long args[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf) {
		snprintf(command, sizeof(command), "bpf:%ld", args[0]);
		if (is_refused("bpf") || is_refused(command))
			return -1;
	}
	return next(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

#define REFUSABLE(of, name, args, call) \
	of name args \
	{ \
		of (*next) args = dlsym(RTLD_NEXT, #name); \
		\
		return is_refused(#name) ? (of)-1 : next call; \
	}

REFUSABLE(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
REFUSABLE(int, bind, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
REFUSABLE(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size), (fd, level, name, value, size))
REFUSABLE(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *size), (fd, level, name, value, size))
REFUSABLE(int, epoll_ctl, (int fd, int what, int of, struct epoll_event *event), (fd, what, of, event))
REFUSABLE(void *, mmap, (void *at, size_t size, int access, int flags, int fd, off_t offset),
	  (at, size, access, flags, fd, offset))
