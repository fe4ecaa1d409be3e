/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_LAYOUT_H
#define CTAGG_TABLE_LAYOUT_H

#include "flow/sums.h"

/* What the filter in the kernel (bpf/agg.bpf.c) shares with the files of the kernel table. Both
 * are built from this header, which needs only linux/types.h. */

/* A row of the table: its key is the first bytes of a struct flow_key (filter_config.h says how
 * many), its value a struct flow_sums_kernel. Within a window every counter but first_ns only
 * ever grows. */

/* Besides its flows a table has two rows of its own. User space makes these rows before the
 * table is in use, so they speak of the same window as the flows. The first byte of their keys
 * is an enum own_row, and all other bytes are 0xff: no flow has this value as its family. */
#define OWN_ROWS 2
#define OWN_FAMILY 0xff

enum own_row {
	OWN_STARTS,	/* its value begins with a struct kernel_opening */
	OWN_COUNTS,	/* its value begins with a struct kernel_counts */
};

/* When the window of a table began, and when each level began that the window is a part of:
 * nanoseconds since 1970, the window first; 0 after the last level. */
#define KERNEL_STARTS 9

struct kernel_starts {
	__u64 ns[KERNEL_STARTS];
};

/* The value of the row OWN_STARTS.
 *
 * labels  which of the two maps labels_a (0) and labels_b (1) says what the labels in the keys of
 *         this table are: see table/kernel_labels.h
 */
struct kernel_opening {
	struct kernel_starts starts;
	__u64 labels;
};

/* What the filter counts besides the sums of flows.
 *
 * late   ends that were late: connections that stopped, by the kernel's time, before each
 *        time of struct kernel_starts
 * rows   the rows made for flows, with KERNEL_COUNT_ROWS; else 0
 * clash  ends of connections that had no start, after a clash
 */
struct kernel_counts {
	__u64 late[KERNEL_STARTS];
	__u64 rows, clash;
};
_Static_assert(sizeof(struct kernel_opening) <= sizeof(struct flow_sums_kernel) &&
	       sizeof(struct kernel_counts) <= sizeof(struct flow_sums_kernel), "values of rows");

/* A range of zones or marks that the filter selects: those whose bits of `mask` are a number from
 * first to last. See struct filter_config. */
struct filter_range {
	__u32 mask, first, last;
};

/* The lists of a selection. */
enum filter_select {
	SELECT_PROTO = 1,
	SELECT_SPORT = 2,
	SELECT_DPORT = 4,
	SELECT_DIR = 8,
	SELECT_SRC = 16,
	SELECT_DST = 32,
	SELECT_ZONE = 64,
	SELECT_MARK = 128,
	SELECT_PORT = 256,
	SELECT_ADDR = 512,
};

#define FILTER_RANGES 8

/* The key that the filter makes and the events that it selects. User space writes this before
 * it loads the filter, so that the verifier leaves out the code that is not needed. Masks are
 * in the order of memory; a mask of addresses is two words for IPv4 and two for IPv6. */
struct filter_config {
	__u32 fields;		/* a set of enum flow_field */
	__u32 masked;		/* the masks below matter */
	__u32 selects, inverted;	/* sets of enum filter_select */
	__u32 interim;		/* ends are passed on */
	__u32 count_rows;	/* in struct kernel_counts */
	__u64 tail_mask, wide_mask[2];	/* of what follows the addresses */
	__u64 src_mask[2][2], dst_mask[2][2], nat_src_mask[2][2], nat_dst_mask[2][2];
	/* One bit a value: 1 where the event is selected. An inverted list is inverted already. */
	__u64 protocols[4];
	__u64 directions;
	struct filter_range zones[FILTER_RANGES], marks[FILTER_RANGES];
	__u32 n_zones, n_marks;
	/* Of the tracing program: the network namespace that is counted (SO_NETNS_COOKIE), and
	 * whether all events are passed on. */
	__u64 netns_cookie;
	__u32 pass_all;
	__u32 netns_all;	/* of the tracing program: every namespace is counted */
};

/* One bit a port, 65536 bits: 1 where the event is selected. An inverted list is inverted
 * already. */
#define PORT_WORDS 1024

/* The key of the map `networks`, a trie of prefixes: list, family and address. */
struct filter_network {
	__u32 bits;		/* prefix length: 32 for list and family, and the address's */
	__u16 list;		/* SELECT_SRC, SELECT_DST or SELECT_ADDR */
	__u16 family;
	__u32 addr[4];
};

/* The key of the maps labels_a and labels_b, which are tries of networks that have labels. */
struct filter_labelled {
	__u32 bits;		/* prefix length: 32 for the family, and the address's */
	__u32 family;
	__u32 addr[4];
};

/* Why the filter passes a message on: the index in the map `passed`. */
enum kernel_passed {
	PASSED_LAYOUT,	/* no event, or a layout that the filter does not know */
	PASSED_FULL,	/* a new flow found no room */
	PASSED_ERROR,	/* the map refused the flow for another reason */
	PASSED_END,	/* an end, with --interim */
	PASSED_MANY,	/* the row of the event has a full word (FLOW_SUMS_FULL) */
	PASSED_NETNS,	/* the network namespace is not in the map `namespaces' */
	PASSED_REASONS,
	/* Counted in the same map: events that are not selected, and, by the tracing program,
	 * events that found no room in the ring buffer. */
	COUNTED_UNSELECTED = PASSED_REASONS,
	COUNTED_LOST,
	COUNTED_LEFT,	/* calls that its first program has left to the second one: see bpf/calls.h */
	COUNTED_NESTED,	/* calls that the second one has counted in place of the first one */
	COUNTERS,
};

/* What the map `addresses` says of an address of this namespace. */
enum kernel_address {
	ADDRESS_OURS,
	ADDRESS_BROADCAST,
};

/* The key of the map `netns_addresses`, and its value is an enum kernel_address: an address of a network
 * namespace. netns is the low half of the namespace's cookie, as in struct flow_key. */
struct netns_address {
	__u32 netns;
	__u32 addr[4];
};

#define KERNEL_MAX_NETNS 65536
#define KERNEL_MAX_NETNS_ADDRESSES 262144

/* What the map `namespaces` says of a network namespace, by the low half of its cookie. */
enum kernel_netns {
	NETNS_STRANGE,	/* nobody knows its addresses */
	NETNS_KNOWN,	/* all its addresses are in the map `netns_addresses` */
};

/* For each address in the map `addresses` or `netns_addresses`, its bit (address_bit()) is set. So an address whose
 * bit is clear is not in the map, and the filter need not look there. */
#define ADDRESS_BITS 4096
#define ADDRESS_WORDS (ADDRESS_BITS / 64)

/* The bit of an address, given as four words in network order. */
static inline __u32 address_bit(const __u32 addr[4])
{
	return (addr[0] ^ addr[1] ^ addr[2] ^ addr[3]) * 0x9e3779b1U >> 20;
}

static inline __u32 netns_address_bit(__u32 netns, const __u32 addr[4])
{
	return (netns ^ addr[0] ^ addr[1] ^ addr[2] ^ addr[3]) * 0x9e3779b1U >> 20;
}

/* What the filter needs to tell the time; user space writes this while the filter runs. */
struct kernel_clock {
	__u64 wall_minus_monotonic_ns;	/* added to bpf_ktime_get_ns() */
	__u64 not_before_ns;	/* when the newest window began */
	__u64 event_times;	/* events may carry the kernel's own time */
};

#endif
