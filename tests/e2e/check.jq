# SPDX-License-Identifier: GPL-2.0-or-later
# What holds for every output as a whole (jq -s). Prints "ok", or what does not hold.
def packets: "drops", "drop_bytes", "unsized_drops", "logged";
def counters: ["starts", "ends", packets, "unreplied", "live", "closing", "orig_packets", "orig_bytes",
	"reply_packets", "reply_bytes", "uncounted_ends"];
def windows: map(select(.type == "window"));
def levels: group_by(.window_ms)[];
def rule: [.log_prefix, .rule, .rule_comment, .rule_candidates];
def pairs: [.[:-1], .[1:]] | transpose[];

[
	(if length == 0 then "no line at all" else empty end),
	(if .[-1].type != "window" then "the last line is no window" else empty end),
	(.[] | select(.schema != 1) | "schema: \(.)"),
	([.[].id] | pairs | select(.[0] >= .[1]) | "ids do not increase: \(.)"),
	(windows | levels | pairs | select((.[0].closed_by == "clock") != (.[1].clock_step_ms != null))
		| "a step that one window states and the other does not: \(.[0].window_end) \(.[1].window_start)"),
	(windows | levels | pairs | select(.[0].window_end != .[1].window_start and .[0].closed_by != "clock")
		| "a gap between windows: \(.[0].window_end) \(.[1].window_start)"),
	(windows | levels | pairs | select(.[0].seq + 1 != .[1].seq) | "seq: \(.[0].seq) \(.[1].seq)"),
	(.[] | select(.window_end < .window_start) | "a negative window: \(.id)"),
	(.[] | select(has("drop_bytes")) | select((.drops > 0 and .drops == (.unsized_drops // 0)) != (.drop_bytes == null)
			or .unsized_drops == 0 or (.unsized_drops // 0) > .drops)
		| "drop_bytes: \([.drops, .drop_bytes, .unsized_drops])"),
	(.[] | select(.first_seen and .first_seen > .last_seen) | "first_seen after last_seen: \(.id)"),
	(.[] | select(.type == "flow" and .timestamps != true and .duration_ms_sum == null)
		| select(.first_seen < .window_start or .last_seen > .window_end)
		| "seen outside its window: \(.)"),
	(group_by([.window_ms, .window_start, .window_end])[]
		| (map(select(.type == "window")) | .[0]) as $w
		| map(select(.type != "window")) as $lines
		| ($lines | map(select(.type != "rule"))) as $r
		| ($lines | map(select(.type == "rule"))) as $rules
		| (if $w.records != ($lines | length) then "records: \($w.records), lines \($lines | length)" else empty end),
		  (counters[] as $c
			| ([$r[][$c] // 0] | add // 0) as $sum
			| select(($w[$c] // 0) != $sum)
			| "\($c) of window \($w.seq): \($w[$c]), its records \($sum)"),
		  (packets as $c | ([$rules[][$c] // 0] | add // 0) as $sum
			| select($sum != ($w[$c] // 0)) | "\($c) of window \($w.seq): \($w[$c]), its rules \($sum)"),
		  (if any($r[]; .type != "flow" or (has("log_prefix") | not) and .drops + .logged > 0) then empty else
			($rules + $r | map(select(has("log_prefix"))) | group_by(rule))[]
			| packets as $c
			| [(map(select(.type == "rule")), map(select(.type == "flow"))) | map(.[$c] // 0) | add // 0]
			| select(.[0] != .[1]) | "\($c) of a rule: \(.[0]), its flows: \(.[1])" end),
		  (if $lines | map(.type == "rule") | . != sort then "a rule before a flow" else empty end),
		  ($lines | group_by([.direction, .proto, .src_ip, .src_port, .dst_ip, .dst_port, .icmp_type, .icmp_code,
			.nat_src_ip, .nat_src_port, .nat_dst_ip, .nat_dst_port, .zone, .mark, has("iif"), .iif, has("oif"), .oif, .reason,
			.type, rule])[]
			| select(length > 1) | "a flow twice: \(.[0])"))
] | if length == 0 then "ok" else .[:5][], error("see above") end
