# What a report has to say, from the lines that it is made of: jq -n -r -f view_report.jq FILE...
# (all windows of these files have one length). As report.py prints it: TABLE, CLASS, KEY, COLUMN,
# NUMBER. `-' is a number that no record has.
# --arg dport: of flows only those to this destination port.
def number: if . == null then "-" else tostring end;
# null where all are null; those that are known otherwise
def sum(f): map(f | values) | if . == [] then null else add end;
def both(f; g): map([f, g | values] | if . == [] then null else add end | values) | if . == [] then null else add end;

def traffic: [
	["Bytes", both(.orig_bytes; .reply_bytes)], ["Sent", sum(.orig_bytes)], ["Received", sum(.reply_bytes)],
	["Packets", both(.orig_packets; .reply_packets)], ["Starts", sum(.starts)], ["Ends", sum(.ends)],
	["Drops", sum(.drops)]
];
def failures: [
	["Never replied", sum(.unreplied)], ["Handshake not completed", sum(.tcp_unanswered)],
	["Reset", sum(.tcp_reset)], ["Of ends", sum(.ends)]
];
def drops: [["Drops", sum(.drops)], ["Bytes", sum(.drop_bytes)], ["Logged", sum(.logged)]];
def hosts: [
	["Windows", length], ["Events lost", sum(.lost_events)], ["Logged packets lost", sum(.lost_drops)],
	["Sent", sum(.orig_bytes)], ["Received", sum(.reply_bytes)], ["Packets", both(.orig_packets; .reply_packets)],
	["Starts", sum(.starts)], ["Ends", sum(.ends)], ["Drops", sum(.drops)]
];
def over_time: [["Windows", length], ["Sent", sum(.orig_bytes)], ["Received", sum(.reply_bytes)],
	["Starts", sum(.starts)], ["Drops", sum(.drops)]];

def lines($table; $class; $key): .[] | "\($table)\t\($class)\t\($key)\t\(.[0])\t\(.[1] | number)";
# A row for each group, one for all, and one for records of type other where there are any.
def rows($table; key; columns):
	(map(select(.type != "other")) | group_by(key)[] | (.[0] | key) as $key | columns | lines($table; "row"; $key)),
	(map(select(.type == "other")) | select(. != [])
		| columns | lines($table; "rest"; "Flows that ctagg folded (records of type other)")),
	(columns | lines($table; "sum"; "All"));

def port: if .dst_port then "\(.dst_port)/\(.proto)" elif .icmp_type then "\(.proto) type \(.icmp_type)" else .proto end;

# Destinations without a failure are in no row.
def failed:
	(rows("failed"; "\(.dst_ip) | \(port)"; failures) | select(contains("\trow\t") | not)),
		(map(select(.type != "other")) | group_by("\(.dst_ip) | \(port)")
			| map({key: (.[0] | "\(.dst_ip) | \(port)"), failures: failures, any: any(.[]; .unreplied + .tcp_unanswered + .tcp_reset > 0), records: .})
			| (.[] | select(.any) | .key as $key | .failures | lines("failed"; "row"; $key)),
				(map(select(.any | not)) | select(. != []) | map(.records) | add | failures | lines("failed"; "rest"; "more")));

[inputs] as $all
| ($all | map(select(.type == "flow" or .type == "other"))
	| if $ARGS.named.dport then map(select(.dst_port == ($ARGS.named.dport | tonumber))) else . end) as $flows
| ($all | map(select(.type == "window"))) as $windows
| ($flows | rows("sources"; .src_ip; traffic)),
	($flows | rows("destinations"; .dst_ip; traffic)),
	($flows | rows("ports"; port; traffic)),
	($flows | rows("labels"; "\(.src_label // "none") | \(.dst_label // "none")"; traffic)),
	($flows | rows("directions"; .direction; traffic)),
	($flows | failed),
	($all | map(select(.type == "rule")) | rows("rules";
		"\(.rule // "no single rule") | \(.log_prefix // "none") | \(.rule_comment // "none") | \(.host)"; drops)),
	($windows | rows("hosts"; .host; hosts)),
	# of a selection: the flows of each window
	($windows | group_by(.window_start)[] | .[0].window_start as $key | length as $n
		| if $ARGS.named.dport then $flows | map(select(.window_start == $key)) | over_time
			| map([.[0], if .[0] == "Windows" then $n else .[1] // 0 end])
		else over_time end
		| lines("traffic"; "row"; $key))
