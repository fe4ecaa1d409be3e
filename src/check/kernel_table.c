/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "check/parts.h"

/* In a user namespace a process can have CAP_BPF, but the kernel asks for CAP_BPF in the
 * first user namespace. */
static void add_no_bpf(struct causes *c, const struct check_facts *f)
{
	causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
		   "no table in the kernel, counting costs more: CAP_BPF%s is missing",
		   f->user_namespace ? " in the initial user namespace" : "");
	if (f->user_namespace || f->no_bpf)
		causes_mend(c, "ctagg --table=hash   # or, on the host, ctagg --netns=PID of a process in this network namespace");
	else
		check_mend_privilege(c, f);
}

void check_kernel_table(struct causes *c, const struct check_facts *f)
{
	switch (f->table_err) {
	case 0:
		return;
	case -EPERM:
		add_no_bpf(c, f);
		return;
	case -ENOMEM:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: not enough memory");
		causes_mend(c, "ctagg --max-flows=%u", f->max_flows / 4 + 1);
		return;
	case -ENOBUFS:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: net.core.optmem_max is too small for any filter on a socket");
		causes_mend_there(c, "sysctl -w net.core.optmem_max=20480");
		return;
	case -E2BIG:
		causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
			   "no table in the kernel, counting costs more: it has no room for so many ranges of zones or marks");
		causes_mend(c, "ctagg --table=hash   # or select fewer zones and marks");
		return;
	}
	causes_add(c, CHECK_LESS_DETAIL, "kernel_table",
		   "no table in the kernel, counting costs more: this kernel or program cannot: %s",
		   strerror(-f->table_err));
	causes_mend(c, "ctagg --table=hash");
}
