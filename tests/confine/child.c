/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "child.h"

int child_run(int (*fn)(void *arg), void *arg)
{
	pid_t child = fork();
	int status;

	cr_assert_geq(child, 0);
	if (!child)
		_exit(fn(arg));
	while (waitpid(child, &status, 0) < 0)
		cr_assert_eq(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void child_give_up(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(255);
}
