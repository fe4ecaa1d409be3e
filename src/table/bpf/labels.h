/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_LABELS_H
#define CTAGG_TABLE_BPF_LABELS_H

#include "table/bpf/row.h"
#include "table/bpf/scratch.h"

/* The number of the longest network that holds the address; 0: no network does. Two returns: see
 * kind_of(). */
static __always_inline __u32 label_in(void *labels, __u32 family, const __u8 addr[16])
{
	const __u32 *from = (const __u32 *)addr;
	/* A struct filter_labelled, eight bytes at a time: see TAIL. */
	__u64 network[3] = {
		two_words(32 + 128, family),
		two_words(from[0], from[1]),
		two_words(from[2], from[3]),
	};
	const __u32 *number = bpf_map_lookup_elem(labels, network);

	if (!number)
		return 0;
	return *number;
}

static __always_inline int labels_from(void *labels, struct flow_key *key)
{
	__u32 src = 0, dst = 0;

	if (config.fields & FIELD_SRC_LABEL)
		src = label_in(labels, key->family, key->saddr);
	if (config.fields & FIELD_DST_LABEL)
		dst = label_in(labels, key->family, key->daddr);
	LABELS(key) = two_words(src, dst);
	return 0;
}

/* Write the labels of a key whose addresses are whole. which: as in struct kernel_opening. A global
 * function: see rest() in end.h. */
__attribute__((noinline)) int write_labels(struct flow_key *key, __u32 which)
{
	if (!key)
		return 0;
	return which ? labels_from(&labels_b, key) : labels_from(&labels_a, key);
}

/* Which labels the keys of a table have; -1 on an error. */
static __always_inline int labels_of(void *rows)
{
	const struct kernel_opening *opening = own_row(rows, OWN_STARTS);

	if (!opening)
		return -1;
	return opening->labels != 0;
}

#endif
