# One plain sentence about a record, for examples/demo.sh: jq -r -f demo.jq FILE
def count(word): "\(. // 0) \(word)\(if . == 1 then "" else "s" end)";
def whom: "\(.proto) from \(.src_ip) to \(.dst_ip)\(if .dst_port then " port \(.dst_port)" else "" end)";
def rule: "rule \(.rule // "(one of several)") (\(.rule_comment // .log_prefix))";
# Unknown bytes are null, never 0.
def carried:
	if .orig_bytes == null then "bytes are not known"
	elif .orig_bytes + .reply_bytes == 0 then "no further bytes"
	else "\(.orig_bytes) bytes there, \(.reply_bytes) back" end;
def now: [
	(select(.live > 0) | "\(.live) open"),
	(select(.closing > 0) | "\(.closing) closed but not yet forgotten")
] | if . == [] then "" else ", now \(join(" and "))" end;

"demo: ^ " + (
	if .type == "flow" and has("starts") == false then
		"\(whom): \(.live | count("connection")) in the table; \(carried) so far."
	elif .type == "flow" and .drops > 0 then
		"\(whom): \(.drops | count("packet")) dropped, \(.drop_bytes) bytes, by \(rule)."
	elif .type == "flow" then
		"\(whom): \(.starts | count("connection")) began, \(.ends) ended\(now); \(carried)."
	elif .type == "rule" then
		"In all, \(rule) dropped \(.drops | count("packet"))."
	elif has("starts") then
		"The window in all: \(.starts) began, \(.ends) ended; \(carried); \(.drops) dropped; \(.lost_events | count("event")) lost, status \(.status)."
	else
		"The snapshot in all: \(.live | count("connection")); \(carried) so far; status \(.status)."
	end)
