/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program whose standard output is a local socket, and prints what the program
 * writes:
 *   socketout stream|dgram|seqpacket PROGRAM [ARGUMENT]...
 * The program's process id is in the file socketout.pid. Exits with the program's status,
 * or with 125 when a message of a dgram or seqpacket socket was not one line. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "socketout: %s: %s\n", what, strerror(errno));
	exit(125);
}

static int type_of(const char *name)
{
	if (!strcmp(name, "stream"))
		return SOCK_STREAM;
	if (!strcmp(name, "dgram"))
		return SOCK_DGRAM;
	if (!strcmp(name, "seqpacket"))
		return SOCK_SEQPACKET;
	errno = EINVAL;
	die(name);
	return -1;
}

static pid_t run(char **command, const int fds[2])
{
	FILE *note = fopen("socketout.pid", "w");
	pid_t pid = fork();

	if (!note || pid < 0)
		die("cannot start");
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execvp(command[0], command);
		die(command[0]);
	}
	fprintf(note, "%d\n", pid);
	fclose(note);
	return pid;
}

static bool is_line(const char *p, ssize_t n)
{
	return memchr(p, '\n', n) == p + n - 1;
}

/* Print what comes until the program has ended and all has been read. Returns whether
 * each message was a line; the messages of a stream are not kept apart. */
static bool print_all(int fd, bool apart, pid_t pid, int *status)
{
	static char text[1 << 17];
	bool ended = false, lines = true;
	ssize_t n = 1;

	while (!ended || n > 0) {
		ended = ended || waitpid(pid, status, WNOHANG) == pid;
		n = recv(fd, text, sizeof(text), ended ? MSG_DONTWAIT : 0);
		if (n <= 0)
			continue;
		lines = lines && (!apart || is_line(text, n));
		fwrite(text, 1, n, stdout);
		fflush(stdout);
	}
	return lines;
}

int main(int argc, char **argv)
{
	struct timeval at_most = { .tv_usec = 50000 };
	int fds[2], status, type;
	pid_t pid;

	if (argc < 3) {
		errno = EINVAL;
		die("stream|dgram|seqpacket PROGRAM");
	}
	type = type_of(argv[1]);
	if (socketpair(AF_UNIX, type, 0, fds) ||
	    setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &at_most, sizeof(at_most)))
		die("socket");
	pid = run(argv + 2, fds);
	close(fds[1]);
	if (!print_all(fds[0], type != SOCK_STREAM, pid, &status))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
