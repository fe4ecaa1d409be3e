/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_MAPS_H
#define CTAGG_TABLE_BPF_MAPS_H

/* What the filter shares with user space: maps, constants, and a few variables. */

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "table/layout.h"

struct rows {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);		/* set before loading */
	__uint(key_size, FLOW_KEY_KERNEL_BYTES);
	__type(value, struct flow_sums_kernel);
} rows_a SEC(".maps"), rows_b SEC(".maps");

/* The table of the open window, rows_a or rows_b. An update of this map returns only when
 * no run of the filter uses the table that was here before (the kernel's
 * maybe_wait_bpf_programs()). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rows);
} window SEC(".maps") = {
	.values = { &rows_a },
};

/* From an address of this namespace to its enum kernel_address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u8[16]);
	__type(value, __u32);
} addresses SEC(".maps");

/* How many messages were passed on, and how many events were not selected: by enum
 * kernel_passed. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} passed SEC(".maps");

/* One slot, which holds the filter: stub() jumps there. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} program SEC(".maps");

/* The networks of --src, --dst and --addr. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_network);
	__type(value, __u32);
} networks SEC(".maps");

/* The networks that have labels, and the numbers that stand for their labels. The map that is not in
 * use is filled before a table begins to use it. */
struct labels {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);		/* set before loading */
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_labelled);
	__type(value, __u32);
} labels_a SEC(".maps"), labels_b SEC(".maps");

/* Written before the filter is loaded; then the verifier sees constants, and leaves out
 * the code that is not needed. */
const volatile struct flow_key own_keys[OWN_ROWS] = { 0 };
const volatile struct filter_config config = { .fields = FIELDS_DEFAULT };
const volatile __u64 sport_bits[PORT_WORDS] = { 0 };
const volatile __u64 dport_bits[PORT_WORDS] = { 0 };
const volatile __u64 port_bits[PORT_WORDS] = { 0 };

/* Written by user space while the filter runs. In .data: the tracing program has this map in common with the
 * filter, and a .bss of its own. */
struct kernel_clock clock SEC(".data") = { 0 };
__u64 address_bits[ADDRESS_WORDS] SEC(".data") = { 0 };

/* Written by read_clock() for user space. */
__u64 clock_reading SEC(".data") = 0;

#endif
