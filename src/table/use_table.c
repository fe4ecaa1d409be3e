/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "table/kernel_parts.h"

int kernel_use_table(struct kernel *k, int which)
{
	__u32 slot = 0;

	/* A plain update waits for runs of the filter that use the old table
	 * (maybe_wait_bpf_programs() in kernel/bpf/syscall.c); the update of a batch did not
	 * in all kernels. */
	return bpf_map_update_elem(bpf_map__fd(k->skel->maps.window), &slot, &k->rows_fd[which],
				   BPF_ANY);
}
