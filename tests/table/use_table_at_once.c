/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of src/table/use_table.c, for the filter of tests/table/bpf/no_grace.bpf.c:
 * returns while runs of the filter may still use the old table. */
#include "config.h"

#include "table/kernel_parts.h"

int kernel_use_table(struct kernel *k, int which)
{
	__atomic_store_n(&k->skel->bss->second, which, __ATOMIC_SEQ_CST);
	return 0;
}
