/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "sink/schema.h"

#define COUNT SCHEMA_COUNT, false
#define COUNT_OR_NULL SCHEMA_COUNT, true
#define PORT SCHEMA_PORT, false
#define PORT_OR_NULL SCHEMA_PORT, true
#define TEXT SCHEMA_TEXT, false
#define TEXT_OR_NULL SCHEMA_TEXT, true
#define TIME SCHEMA_TIME, false
#define WORD SCHEMA_WORD, false
#define CUT SCHEMA_TRUE, false
#define TRUTH SCHEMA_TRUTH, false

#define IN_BOTH (IN_EVENT | IN_LOSS)
#define TCP_STATES "none syn_sent syn_recv established fin_wait close_wait last_ack time_wait close syn_sent2"

/* As --events writes them; --read takes more: a time with any zone, and lines without fields that
 * have a default. */
const struct schema_field schema_event_fields[] = {
	{ "kind", WORD, IN_EVENT, IN_EVENT, "start end drop logged kernel_drop", "what happened" },
	{ "time", TIME, IN_BOTH, IN_BOTH, NULL, "when it happened; of a loss: a time in the second in which it was noticed" },
	{ "proto", TEXT_OR_NULL, IN_EVENT, IN_EVENT, NULL, "protocol: its name, or its number" },
	{ "src_ip", TEXT, IN_EVENT, IN_EVENT, NULL, "source of the original direction, before translation" },
	{ "src_port", PORT_OR_NULL, IN_EVENT, 0, NULL, "source port" },
	{ "dst_ip", TEXT, IN_EVENT, IN_EVENT, NULL, "destination of the original direction, before translation" },
	{ "dst_port", PORT_OR_NULL, IN_EVENT, 0, NULL, "destination port" },
	{ "icmp_type", PORT_OR_NULL, IN_EVENT, 0, NULL, "type of ICMP or ICMPv6" },
	{ "icmp_code", PORT_OR_NULL, IN_EVENT, 0, NULL, "code of ICMP or ICMPv6" },
	{ "reply_src_ip", TEXT, IN_EVENT, 0, NULL, "source of the replies, where something is translated" },
	{ "reply_src_port", PORT, IN_EVENT, 0, NULL, "source port of the replies" },
	{ "reply_dst_ip", TEXT, IN_EVENT, 0, NULL, "destination of the replies" },
	{ "reply_dst_port", PORT, IN_EVENT, 0, NULL, "destination port of the replies" },
	{ "direction", WORD, IN_EVENT, 0, "in out forward local", "seen from this network namespace" },
	{ "zone", PORT, IN_EVENT, 0, NULL, "zone of conntrack, original direction; absent: 0" },
	{ "mark", COUNT, IN_EVENT, 0, NULL, "mark of conntrack; absent: 0" },
	{ "conntrack_id", COUNT, IN_EVENT, 0, NULL, "the kernel's id of the connection" },
	{ "orig_packets", COUNT, IN_EVENT, 0, NULL, "packets from source to destination" },
	{ "orig_bytes", COUNT, IN_EVENT, 0, NULL, "their IP bytes" },
	{ "reply_packets", COUNT, IN_EVENT, 0, NULL, "packets from destination to source" },
	{ "reply_bytes", COUNT, IN_EVENT, 0, NULL, "their IP bytes" },
	{ "replied", TRUTH, IN_EVENT, 0, NULL, "of an end: whether a reply was seen" },
	{ "clash", TRUTH, IN_EVENT, 0, NULL, "of an end: the connection lost a race, and had no start" },
	{ "started", TIME, IN_EVENT, 0, NULL, "of an end: when the connection began" },
	{ "tcp_state", WORD, IN_EVENT, 0, TCP_STATES, "of an end: the state that TCP was in" },
	{ "log_prefix", TEXT, IN_EVENT, 0, NULL, "the prefix with which a rule logged the packet" },
	{ "rule", TEXT, IN_EVENT, 0, NULL, "the nftables rule: family/table/chain/handle" },
	{ "rule_cut", CUT, IN_EVENT, 0, NULL, "the rule's name was too long and has been cut" },
	{ "bytes", COUNT, IN_EVENT, 0, NULL, "IP bytes of the packet" },
	{ "drop_reason", TEXT, IN_EVENT, 0, NULL, "why the kernel dropped the packet, without SKB_DROP_REASON_" },
	{ "iif", TEXT_OR_NULL, IN_EVENT, 0, NULL, "interface that the packet came in by" },
	{ "oif", TEXT_OR_NULL, IN_EVENT, 0, NULL, "interface that the packet would have gone out by" },
	{ "netns", TEXT, IN_EVENT, 0, NULL, "with --netns=all: the network namespace" },
	{ "netns_cut", CUT, IN_EVENT, 0, NULL, "the name was too long and has been cut" },
	{ "src_label", TEXT, IN_EVENT, 0, NULL, "with --labels: the name of the network that the source is in" },
	{ "src_label_cut", CUT, IN_EVENT, 0, NULL, "the name was too long and has been cut" },
	{ "dst_label", TEXT, IN_EVENT, 0, NULL, "with --labels: the name of the network that the destination is in" },
	{ "dst_label_cut", CUT, IN_EVENT, 0, NULL, "the name was too long and has been cut" },
	{ "mark_label", TEXT, IN_EVENT, 0, NULL, "with --labels: the name of the mark" },
	{ "mark_label_cut", CUT, IN_EVENT, 0, NULL, "the name was too long and has been cut" },
	{ "lost_events", COUNT_OR_NULL, IN_LOSS, IN_LOSS, NULL, "events that the kernel could not deliver" },
	{ "lost_kernel_drops", COUNT_OR_NULL, IN_LOSS, 0, NULL, "packets that the kernel dropped and that are in no line" },
	{ "lost_drops", COUNT_OR_NULL, IN_LOSS, IN_LOSS, NULL, "logged packets that the kernel could not deliver" },
	{ 0 },
};
