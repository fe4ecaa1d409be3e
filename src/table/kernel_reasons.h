/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_REASONS_H
#define CTAGG_TABLE_KERNEL_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "flow/drop_reasons.h"
#include "table/drop_record.h"

/* A name that this kernel has no reason for, and the names of reasons that are most like it, n of them. */
#define KERNEL_REASONS_NEAR 3
struct kernel_reasons_unknown {
	const char *name;	/* lent from the list */
	size_t n;
	char near[KERNEL_REASONS_NEAR][DROP_REASON_BYTES];
};

/* Find the value that each reason of the list has in the running kernel, by the kernel's description of
 * its types (BTF, enum skb_drop_reason), and write the reason's number of the list at number[value]; all
 * others become 0. Returns 0 or -errno: -ESRCH a reason is unknown, which *unknown then names; -ENOENT
 * the kernel does not describe itself, or has no reasons (before Linux 5.17); -ENOSYS without BPF. */
int kernel_reasons_find(const struct drop_reasons *list, uint8_t number[DROP_VALUES],
			struct kernel_reasons_unknown *unknown);

#endif
