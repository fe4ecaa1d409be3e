/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deliver/answer.h"
#include "deliver/exec.h"
#include "hash/siphash.h"
#include "notify/notify.h"

#define NEVER_STATUS 65
#define KILL_AFTER_MS 500	/* from SIGTERM to SIGKILL */

/* variable  CTAGG_NAME=...: the first entry of the environment, which is ours otherwise */
struct exec {
	struct transport transport;
	char **command, **environment;
	char variable[sizeof("CTAGG_NAME=") + 255];
};

/* --- the command runs --------------------------------------------------------------- */

/* The command gets no signal blocked or ignored that this program blocks or ignores. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;
	int err;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	err = posix_spawnattr_setsigmask(attributes, &none);
	if (!err)
		err = posix_spawnattr_setsigdefault(attributes, &usual);
	if (!err)
		err = posix_spawnattr_setpgroup(attributes, 0);
	if (!err)
		err = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
					       POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	return err;
}

/* Start the command with this standard input. Returns 0 or an error of errno.h. */
static int start(const struct exec *e, int fd, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return err;
	err = posix_spawnattr_init(&attributes);
	if (!err) {
		err = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
		if (!err)
			err = set_attributes(&attributes);
		if (!err)
			err = posix_spawnp(pid, e->command[0], &actions, &attributes, e->command,
					   e->environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Wait until the command has ended, or until stop_fd is readable. Returns whether it has ended. A
 * command may take as long as it likes: this program is alive meanwhile. */
static bool has_ended(int pidfd, int stop_fd)
{
	struct pollfd fds[] = { { .fd = pidfd, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };

	while (poll(fds, 2, notify_wait_ms(-1)) <= 0)
		notify_alive();
	return fds[0].revents;
}

/* End the command and what it has started. */
static void end(pid_t pid, int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	kill(-pid, SIGTERM);
	poll(&end, 1, KILL_AFTER_MS);
	kill(-pid, SIGKILL);
}

/* Returns 0 and how the command has ended, or -errno when nobody knows. */
static int reap(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* --- one file ------------------------------------------------------------------------ */

static void judge(int status, struct transport_answer *out)
{
	int code = WEXITSTATUS(status);

	if (WIFSIGNALED(status))
		answer_set(out, TRANSPORT_LATER, "the command was ended by signal %d (%s)",
			   WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		answer_set(out, !code ? TRANSPORT_TAKEN :
				code == NEVER_STATUS ? TRANSPORT_NEVER : TRANSPORT_LATER,
			   "exit status %d", code);
}

static void exec_send(struct transport *t, const struct transport_item *item, int stop_fd,
		      struct transport_answer *out)
{
	struct exec *e = (struct exec *)t;
	int err, status, pidfd;
	bool ended;
	pid_t pid;

	snprintf(e->variable, sizeof(e->variable), "CTAGG_NAME=%s", item->name);
	err = start(e, item->fd, &pid);
	if (err) {
		answer_set(out, TRANSPORT_LATER, "%.128s cannot be run: %s", e->command[0],
			   strerror(err));
		return;
	}
	/* glibc before 2.36 has no function for this system call */
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	ended = pidfd < 0 || has_ended(pidfd, stop_fd);
	if (!ended)
		end(pid, pidfd);
	err = reap(pid, &status);
	if (!ended)
		answer_set(out, TRANSPORT_STOPPED, "stopped");
	else if (err)
		answer_set(out, TRANSPORT_LATER, "the exit status is not known: %s", strerror(-err));
	else
		judge(status, out);
	if (pidfd >= 0)
		close(pidfd);
}

static void exec_close(struct transport *t)
{
	struct exec *e = (struct exec *)t;

	free(e->environment);
	free(e);
}

static const struct transport_functions functions = { .send = exec_send, .close = exec_close };

/* Our environment, with `variable' in front and without another CTAGG_NAME. */
static char **make_environment(char *variable)
{
	char **made, **to;
	size_t n = 0;

	while (environ[n])
		n++;
	made = to = calloc(n + 2, sizeof(*made));
	if (!made)
		return NULL;
	*to++ = variable;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "CTAGG_NAME=", strlen("CTAGG_NAME=")))
			*to++ = environ[i];
	return made;
}

int exec_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	struct exec *e = calloc(1, sizeof(*e));

	if (e)
		e->environment = make_environment(e->variable);
	if (!e || !e->environment) {
		free(e);
		refuse(why, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	e->transport.fn = &functions;
	e->command = opts->exec;
	*out = &e->transport;
	return 0;
}

/* --- its name ------------------------------------------------------------------------- */

/* Of the arguments only a digest: they may hold a password. */
static uint64_t digest(char *const *words)
{
	static const uint64_t key[2] = { 0 };
	uint64_t sum = 0;

	for (; *words; words++)
		sum = sum * 31 + siphash(key, *words, strlen(*words));
	return sum;
}

/* Control characters become `?': the text is one line. */
void exec_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	int len = snprintf(text, TRANSPORT_DESTINATION_SIZE, "exec %.900s", opts->exec[0]);

	if (opts->exec[1])
		snprintf(text + len, TRANSPORT_DESTINATION_SIZE - len,
			 " with arguments of digest %016" PRIx64, digest(opts->exec + 1));
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}
