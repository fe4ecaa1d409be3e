# SPDX-License-Identifier: GPL-2.0-or-later
# What holds for the whole of any output (jq -s). Prints what does not.
def counters: ["starts", "ends", "drops", "logged", "unreplied", "live", "orig_packets", "orig_bytes",
	"reply_packets", "reply_bytes", "uncounted_ends"];
def windows: map(select(.type == "window"));
def levels: group_by(.level)[];
def pairs: [.[:-1], .[1:]] | transpose[];

[
	(if length == 0 then "no line at all" else empty end),
	(if .[-1].type != "window" then "the last line is no window" else empty end),
	(.[] | select(.schema != 1) | "schema: \(.)"),
	([.[].id] | pairs | select(.[0] >= .[1]) | "ids do not increase: \(.)"),
	(windows | levels | pairs | select(.[0].window_end != .[1].window_start)
		| "a gap between windows: \(.[0].window_end) \(.[1].window_start)"),
	(windows | levels | pairs | select(.[0].seq + 1 != .[1].seq) | "seq: \(.[0].seq) \(.[1].seq)"),
	(.[] | select(.window_end < .window_start) | "a negative window: \(.id)"),
	(.[] | select(.first_seen and .first_seen > .last_seen) | "first_seen after last_seen: \(.id)"),
	(.[] | select(.type == "flow" and .timestamps != true and .duration_ms_sum == null)
		| select(.first_seen < .window_start or .last_seen > .window_end)
		| "seen outside its window: \(.)"),
	(group_by([.level, .window_start, .window_end])[]
		| (map(select(.type == "window")) | .[0]) as $w
		| map(select(.type != "window")) as $r
		| (if $w.records != ($r | length) then "records: \($w.records), lines \($r | length)" else empty end),
		  (counters[] as $c
			| ([$r[][$c] // 0] | add // 0) as $sum
			| select(($w[$c] // 0) != $sum)
			| "\($c) of window \($w.seq): \($w[$c]), its records \($sum)"),
		  (if $w.rules == null or $w.rules_left_out then empty else
			("drops", "logged") as $c | ([$w.rules[][$c]] | add // 0) as $sum
			| select($sum != $w[$c]) | "\($c) of window \($w.seq): \($w[$c]), its rules \($sum)" end),
		  ($r | group_by([.direction, .proto, .src_ip, .src_port, .dst_ip, .dst_port, .icmp_type, .icmp_code,
			.nat_src_ip, .nat_src_port, .nat_dst_ip, .nat_dst_port, .zone, .mark, .reason,
			.drop_prefix, .rule, .rules, .type])[]
			| select(length > 1) | "a flow twice: \(.[0])"))
] | if length == 0 then "ok" else .[:5][], error("see above") end
