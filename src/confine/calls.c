/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include "confine/calls.h"
#include "confine/lists.h"

/* What becomes of a call that is not in the list. The process is not ended: a C library that is newer
 * than this list may try a call that it can do without, and a service must not end by an update of
 * a library. */
#define REFUSED SCMP_ACT_ERRNO(EPERM)

/* n     how many system calls are in the filter so far
 * last  the number of the last one; -1: none, or this architecture does not have it
 */
struct filter {
	scmp_filter_ctx ctx;
	int n, last;
};

static int allow(struct filter *f, const struct list_call *call)
{
	struct scmp_arg_cmp when[LIST_CONDITIONS];
	int number = seccomp_syscall_resolve_name(call->name), err;
	unsigned int n = 0;

	/* A number below 0 is of a call that other architectures have: libseccomp leaves it out, or
	 * finds the call that stands for it here, as socketcall(2) does for several. */
	if (number == __NR_SCMP_ERROR)
		return 0;
	while (n < LIST_CONDITIONS && call->when[n].mask) {
		const struct list_condition *c = &call->when[n];

		when[n++] = SCMP_CMP64(c->index, SCMP_CMP_MASKED_EQ, c->mask, c->value);
	}
	errno = 0;
	err = seccomp_rule_add_array(f->ctx, SCMP_ACT_ALLOW, number, n, when);
	if (!err && errno == ENOMEM)
		err = -ENOMEM;
	f->n += !err && number >= 0 && number != f->last;
	f->last = number;
	return err;
}

static int allow_names(struct filter *f, const char *const *names)
{
	int err = 0;

	for (; *names && !err; names++) {
		struct list_call call = { .name = *names };

		err = allow(f, &call);
	}
	return err;
}

static int allow_group(struct filter *f, const struct list_group *group)
{
	int err = group->names ? allow_names(f, group->names) : 0;

	for (const struct list_call *call = group->calls; call && call->name && !err; call++)
		err = allow(f, call);
	return err;
}

/* ENOSYS sends the C library to clone(2). */
static int hide_clone3(struct filter *f)
{
	int number = seccomp_syscall_resolve_name("clone3");

	return number == __NR_SCMP_ERROR ? 0 :
		seccomp_rule_add(f->ctx, SCMP_ACT_ERRNO(ENOSYS), number, 0);
}

static int fill(struct filter *f, enum confine_mode mode)
{
	int err = seccomp_attr_set(f->ctx, SCMP_FLTATR_ACT_BADARCH, REFUSED);

	if (!err)
		err = hide_clone3(f);
	for (const struct list_group *const *group = list_of(mode); *group && !err; group++)
		err = allow_group(f, *group);
	return err;
}

/* For all threads. */
static int load(const struct sock_fprog *program)
{
	long refused;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	refused = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program);
	return refused < 0 ? -errno : refused ? -ECANCELED : 0;
}

/* libseccomp writes filters to files alone. */
static int load_from(int fd)
{
	static struct sock_filter steps[BPF_MAXINSNS];
	struct sock_fprog program = { .filter = steps };
	ssize_t size = pread(fd, steps, sizeof(steps), 0);

	if (size < 0)
		return -errno;
	program.len = size / sizeof(steps[0]);
	return program.len ? load(&program) : -EINVAL;
}

/* When there is no memory, libseccomp (2.5.4) makes a filter all the same, which lacks calls or ends in the middle, and
 * says nothing; errno says it, since nothing else that is called here sets it to ENOMEM. */
static int make_and_load(scmp_filter_ctx ctx)
{
	int fd = memfd_create("seccomp", MFD_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	errno = 0;
	err = seccomp_export_bpf(ctx, fd);
	if (!err && errno == ENOMEM)
		err = -ENOMEM;
	if (!err)
		err = load_from(fd);
	close(fd);
	return err;
}

int confine_calls(enum confine_mode mode)
{
	struct filter f = { seccomp_init(REFUSED), 0, -1 };
	int err;

	if (!f.ctx)
		return -ENOMEM;
	err = fill(&f, mode);
	if (!err)
		err = make_and_load(f.ctx);
	seccomp_release(f.ctx);
	return err ? err : f.n;
}
