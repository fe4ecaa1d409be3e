/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter that ships, but for one thing: the verifier refuses it, because it reads from an entry
 * of a map without asking whether the entry is there. */
#include "table/bpf/row.h"

static __always_inline void read_unasked(void)
{
	__u8 address[16] = { 0 };

	*(volatile __u32 *)bpf_map_lookup_elem(&addresses, address);
}

/* A macro's own name in its body is the function. */
#define add_event(to, f) (read_unasked(), add_event(to, f))

#include "table/bpf/agg.bpf.c"
