/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "table/kernel_parts.h"

int kernel_use_table(struct kernel *k, int which)
{
	__u32 slot = 0;

	/* One update: the batch command did not always wait (kernel-side
	 * maybe_wait_bpf_programs()). */
	return bpf_map_update_elem(bpf_map__fd(k->skel->maps.window), &slot, &k->rows_fd[which],
				   BPF_ANY);
}
