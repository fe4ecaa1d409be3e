/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "sink/schema.h"

#define IN_FLOWS (IN_FLOW | IN_CHANGE)
#define IN_SUMS (IN_FLOW | IN_OTHER | IN_WINDOW)
#define IN_WINDOWS (IN_SUMS | IN_RULE | IN_SOCKET | IN_CHANGE)	/* of windows and of snapshots */
#define IN_ALL (IN_WINDOWS | IN_CHECK)	/* records; lines of events are in schema_event_fields.c */
#define IN_SNAPSHOT (IN_SUMS | IN_CHANGE)

#define COUNT SCHEMA_COUNT, false
#define COUNT_OR_NULL SCHEMA_COUNT, true
#define PORT SCHEMA_PORT, false
#define TEXT SCHEMA_TEXT, false
#define TEXT_OR_NULL SCHEMA_TEXT, true
#define TIME SCHEMA_TIME, false
#define WORD SCHEMA_WORD, false
#define CUT SCHEMA_TRUE, false
#define TRUTH SCHEMA_TRUTH, false
#define TRUTH_OR_NULL SCHEMA_TRUTH, true

#define DISTINCT(field)                                                                        \
	{ "distinct_" field, COUNT_OR_NULL, IN_SUMS, 0, NULL, "with --distinct: how many different values there were" }, \
	{ "distinct_" field "_error", COUNT, IN_SUMS, 0, NULL, "the number before is an estimate: the true one is within so many, in 997 of 1,000 cases" }

const struct schema_field schema_fields[] = {
	/* all records */
	{ "id", SCHEMA_ID, false, IN_ALL, IN_ALL, NULL, "unique; larger than the id of the line before" },
	{ "host", TEXT, IN_ALL, IN_ALL, NULL, "the host's name, or --host" },
	{ "run", TEXT, IN_ALL, IN_ALL, NULL, "the same in all records of one run" },
	{ "netns", TEXT, IN_ALL, 0, NULL, "with --netns, or as part of the key: the network namespace" },
	{ "netns_cut", CUT, IN_ALL, 0, NULL, "the name was too long and has been cut" },
	{ "window_ms", COUNT, IN_WINDOWS & ~IN_CHANGE, 0, NULL, "nominal length of the window, which tells levels apart; a snapshot has none" },
	{ "slot", TIME, IN_WINDOWS & ~IN_CHANGE, 0, NULL, "aligned start of the nominal window; a snapshot has none" },
	{ "window_start", TIME, IN_WINDOWS, IN_WINDOWS, NULL, "when the window began" },
	{ "window_end", TIME, IN_WINDOWS, IN_WINDOWS, NULL, "when the window ended" },

	/* a window */
	{ "seq", COUNT, IN_WINDOW, IN_WINDOW, NULL, "number of the window in its level, from 1" },
	{ "closed_by", WORD, IN_WINDOW, IN_WINDOW, "timer full stop signal clock gap", "why the window ended" },
	{ "status", WORD, IN_WINDOW, IN_WINDOW, "ok partial nodata", "whether the window has everything" },
	{ "records", COUNT, IN_WINDOW, IN_WINDOW, NULL, "lines of the window before this one" },

	/* a key */
	{ "change", WORD, IN_CHANGE, IN_CHANGE, "appeared vanished changed", "what has become of the flow since the last snapshot" },
	{ "direction", WORD, IN_FLOWS, 0, "in out forward local", "seen from this network namespace" },
	{ "proto", TEXT_OR_NULL, IN_FLOWS | IN_SOCKET, 0, NULL, "protocol: its name, or its number" },
	{ "src_ip", TEXT, IN_FLOWS, 0, NULL, "source of the original direction, or its network" },
	{ "src_port", PORT, IN_FLOWS, 0, NULL, "source port" },
	{ "dst_ip", TEXT, IN_FLOWS, 0, NULL, "destination of the original direction, or its network" },
	{ "dst_port", PORT, IN_FLOWS, 0, NULL, "destination port" },
	{ "icmp_type", PORT, IN_FLOWS, 0, NULL, "type of ICMP or ICMPv6" },
	{ "icmp_code", PORT, IN_FLOWS, 0, NULL, "code of ICMP or ICMPv6" },
	{ "nat_src_ip", TEXT, IN_FLOWS, 0, NULL, "the source after translation" },
	{ "nat_src_port", PORT, IN_FLOWS, 0, NULL, "the source port after translation" },
	{ "nat_dst_ip", TEXT, IN_FLOWS, 0, NULL, "the real destination" },
	{ "nat_dst_port", PORT, IN_FLOWS, 0, NULL, "the real destination port" },
	{ "zone", PORT, IN_FLOWS, 0, NULL, "zone of conntrack, original direction" },
	{ "mark", COUNT, IN_FLOWS, 0, NULL, "mark of conntrack; of mark/MASK in the key, the bits of MASK" },
	{ "drop_reason", TEXT, IN_FLOW, 0, NULL, "why the kernel dropped the packets (--kernel-drops), without SKB_DROP_REASON_" },
	{ "iif", TEXT_OR_NULL, IN_FLOW, 0, NULL, "interface that a logged packet came in by" },
	{ "oif", TEXT_OR_NULL, IN_FLOW, 0, NULL, "interface that a logged packet would have gone out by" },

	/* labels of networks and marks */
	{ "src_label", TEXT, IN_FLOWS, 0, NULL, "with --labels: the name of the network that the source is in" },
	{ "src_label_cut", CUT, IN_FLOWS, 0, NULL, "the name was too long and has been cut" },
	{ "dst_label", TEXT, IN_FLOWS, 0, NULL, "with --labels: the name of the network that the destination is in" },
	{ "dst_label_cut", CUT, IN_FLOWS, 0, NULL, "the name was too long and has been cut" },
	{ "mark_label", TEXT, IN_FLOWS, 0, NULL, "with --labels: the name of the mark" },
	{ "mark_label_cut", CUT, IN_FLOWS, 0, NULL, "the name was too long and has been cut" },

	/* rules */
	{ "log_prefix", TEXT_OR_NULL, IN_FLOW | IN_RULE, 0, NULL, "the prefix with which a rule logs" },
	{ "log_prefix_cut", CUT, IN_FLOW | IN_RULE, 0, NULL, "the prefix was too long and has been cut" },
	{ "rule", TEXT_OR_NULL, IN_FLOW | IN_RULE, IN_RULE, NULL, "the nftables rule: family/table/chain/handle" },
	{ "rule_cut", CUT, IN_FLOW | IN_RULE, 0, NULL, "the rule's name was too long and has been cut" },
	{ "rule_candidates", COUNT, IN_FLOW | IN_RULE, 0, NULL, "how many rules could be meant" },
	{ "rule_comment", TEXT, IN_FLOW | IN_RULE, 0, NULL, "the rule's comment" },
	{ "rule_comment_cut", CUT, IN_FLOW | IN_RULE, 0, NULL, "the comment was too long and has been cut" },
	{ "packets", COUNT, IN_RULE, 0, NULL, "with --rules: packets that the rule's counter has counted, all of them dropped" },
	{ "bytes", COUNT, IN_RULE, 0, NULL, "with --rules: their bytes" },
	{ "reset", CUT, IN_RULE, 0, NULL, "the counter was set back or the rule replaced, and packets from before are missing" },

	/* sockets */
	{ "local_ip", TEXT, IN_SOCKET, 0, NULL, "the socket's own address" },
	{ "local_port", PORT, IN_SOCKET, 0, NULL, "the socket's own port" },
	{ "peer_ip", TEXT, IN_SOCKET, 0, NULL, "the address that the socket is connected to" },
	{ "peer_port", PORT, IN_SOCKET, 0, NULL, "the port that the socket is connected to" },
	{ "local_label", TEXT, IN_SOCKET, 0, NULL, "with --labels: the name of the network that local_ip is in" },
	{ "local_label_cut", CUT, IN_SOCKET, 0, NULL, "the name was too long and has been cut" },
	{ "peer_label", TEXT, IN_SOCKET, 0, NULL, "with --labels: the name of the network that peer_ip is in" },
	{ "peer_label_cut", CUT, IN_SOCKET, 0, NULL, "the name was too long and has been cut" },
	{ "state", WORD, IN_SOCKET, 0, "established syn_sent fin_wait1 fin_wait2 close_wait last_ack closing", "the state of TCP when the socket was read last" },
	{ "uid", COUNT_OR_NULL, IN_SOCKET, 0, NULL, "the user who owns the socket" },
	{ "cgroup", TEXT_OR_NULL, IN_SOCKET, 0, NULL, "the path of the cgroup that the socket was made in" },
	{ "cgroup_cut", CUT, IN_SOCKET, 0, NULL, "the path was too long and has been cut" },
	{ "cookie", COUNT, IN_SOCKET, 0, NULL, "the kernel's number of the socket" },
	{ "rtt_us", COUNT_OR_NULL, IN_SOCKET, 0, NULL, "smoothed round-trip time in microseconds, when the socket was read last" },
	{ "folded_sockets", COUNT, IN_SOCKET, 0, NULL, "how many sockets are added up here" },
	{ "sent_bytes", COUNT, IN_SOCKET, IN_SOCKET, NULL, "bytes of data that were sent, repeated ones too" },
	{ "received_bytes", COUNT, IN_SOCKET, IN_SOCKET, NULL, "bytes of data that were received" },
	{ "retrans_segments", COUNT, IN_SOCKET, IN_SOCKET, NULL, "segments that were sent again" },
	{ "retrans_bytes", COUNT, IN_SOCKET, IN_SOCKET, NULL, "their bytes of data, which are in sent_bytes, too" },

	/* sums */
	{ "reason", WORD, IN_OTHER | IN_SOCKET, IN_OTHER, "table_full top", "why flows, or sockets, are added up here" },
	{ "folded_flows", COUNT, IN_OTHER, IN_OTHER, NULL, "how many flows have something in this record" },
	{ "starts", COUNT, IN_SUMS, 0, NULL, "connections that began" },
	{ "ends", COUNT, IN_SUMS, 0, NULL, "connections that conntrack forgot" },
	{ "drops", COUNT, IN_SUMS | IN_RULE, 0, NULL, "packets that rules logged and dropped" },
	{ "drop_bytes", COUNT_OR_NULL, IN_SUMS | IN_RULE, 0, NULL, "their IP bytes" },
	{ "unsized_drops", COUNT, IN_SUMS | IN_RULE, 0, NULL, "dropped packets whose length is unknown" },
	{ "logged", COUNT, IN_SUMS | IN_RULE, 0, NULL, "packets that rules logged and let go" },
	{ "kernel_drops", COUNT, IN_SUMS, 0, NULL, "with --kernel-drops: packets that the kernel dropped, logged or not; never in drops" },
	{ "live", COUNT, IN_SNAPSHOT, 0, NULL, "connections that are open" },
	{ "closing", COUNT, IN_SNAPSHOT, 0, NULL, "connections that TCP has closed, and that conntrack has not forgotten" },
	{ "unreplied", COUNT, IN_SNAPSHOT, 0, NULL, "of the ends, or of the connections of a snapshot: those that never saw a reply" },
	{ "tcp_unanswered", COUNT_OR_NULL, IN_SUMS, 0, NULL, "of the ends: those whose TCP handshake was not completed" },
	{ "tcp_closed", COUNT_OR_NULL, IN_SUMS, 0, NULL, "of the ends: those that TCP closed by FIN" },
	{ "tcp_reset", COUNT_OR_NULL, IN_SUMS, 0, NULL, "of the ends: those that TCP reset or refused" },
	{ "tcp_expired", COUNT_OR_NULL, IN_SUMS, 0, NULL, "of the ends: those that were open in TCP" },
	{ "orig_packets", COUNT_OR_NULL, IN_SNAPSHOT, 0, NULL, "packets from source to destination" },
	{ "orig_bytes", COUNT_OR_NULL, IN_SNAPSHOT, 0, NULL, "their IP bytes" },
	{ "reply_packets", COUNT_OR_NULL, IN_SNAPSHOT, 0, NULL, "packets from destination to source" },
	{ "reply_bytes", COUNT_OR_NULL, IN_SNAPSHOT, 0, NULL, "their IP bytes" },
	{ "uncounted_ends", COUNT, IN_SUMS, 0, NULL, "ends without counters" },
	{ "uncounted_live", COUNT, IN_SNAPSHOT, 0, NULL, "connections of a snapshot without counters" },
	DISTINCT("src"), DISTINCT("dst"), DISTINCT("sport"), DISTINCT("dport"), DISTINCT("proto"),
	DISTINCT("icmp"), DISTINCT("icmp_code"), DISTINCT("dir"), DISTINCT("nat_src"),
	DISTINCT("nat_sport"), DISTINCT("nat_dst"), DISTINCT("nat_dport"), DISTINCT("zone"),
	DISTINCT("mark"), DISTINCT("rule"), DISTINCT("iif"), DISTINCT("oif"),
	DISTINCT("src_label"), DISTINCT("dst_label"), DISTINCT("netns"), DISTINCT("drop_reason"),
	{ "previous_live", COUNT, IN_CHANGE, 0, NULL, "live in the last snapshot" },
	{ "previous_closing", COUNT, IN_CHANGE, 0, NULL, "closing in the last snapshot" },
	{ "previous_unreplied", COUNT, IN_CHANGE, 0, NULL, "unreplied in the last snapshot" },
	{ "previous_orig_packets", COUNT_OR_NULL, IN_CHANGE, 0, NULL, "orig_packets in the last snapshot" },
	{ "previous_orig_bytes", COUNT_OR_NULL, IN_CHANGE, 0, NULL, "orig_bytes in the last snapshot" },
	{ "previous_reply_packets", COUNT_OR_NULL, IN_CHANGE, 0, NULL, "reply_packets in the last snapshot" },
	{ "previous_reply_bytes", COUNT_OR_NULL, IN_CHANGE, 0, NULL, "reply_bytes in the last snapshot" },
	{ "previous_uncounted_live", COUNT, IN_CHANGE, 0, NULL, "uncounted_live in the last snapshot" },
	{ "duration_ms_sum", COUNT, IN_FLOW | IN_OTHER, 0, NULL, "how long the connections that ended had lasted, together" },
	{ "duration_ms_max", COUNT, IN_FLOW | IN_OTHER, 0, NULL, "how long the longest of them had lasted" },
	{ "first_seen", TIME, IN_FLOW | IN_OTHER, 0, NULL, "time of the first event" },
	{ "last_seen", TIME, IN_FLOW | IN_OTHER, 0, NULL, "time of the last event" },

	/* the rest of a window */
	{ "lost_events", COUNT_OR_NULL, IN_WINDOW, 0, NULL, "events that the kernel could not deliver" },
	{ "unwatched_netns", COUNT, IN_WINDOW, 0, NULL, "with --netns=all: in how many network namespaces the kernel makes no events" },
	{ "lost_events_max", COUNT, IN_WINDOW, 0, NULL, "how many lost_events are at most, where it is null" },
	{ "lost_drops", COUNT_OR_NULL, IN_WINDOW, 0, NULL, "logged packets that the kernel could not deliver" },
	{ "lost_kernel_drops", COUNT_OR_NULL, IN_WINDOW, 0, NULL, "with --kernel-drops: packets that the kernel dropped and that are not counted" },
	{ "odd_drops", COUNT, IN_WINDOW, 0, NULL, "logged or dropped packets that could not be read" },
	{ "truncated_drops", COUNT, IN_WINDOW, 0, NULL, "logged or dropped packets without their ports or types" },
	{ "engine", WORD, IN_WINDOW, 0, "bpf hash", "where events were counted" },
	{ "kernel_events", COUNT, IN_WINDOW, 0, NULL, "events counted inside the kernel" },
	{ "passed_events", COUNT, IN_WINDOW, 0, NULL, "events that were read" },
	{ "table_rows", COUNT, IN_WINDOW, 0, NULL, "flows in the table" },
	{ "table_capacity", COUNT, IN_WINDOW, 0, NULL, "flows that the table has room for" },
	{ "rotate_us", COUNT, IN_WINDOW, 0, NULL, "microseconds to begin a new table in the kernel" },
	{ "drain_us", COUNT, IN_WINDOW, 0, NULL, "microseconds to read the old one" },
	{ "max_error", COUNT, IN_WINDOW, IN_WINDOW, NULL, "how much of any one flow is in the other record, at most" },
	{ "max_error_counter", WORD, IN_WINDOW, IN_WINDOW, "events starts ends drops kernel_drops live bytes packets", "what max_error counts" },
	{ "late_ends", COUNT, IN_WINDOW, 0, NULL, "ends from before the window" },
	{ "late_events", COUNT, IN_WINDOW, 0, NULL, "events that were read from before the window" },
	{ "vanished", COUNT, IN_WINDOW, 0, NULL, "connections whose end did not come; in a snapshot with --state, flows that are gone" },
	{ "injected_starts", COUNT, IN_WINDOW, 0, NULL, "of the starts: those that a process caused, and no packet" },
	{ "clash_ends", COUNT, IN_WINDOW, 0, NULL, "of the ends: those of connections that lost a race, and had no start" },
	{ "unread_rules", COUNT, IN_WINDOW, 0, NULL, "with --rules: counters of rules that could not be read, because the rules are gone or change too fast" },
	{ "unread_sockets", COUNT, IN_WINDOW, 0, NULL, "with --sockets: sockets beyond --max-flows, of which nothing is counted" },
	{ "clock_step_ms", SCHEMA_SIGNED, false, IN_WINDOW, 0, NULL, "by how much the clock was set when the window began" },
	{ "unselected_events", COUNT, IN_WINDOW, 0, NULL, "events that the selection left out" },
	{ "undecoded_events", COUNT, IN_WINDOW, IN_WINDOW, NULL, "messages that could not be read" },
	{ "foreign_messages", COUNT, IN_WINDOW, 0, NULL, "messages that did not come from the kernel" },
	{ "reopens", COUNT, IN_WINDOW, 0, NULL, "how often the event socket was replaced" },
	{ "write_errors", COUNT, IN_WINDOW, 0, NULL, "failed attempts to write, since the start" },
	{ "dropped_windows", COUNT, IN_WINDOW, 0, NULL, "with --spool: windows removed for want of room since the last record" },
	{ "dropped_records", COUNT, IN_WINDOW, 0, NULL, "with --spool: the records of these windows" },
	{ "accounting", TRUTH_OR_NULL, IN_WINDOW, IN_WINDOW, NULL, "whether nf_conntrack_acct was on" },
	{ "timestamps", TRUTH_OR_NULL, IN_WINDOW, IN_WINDOW, NULL, "whether nf_conntrack_timestamp was on" },
	{ "kernel", SCHEMA_KERNEL, true, IN_WINDOW, 0, NULL, "what connection tracking in the kernel says of itself" },
	{ "flowtable_uncounted", CUT, IN_WINDOW, 0, NULL, "a flow table without counter let packets pass that nobody counts" },

	{ "version", TEXT, IN_WINDOW, IN_WINDOW, NULL, "version of ctagg" },
	{ "key", TEXT, IN_WINDOW, IN_WINDOW, NULL, "the fields of a flow, as --key gives them" },
	{ "key_cut", CUT, IN_WINDOW, 0, NULL, "the key was too long and has been cut" },
	{ "selection", TEXT, IN_WINDOW, IN_WINDOW, NULL, "digest of what is selected, the same for equal selections" },

	/* a snapshot's window */
	{ "duplicates", COUNT, IN_WINDOW, 0, NULL, "connections that the kernel showed twice" },
	{ "offloaded", COUNT, IN_WINDOW, 0, NULL, "connections that a flow table forwards" },
	{ "appeared", COUNT, IN_WINDOW, 0, NULL, "flows that are new since the last snapshot" },
	{ "changed", COUNT, IN_WINDOW, 0, NULL, "flows whose counters have moved since the last snapshot" },
	{ "unprinted_changes", COUNT, IN_WINDOW, 0, NULL, "changes that --changes left out" },
	{ "unchanged", TRUTH, IN_WINDOW, 0, NULL, "nothing has appeared, vanished or changed" },
	{ "sha256", TEXT, IN_WINDOW, 0, NULL, "of keys and counters of all flows" },
	{ "sha256_keys", TEXT, IN_WINDOW, 0, NULL, "of the keys of all flows" },

	/* --check=json */
	{ "severity", WORD, IN_CHECK, IN_CHECK, "error warning note", "how bad the cause is" },
	{ "cause", TEXT, IN_CHECK, IN_CHECK, NULL, "its name" },
	{ "text", TEXT, IN_CHECK, IN_CHECK, NULL, "what is wrong" },
	{ "text_cut", CUT, IN_CHECK, 0, NULL, "the text was too long and has been cut" },
	{ "command", TEXT_OR_NULL, IN_CHECK, IN_CHECK, NULL, "the command that mends it" },
	{ "command_cut", CUT, IN_CHECK, 0, NULL, "the command was too long and has been left out" },
	{ 0 },
};
