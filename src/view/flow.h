/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_FLOW_H
#define CTAGG_VIEW_FLOW_H

#include <stdbool.h>
#include <stdint.h>

/* A flow or other record, as ctagg-view keeps it. */

/* The fields of a key: struct view_key's `has' has a bit for each one that the record has. */
enum view_field {
	VIEW_DIRECTION = 1 << 0,
	VIEW_PROTO = 1 << 1,
	VIEW_SRC = 1 << 2,
	VIEW_SPORT = 1 << 3,
	VIEW_DST = 1 << 4,
	VIEW_DPORT = 1 << 5,
	VIEW_ICMP_TYPE = 1 << 6,
	VIEW_ICMP_CODE = 1 << 7,
	VIEW_NAT_SRC = 1 << 8,
	VIEW_NAT_SPORT = 1 << 9,
	VIEW_NAT_DST = 1 << 10,
	VIEW_NAT_DPORT = 1 << 11,
	VIEW_ZONE = 1 << 12,
	VIEW_MARK = 1 << 13,
	VIEW_IIF = 1 << 14,
	VIEW_OIF = 1 << 15,
	VIEW_SRC_LABEL = 1 << 16,
	VIEW_DST_LABEL = 1 << 17,
	VIEW_MARK_LABEL = 1 << 18,
	VIEW_PREFIX = 1 << 19,
	VIEW_RULE = 1 << 20,
	VIEW_COMMENT = 1 << 21,
	VIEW_DROP_REASON = 1 << 22,
	VIEW_NETNS = 1 << 23,
};

/* What tells one flow from another, all hosts together. Two keys are one flow when every byte
 * matches: start from memory that is all 0. Numbers are in host order.
 *
 * has         enum view_field
 * src, dst,   network order; IPv4 is mapped (::ffff:a.b.c.d), see flow/address.h
 * nat_*
 * *_bits      the length of the prefix that the address stands for, of 128: 128 is one address. 0
 *             where the key has no such address
 * direction   enum flow_dir (flow/dir.h)
 * proto       IPPROTO_*
 * texts       of the others: numbers of texts of struct view_texts (view/texts.h). A text of a
 *             field that is null, as `rule' can be, has number 0 and its bit in `has'
 */
struct view_key {
	uint32_t has;
	uint8_t src[16], dst[16], nat_src[16], nat_dst[16];
	uint8_t src_bits, dst_bits, nat_src_bits, nat_dst_bits, direction, proto, pad[2];
	uint16_t sport, dport, nat_sport, nat_dport;
	uint8_t icmp_type, icmp_code;
	uint16_t zone;
	uint32_t mark;
	uint32_t iif, oif, src_label, dst_label, mark_label, prefix, rule, comment, drop_reason, netns;
};
_Static_assert(sizeof(struct view_key) == 132, "no hidden padding in a key that is hashed");

/* The counters of a record, X(name as in the record). */
#define VIEW_COUNTERS(X)   \
	X(starts)          \
	X(ends)            \
	X(drops)           \
	X(drop_bytes)      \
	X(logged)          \
	X(kernel_drops)    \
	X(live)            \
	X(closing)         \
	X(unreplied)       \
	X(tcp_unanswered)  \
	X(tcp_closed)      \
	X(tcp_reset)       \
	X(tcp_expired)     \
	X(orig_packets)    \
	X(orig_bytes)      \
	X(reply_packets)   \
	X(reply_bytes)     \
	X(uncounted_ends)  \
	X(duration_ms_sum) \
	X(duration_ms_max)
#define VIEW_COUNTER_NUMBER(name) VIEW_##name,
enum view_counter { VIEW_COUNTERS(VIEW_COUNTER_NUMBER) VIEW_N_COUNTERS };
#undef VIEW_COUNTER_NUMBER

/* The names of the counters in records, by enum view_counter. */
extern const char *const view_counter_names[VIEW_N_COUNTERS];

/* Counters that add up, but duration_ms_max, of which the larger one stays. Sums stop at
 * 2^63 - 1.
 *
 * known     a bit for each counter that the record has with a number: 1 << enum view_counter
 * unknown   a bit for each counter that the record has as null; of packets and bytes, when some of them
 *           are not known (view_traffic_unknown()). Of a sum over several records,
 *           both bits of a counter can be set: then the number is what is known, at least so much
 */
struct view_sums {
	uint64_t of[VIEW_N_COUNTERS];
	uint32_t known, unknown;
};

void view_sums_add(struct view_sums *to, const struct view_sums *from);

/* A bit for each counter of packets and bytes. */
#define VIEW_TRAFFIC                                                                            \
	(1u << VIEW_orig_packets | 1u << VIEW_orig_bytes | 1u << VIEW_reply_packets |            \
	 1u << VIEW_reply_bytes)

/* Whether packets and bytes are not known, or not all of them, by the counters of one record, of which
 * `unknown' are null. Null is no unknown number where there was nothing to count: without an end and an
 * open connection, as where a rule only dropped packets. And a number is only a part where
 * uncounted_ends says that some of the ends had none. */
bool view_traffic_unknown(const struct view_sums *sums);

/* other         the record is of type other: no key, and folded_flows flows are in it
 * table_full    of those: the flows were folded for want of room, not by --top
 */
struct view_flow {
	struct view_key key;
	bool other, table_full;
	uint64_t folded_flows;
	struct view_sums sums;
};

#endif
