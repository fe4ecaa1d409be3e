/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is given up and what is kept. Each test is a process of its own; the kernel's word in
 * /proc/self/status is the oracle. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privilege/privilege.h"

#ifndef CAP_BPF		/* linux/capability.h of Linux 5.8 */
#define CAP_BPF 39
#endif

#define BIT(cap) (1ULL << (cap))

/* The capability sets of this process. */
struct sets {
	uint64_t effective, permitted, inheritable, bounding, ambient;
	uint64_t no_new_privs;
};

static struct sets read_sets(void)
{
	struct sets s;
	const struct {
		const char *name;
		uint64_t *value;
	} lines[] = {
		{ "CapEff:", &s.effective }, { "CapPrm:", &s.permitted },
		{ "CapInh:", &s.inheritable }, { "CapBnd:", &s.bounding },
		{ "CapAmb:", &s.ambient }, { "NoNewPrivs:", &s.no_new_privs },
	};
	FILE *f = fopen("/proc/self/status", "re");
	size_t found = 0;
	char line[256];

	memset(&s, 0, sizeof(s));
	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f))
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (!strncmp(line, lines[i].name, strlen(lines[i].name)))
				found += sscanf(line + strlen(lines[i].name), "%" SCNx64,
						lines[i].value) == 1;
	fclose(f);
	cr_assert_eq(found, sizeof(lines) / sizeof(lines[0]));
	return s;
}

static struct sets begin(void)
{
	struct sets s = read_sets();

	if (geteuid() || !(s.effective & BIT(CAP_NET_ADMIN)) || !(s.effective & BIT(CAP_SETPCAP)))
		cr_skip_test("wants root");
	return s;
}

/* Afterwards the process has those of `allowed' that it had before, and no others. */
static void expect_kept(const struct sets *before, uint64_t allowed)
{
	struct sets now = read_sets();
	uint64_t kept = before->permitted & allowed;

	cr_expect_eq(now.permitted, kept, "%" PRIx64, now.permitted);
	cr_expect_eq(now.effective, kept, "%" PRIx64, now.effective);
	cr_expect_eq(now.bounding, before->bounding & kept, "%" PRIx64, now.bounding);
	cr_expect_eq(now.inheritable, 0, "%" PRIx64, now.inheritable);
	cr_expect_eq(now.ambient, 0, "%" PRIx64, now.ambient);
	cr_expect_eq(now.no_new_privs, 1);
}

/* What stands for CAP_BPF where the process does not have it: all privileges of BPF were
 * CAP_SYS_ADMIN's before Linux 5.8. */
static uint64_t bpf(const struct sets *before)
{
	return before->permitted & BIT(CAP_BPF) ? BIT(CAP_BPF) : BIT(CAP_SYS_ADMIN);
}

/* What stands for PRIVILEGE_SEE. */
#define SEE (BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH))

Test(privilege, none_is_kept)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, 0), 0);
	expect_kept(&before, 0);
	cr_expect_eq(privilege_reduce(NULL, 0), 0);
}

Test(privilege, net_admin_alone)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_NET_ADMIN), 0);
	expect_kept(&before, BIT(CAP_NET_ADMIN));
}

Test(privilege, bpf_alone)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_BPF), 0);
	expect_kept(&before, bpf(&before));
}

Test(privilege, see_alone)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_SEE), 0);
	expect_kept(&before, SEE);
}

Test(privilege, perfmon_alone)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_PERFMON), 0);
	expect_kept(&before, BIT(CAP_PERFMON));
}

/* Never CAP_DAC_OVERRIDE. */
Test(privilege, all)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, ~0U), 0);
	expect_kept(&before, BIT(CAP_NET_ADMIN) | bpf(&before) | SEE | BIT(CAP_PERFMON) | BIT(CAP_SYS_ADMIN));
}

/* The second call may not lower the bounding set any more: CAP_SETPCAP is gone. */
Test(privilege, giving_up_more_later)
{
	struct sets before = begin();

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_NET_ADMIN | PRIVILEGE_SEE), 0);
	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_NET_ADMIN), 0);
	cr_expect_eq(read_sets().permitted, before.permitted & BIT(CAP_NET_ADMIN));
	cr_expect_eq(read_sets().effective, before.permitted & BIT(CAP_NET_ADMIN));
}

Test(privilege, names)
{
	struct sets before = begin();
	char names[PRIVILEGE_NAMES];

	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF), 0);
	privilege_names(names);
	cr_expect_str_eq(names, bpf(&before) == BIT(CAP_BPF) ? "net_admin bpf" : "net_admin sys_admin");
	cr_assert_eq(privilege_reduce(NULL, 0), 0);
	privilege_names(names);
	cr_expect_str_eq(names, "none");
}

/* All names have room, and as many as fit are written. */
Test(privilege, names_of_all)
{
	char names[PRIVILEGE_NAMES];

	begin();
	cr_assert_eq(privilege_reduce(NULL, ~0U), 0);
	privilege_names(names);
	cr_expect_not_null(strstr(names, "dac_read_search"), "%s", names);
	cr_expect_not_null(strstr(names, "sys_ptrace"), "%s", names);
	cr_expect_not_null(strstr(names, "net_admin"), "%s", names);
}

/* A user that nobody has a name for. */
static const struct identity other = { .name = "other", .uid = 4711, .gid = 4712, .n_groups = 2,
				       .groups = { 4712, 4713 } };

static void begin_as_other(void)
{
	pid_t child = fork();
	int status;

	begin();
	if (!child)
		_exit(setgid(other.gid) || setuid(other.uid));
	cr_assert_eq(waitpid(child, &status, 0), child);
	if (status)
		cr_skip_test("no other users here");
}

Test(privilege, another_user)
{
	struct sets before;
	uid_t r, e, s;
	gid_t groups[8];

	begin_as_other();
	before = read_sets();
	cr_expect_null(privilege_why_not(&other));
	cr_assert_eq(privilege_reduce(&other, PRIVILEGE_NET_ADMIN | PRIVILEGE_BPF), 0);
	expect_kept(&before, BIT(CAP_NET_ADMIN) | bpf(&before));
	cr_expect_eq(getresuid(&r, &e, &s), 0);
	cr_expect(r == other.uid && e == other.uid && s == other.uid);
	cr_expect_eq(getresgid(&r, &e, &s), 0);
	cr_expect(r == other.gid && e == other.gid && s == other.gid);
	cr_assert_eq(getgroups(8, groups), 2);
	cr_expect_arr_eq(groups, other.groups, sizeof(other.groups[0]) * 2);
}

Test(privilege, another_user_with_nothing_for_good)
{
	struct sets before;

	begin_as_other();
	before = read_sets();
	cr_assert_eq(privilege_reduce(&other, 0), 0);
	expect_kept(&before, 0);
	cr_expect_neq(setuid(0), 0);
	cr_expect_neq(seteuid(0), 0);
	cr_expect_neq(setgid(0), 0);
	cr_expect_neq(setgroups(0, NULL), 0);
}

/* Who is no root can only stay who it is. */
Test(privilege, another_user_without_root)
{
	struct identity third = other, root = { .name = "root" };

	begin_as_other();
	cr_assert_eq(privilege_reduce(&other, 0), 0);
	cr_expect_null(privilege_why_not(&other));
	cr_expect_eq(privilege_reduce(&other, 0), 0);
	third.uid++;
	cr_expect_not_null(privilege_why_not(&third));
	cr_expect_not_null(privilege_why_not(&root));
}

/* Root without CAP_SETUID stays root. */
Test(privilege, another_user_without_capability)
{
	const char *why;

	begin();
	cr_assert_eq(privilege_reduce(NULL, PRIVILEGE_NET_ADMIN), 0);
	why = privilege_why_not(&other);
	cr_assert_not_null(why);
	cr_expect_not_null(strstr(why, "CAP_SETUID"), "%s", why);
}

static struct sets seen;

static int look(void *arg)
{
	seen = read_sets();
	return *(int *)arg;
}

Test(privilege, needed_asks_without_any)
{
	struct sets before = begin(), after;
	int answer = 0;

	seen.effective = 1;
	cr_expect_not(privilege_needed(look, &answer));
	cr_expect_eq(seen.effective, 0);
	cr_expect_eq(seen.permitted, before.permitted);
	answer = -EPERM;
	cr_expect(privilege_needed(look, &answer));
	after = read_sets();
	cr_expect_eq(after.effective, before.effective, "%" PRIx64, after.effective);
	cr_expect_eq(after.permitted, before.permitted, "%" PRIx64, after.permitted);
	cr_expect_eq(after.bounding, before.bounding, "%" PRIx64, after.bounding);
}

/* A privilege that the kernel really asks for: SO_RCVBUFFORCE wants CAP_NET_ADMIN. */
static int force_buffer(void *arg)
{
	int bytes = 65536;

	return setsockopt(*(int *)arg, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ?
		-errno : 0;
}

Test(privilege, needed_is_the_kernels_word)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	begin();
	cr_assert_geq(fd, 0);
	if (force_buffer(&fd))
		cr_skip_test("root here may not: %s", strerror(errno));
	cr_expect(privilege_needed(force_buffer, &fd));
	cr_expect_eq(force_buffer(&fd), 0);
	close(fd);
}
