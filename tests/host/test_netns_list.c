/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/namespace.h"
#include "host/netns.h"
#include "host/netns_list.h"

TestSuite(netns_list, .init = namespace_enter, .timeout = 60);

static struct netns_list *opened(void)
{
	struct netns_list *l = NULL;
	int err = netns_list_open(&l);

	if (err == -EOPNOTSUPP)
		cr_skip_test("this kernel gives namespaces no cookies");
	cr_assert_eq(err, 0);
	return l;
}

static uint32_t own(void)
{
	uint64_t cookie;

	cr_assert_eq(netns_cookie(&cookie), 0);
	return cookie;
}

/* A process in a namespace of its own, which it has made when this returns. */
static pid_t stranger(uint32_t *id)
{
	int fds[2];
	pid_t pid;

	cr_assert_eq(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		uint64_t cookie = 0;
		uint32_t sent;

		if (!unshare(CLONE_NEWNET))
			netns_cookie(&cookie);
		sent = cookie;
		if (write(fds[1], &sent, sizeof(sent)) == sizeof(sent))
			pause();
		_exit(0);
	}
	cr_assert_eq(read(fds[0], id, sizeof(*id)), sizeof(*id));
	close(fds[0]);
	close(fds[1]);
	cr_assert_neq(*id, 0);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void look(struct netns_list *l)
{
	cr_assert_eq(netns_list_look(l, NULL, NULL, NULL), 0);
}

Test(netns_list, this_process_stays_where_it_is)
{
	struct netns_list *l = opened();
	uint32_t here = own();

	look(l);
	cr_expect_eq(own(), here);
	cr_assert_not_null(netns_list_find(l, here));
	cr_expect(netns_list_find(l, here)->found);
	cr_expect_not_null(netns_list_find(l, here)->addresses);
	netns_list_close(l);
}

Test(netns_list, one_without_a_name_is_called_after_its_process)
{
	struct netns_list *l = opened();
	char start[32];
	uint32_t id;
	pid_t pid;

	look(l);
	pid = stranger(&id);
	cr_expect_null(netns_list_name(l, id));
	look(l);
	snprintf(start, sizeof(start), "%d/", (int)pid);
	cr_assert_not_null(netns_list_name(l, id));
	cr_expect_eq(strncmp(netns_list_name(l, id), start, strlen(start)), 0, "%s", netns_list_name(l, id));
	cr_expect_not(netns_list_find(l, id)->settled, "it is new");
	look(l);
	cr_expect(netns_list_find(l, id)->settled);
	end(pid);
	look(l);
	cr_expect_not(netns_list_find(l, id)->found);
	cr_expect_not_null(netns_list_find(l, id)->addresses, "a look may miss it");
	look(l);
	cr_expect_null(netns_list_find(l, id)->addresses);
	cr_expect_eq(strncmp(netns_list_name(l, id), start, strlen(start)), 0, "the name that was known");
	netns_list_close(l);
}

Test(netns_list, one_that_nobody_finds_is_called_by_its_inode)
{
	struct netns_list *l = opened();

	cr_assert_not_null(netns_list_add(l, 4000000000U, 4026533000U));
	cr_expect_str_eq(netns_list_name(l, 4000000000U), "4026533000");
	cr_assert_not_null(netns_list_add(l, 4000000000U, 1), "it is there");
	cr_expect_str_eq(netns_list_name(l, 4000000000U), "4026533000");
	cr_assert_not_null(netns_list_add(l, 5, 4026533000U), "the same inode, another namespace");
	cr_expect_eq(netns_list_size(l), 2);
	cr_expect_eq(netns_list_at(l, 0)->id, 5);
	cr_expect_null(netns_list_name(l, 6));
	netns_list_close(l);
}

static void forgotten(void *arg, struct netns_entry *e)
{
	*(uint32_t *)arg += e->id;
}

Test(netns_list, what_is_gone_is_forgotten)
{
	struct netns_list *l = opened();
	uint32_t sum = 0;

	look(l);
	netns_list_add(l, 4000000000U, 1);
	netns_list_forget(l, UINT64_MAX, forgotten, &sum);
	cr_expect_eq(sum, 0);
	netns_list_forget(l, 0, forgotten, &sum);
	cr_expect_eq(sum, 4000000000U, "and none that was found");
	cr_expect_null(netns_list_find(l, 4000000000U));
	cr_expect_not_null(netns_list_find(l, own()));
	netns_list_close(l);
}
