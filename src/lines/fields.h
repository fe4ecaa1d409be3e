/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_FIELDS_H
#define CTAGG_LINES_FIELDS_H

/* The fields of event lines and loss lines, in the order in which they are written, and the type
 * of each one's value (FLAT_* of json/flat.h). For the files of this room. */
#define LINE_FIELDS(X)             \
	X(type, STRING)            \
	X(schema, COUNT)           \
	X(kind, STRING)            \
	X(time, STRING)            \
	X(lost_events, COUNT)      \
	X(lost_drops, COUNT)       \
	X(lost_kernel_drops, COUNT) \
	X(proto, STRING)           \
	X(src_ip, STRING)          \
	X(src_port, COUNT)         \
	X(dst_ip, STRING)          \
	X(dst_port, COUNT)         \
	X(icmp_type, COUNT)        \
	X(icmp_code, COUNT)        \
	X(reply_src_ip, STRING)    \
	X(reply_src_port, COUNT)   \
	X(reply_dst_ip, STRING)    \
	X(reply_dst_port, COUNT)   \
	X(direction, STRING)       \
	X(zone, COUNT)             \
	X(mark, COUNT)             \
	X(conntrack_id, COUNT)     \
	X(orig_packets, COUNT)     \
	X(orig_bytes, COUNT)       \
	X(reply_packets, COUNT)    \
	X(reply_bytes, COUNT)      \
	X(replied, TRUTH)          \
	X(clash, TRUTH)            \
	X(started, STRING)         \
	X(tcp_state, STRING)       \
	X(log_prefix, STRING)      \
	X(rule, STRING)            \
	X(drop_reason, STRING)     \
	X(bytes, COUNT)            \
	X(iif, STRING)             \
	X(oif, STRING)

#define LINE_FIELD_NUMBER(name, type) FIELD_##name,
enum line_field { LINE_FIELDS(LINE_FIELD_NUMBER) LINE_N_FIELDS };
#undef LINE_FIELD_NUMBER

#endif
