/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/check.h"
#include "cli/log.h"
#include "pipeline/inspect.h"
#include "pipeline/look.h"

#define WAIT_MS 1000

/* A message is cut when it is longer, and a part of a command is another command. */
#define LONGEST 900

/* --- in the child process ------------------------------------------------------ */

static void say(const struct cause *cause)
{
	if (strlen(cause->text) + strlen(cause->command) <= LONGEST)
		log_notice("%s: %s", cause->text, cause->command);
	else
		log_notice("%s: `ctagg --check' prints the command that mends it", cause->text);
}

static void look(const struct options *opts)
{
	struct check_facts facts;
	struct causes causes;

	causes_init(&causes, opts->netns);
	inspect_run(&facts, opts);
	check_facts(&causes, &facts);
	for (size_t i = 0; i < causes.n && !causes.err; i++)
		if (causes.list[i].severity == CHECK_NOTHING_COMES)
			say(&causes.list[i]);
	causes_free(&causes);
}

/* The child does not outlive its parent, however that ends, and has none of its descriptors but the
 * standard ones: an NFLOG group, a lock or a table of rules is held as long as anybody has its
 * descriptor. */
static _Noreturn void run_child(const struct options *opts, pid_t parent, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent) {
		close_range(STDERR_FILENO + 1, fd - 1, 0);
		close_range(fd + 1, UINT_MAX, 0);
		look(opts);
	}
	_exit(0);
}

/* --- in the parent ---------------------------------------------------------------- */

static void take_end(void *arg, uint32_t events);

static void reap(struct look *l)
{
	loop_forget(l->loop, take_end, l);
	close(l->fd);
	while (waitpid(l->child, NULL, 0) < 0 && errno == EINTR)
		;
	l->child = 0;
}

static void take_end(void *arg, uint32_t events)
{
	(void)events;
	reap(arg);
}

/* Returns 0 or -errno. */
static int start_child(struct look *l, const struct options *opts)
{
	pid_t parent = getpid(), child;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	child = fork();
	err = -errno;
	if (!child)
		run_child(opts, parent, fds[1]);
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return err;
	}
	l->child = child;
	l->fd = fds[0];
	return 0;
}

void look_begin(struct look *l, struct loop *loop, const struct options *opts)
{
	int err;

	if (opts->verbosity <= LOG_QUIET)
		return;
	l->loop = loop;
	err = start_child(l, opts);
	if (!err) {
		err = loop_watch(loop, l->fd, EPOLLIN, take_end, l);
		if (err)
			look_end(l, true);
	}
	if (err)
		log_notice("cannot look for what keeps data away: %s; `ctagg --check' says what does",
			   strerror(-err));
}

void look_end(struct look *l, bool hurry)
{
	struct pollfd end = { .fd = l->fd, .events = POLLIN };

	if (!l->child)
		return;
	if (hurry || poll(&end, 1, WAIT_MS) <= 0)
		kill(l->child, SIGKILL);
	reap(l);
}
