# SPDX-License-Identifier: GPL-2.0-or-later
# What holds for the whole of any output (jq -n -R -r). Prints what does not, or "ok".
def counters: ["starts", "ends", "drops", "unreplied", "uncounted_ends"];
def traffic: ["orig_packets", "orig_bytes", "reply_packets", "reply_bytes"];
def common: ["type", "schema", "id", "host", "window_start", "window_end"] + counters[:4] + traffic;
def key: "\(.type) \(.direction) \(.proto) \(.src_ip) \(.dst_ip) \(.dst_port) \(.icmp_type) \(.reason)";
def uuid7: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
def rfc3339: "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{6}Z$";

def problem($text): if (.problems | length) < 5 then .problems += [$text] else . end;
def must($holds; $text): if $holds then . else problem($text) end;

# of any line
def one($l):
	must(common | all(. as $f | $l | has($f)); "a field is missing: \($l)")
	| must($l.schema == 1; "schema: \($l)")
	| must($l.id | test(uuid7); "not an id: \($l.id)")
	| must($l.id > .id; "ids do not increase: \(.id) \($l.id)")
	| must([$l.window_start, $l.window_end, $l.first_seen // empty, $l.last_seen // empty]
		| all(test(rfc3339)); "not a time: \($l)")
	| must($l.window_start <= $l.window_end; "a negative window: \($l)")
	| must([$l[(counters + traffic)[]]] | all(. == null or (. >= 0 and floor == .)); "not a count: \($l)")
	| must(($l.ends == ($l.uncounted_ends // 0)) == ($l.orig_bytes == null)
		and ([$l[traffic[]] == null] | unique | length) == 1; "null where it is known, or a number where not: \($l)")
	| must(.start == null or ($l.window_start == .start and $l.window_end == .end);
		"bounds change in the middle of a window: \($l)")
	| .id = $l.id;

# of a flow, and of the rest that was folded
def row($l):
	($l | key) as $key
	| must(.seen[$key] | not; "twice in a window: \($l)")
	| must($l.starts + $l.ends > 0; "a record of nothing: \($l)")
	| must($l.first_seen <= $l.last_seen; "first_seen after last_seen: \($l)")
	| must($l.last_seen <= $l.window_end; "seen after its window: \($l)")
	# an end says when the connection ended, which can be long ago (kernel facts, K5)
	| must($l.duration_ms_max != null or $l.first_seen >= $l.window_start; "seen before its window: \($l)")
	| .seen[$key] = true
	| .folded += ($l.folded // 0)
	| .rows += 1
	| .start = $l.window_start
	| .end = $l.window_end
	| .longest = ([.longest, $l.duration_ms_max // 0] | max)
	| reduce (counters + traffic)[] as $f (.; if $l[$f] == null then . else .sum[$f] += $l[$f] end);

# of a window's own record, its last
def window($l):
	must($l.seq == .seq + 1; "seq \($l.seq) after \(.seq)")
	| must(.last_end == null or .last_end == $l.window_start; "a gap between windows: \(.last_end) \($l.window_start)")
	| must($l.records == .rows; "records: \($l.records), lines \(.rows)")
	| reduce (counters + traffic)[] as $f (.;
		must($l[$f] == .sum[$f] or ($l[$f] // 0) == 0 and (.sum[$f] // 0) == 0;
			"\($f) of window \($l.seq): \($l[$f]), of its records \(.sum[$f])"))
	| must(.longest == ($l.duration_ms_max // 0); "duration_ms_max: \($l.duration_ms_max), of its records \(.longest)")
	| must($l.closed_by | IN("timer", "stop", "signal"); "closed_by: \($l.closed_by)")
	| must(($l.status == "partial")
		== (.folded + $l.lost_events + $l.undecoded_events + $l.reopens > 0); "status: \($l)")
	| must($l.status != "nodata" or $l.starts + $l.ends == 0; "no data? \($l)")
	| must($l.lost_drops == 0 and $l.foreign_messages == 0 and $l.undecoded_events == 0; "never seen in these tests: \($l)")
	| must(.stopped | not; "a window after the last")
	| .stopped = ($l.closed_by == "stop")
	| .seq = $l.seq
	| .last_end = $l.window_end
	| .start = null | .end = null | .rows = 0 | .folded = 0 | .longest = 0 | .sum = {} | .seen = {};

reduce inputs as $line ({id: "", seq: 0, rows: 0, folded: 0, longest: 0, sum: {}, seen: {}, problems: []};
	($line | try fromjson catch null) as $l
	| if ($l | type) != "object" then problem("not an object: \($line)")
	  elif $l.type == "window" then one($l) | window($l)
	  elif $l.type == "flow" or $l.type == "other" then one($l) | row($l)
	  else problem("of no type: \($line)") end)
| must(.seq > 0; "no window at all")
| must(.rows == 0; "the last line is no window")
| if .problems == [] then "ok" else .problems[] end
