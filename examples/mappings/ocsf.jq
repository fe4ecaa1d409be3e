# Records of ctagg as events of OCSF's class Network Activity (4001): jq -c -f ocsf.jq FILE
#
# Attributes, types and values are those of OCSF 1.7.0. A flow record with traffic and drops becomes two
# events, with more where the kernel dropped packets (--kernel-drops) and where packets were logged and let go:
#   traffic  activity 6 Traffic; `out` is from source to destination
#   drops    activity 5 Refuse, profile security_control: action 2 Denied, disposition 2 Blocked
#   kernel_drops  as drops; with a list of reasons, for other causes than rules, too
#   logged   activity 6 Traffic, profile security_control: action 3 Observed, disposition 17 Logged
# What a snapshot holds is in cumulative_traffic. Lines of --events are 1 Open, 2 Close, 3 Reset (conntrack's
# state is close), 4 Fail (no reply), 5 Refuse (drop) and 6 Traffic (logged).
#
# Network Activity needs an endpoint with a name or an address: where the key has no address,
# src_endpoint.name is `several`. Records that are no network activity (window, rule, change, socket, check
# and loss) become base events (0), and all that they say is in `unmapped`; in there, too, is what a flow
# record says and OCSF has no attribute for. metadata.uid is the same in a repeated delivery.
# What is not known is absent. jq 1.6 rounds integers above 2^53.
include "lib/record" {search: "./"};

def version: "1.7.0";

# What has an attribute of its own is not in `unmapped`.
def mapped: ["type", "schema", "id", "host", "window_start", "window_end", "time",
	"src_ip", "src_port", "dst_ip", "dst_port", "nat_src_ip", "nat_src_port", "nat_dst_ip", "nat_dst_port",
	"reply_src_ip", "reply_src_port", "reply_dst_ip", "reply_dst_port", "proto", "direction",
	"log_prefix", "rule", "rule_comment"];
def packet_counters: ["orig_packets", "orig_bytes", "reply_packets", "reply_bytes", "drops", "drop_bytes", "kernel_drops", "logged", "bytes"];
def unmapped($names): without($names) | without_tags | known;
def tags: . as $record | [keys_unsorted[] | select(startswith("tag_")) | "\(.[4:])=\($record[.])"];

def metadata(profiles): {
	version: version, product: {name: "ctagg", vendor_name: "ctagg"}, uid: .id, log_name: ("ctagg." + .type),
	log_provider: .host, profiles: profiles, labels: tags} | known;

def event($class; $activity; $activity_name; profiles; $names):
	{
		class_uid: $class, category_uid: ($class / 1000 | floor),
		activity_id: $activity, activity_name: $activity_name, type_uid: ($class * 100 + $activity),
		severity_id: 1, severity: "Informational",
		time: (ends | millis), start_time: (begins | if . then millis else . end), end_time: (ends | millis),
		duration: (begins as $begins | if $begins then (ends | millis) - ($begins | millis) else null end),
		metadata: metadata(profiles), unmapped: unmapped($names)
	};
def class_names: . + if .class_uid == 4001
	then {class_name: "Network Activity", category_name: "Network Activity"}
	else {class_name: "Base Event", category_name: "Uncategorized"} end;

# A network has no attribute for its prefix: it is the endpoint's name.
def address: if whole then {ip: .} elif . then {name: .} else {} end;
def endpoint($ip; $port; $nat_ip; $nat_port):
	($ip | address) + {$port, proxy_endpoint: ($nat_ip | address | if . == {} then . else . + {port: $nat_port} | known end)} | known;
# A port alone is no endpoint.
def named: if . == {} or .ip or .name then . else . + {name: "several"} end;
def endpoints(nat_src; nat_src_port; nat_dst; nat_dst_port):
	{
		src_endpoint: (endpoint(.src_ip; .src_port; nat_src; nat_src_port) | named),
		dst_endpoint: (endpoint(.dst_ip; .dst_port; nat_dst; nat_dst_port) | named)
	} | if .src_endpoint == {} and .dst_endpoint == {} then .src_endpoint.name = "several" else . end;

def connection_info:
	({in: [1, "Inbound"], out: [2, "Outbound"], local: [4, "Local"], forward: [99, "forward"]}[.direction // ""]
		// [0, "Unknown"]) as [$id, $name]
	| {connection_info: ({direction_id: $id, direction: $name,
		protocol_name: (.proto | protocol_name), protocol_num: (.proto | protocol_number),
		protocol_ver_id: (family // 0), uid: (.conntrack_id | if . then digits else . end)} | known)};

# out: from source to destination; in: back.
def traffic: {packets_out: .orig_packets, packets_in: .reply_packets, packets: sum(.orig_packets; .reply_packets),
	bytes_out: .orig_bytes, bytes_in: .reply_bytes, bytes: sum(.orig_bytes; .reply_bytes)} | known;
def one_way($packets; $bytes): {packets_out: $packets, $packets, bytes_out: $bytes, $bytes} | known;

def rule: {firewall_rule: ({uid: .rule, name: .log_prefix, desc: .rule_comment} | known | if .uid or .name then . else {} end)};
def controlled(action; action_name; disposition; disposition_name): {
	action_id: action, action: action_name, disposition_id: disposition, disposition: disposition_name} + rule;

def connection_activity:
	if .type != "event" then [6, "Traffic"]
	elif .kind == "start" then [1, "Open"]
	elif .tcp_state == "close" then [3, "Reset"]
	elif .replied == false then [4, "Fail"]
	else [2, "Close"] end;

def of_connections:
	connection_activity as [$activity, $name]
	| event(4001; $activity; $name; []; mapped + packet_counters)
	+ (if .type == "event" then endpoints(.reply_dst_ip; .reply_dst_port; .reply_src_ip; .reply_src_port)
	else endpoints(.nat_src_ip; .nat_src_port; .nat_dst_ip; .nat_dst_port) end)
	+ connection_info
	+ if .type == "event" or has("starts") then {traffic: traffic} else {cumulative_traffic: traffic} end;

def of_packets($activity; $name; $packets; $bytes; control):
	event(4001; $activity; $name; ["security_control"]; mapped + packet_counters)
	+ endpoints(null; null; null; null) + connection_info + {traffic: one_way($packets; $bytes)} + control;

def base: event(0; 99; .type; []; ["schema", "id", "host", "window_start", "window_end", "time"])
	+ {message: .text, status_id: {ok: 1, partial: 2, nodata: 0}[.status // ""],
	status: {ok: "Success", partial: "Failure", nodata: "Unknown"}[.status // ""]};

if .type == "flow" or .type == "other" or .type == "event" then
	parts | .part as $part | .record
	| if $part == "traffic" then of_connections
	elif $part == "drops" then
		of_packets(5; "Refuse"; .drops // 1; .drop_bytes // .bytes; controlled(2; "Denied"; 2; "Blocked"))
	elif $part == "kernel_drops" then
		of_packets(5; "Refuse"; .kernel_drops // 1; .bytes; controlled(2; "Denied"; 2; "Blocked"))
	else of_packets(6; "Traffic"; .logged // 1; .bytes; controlled(3; "Observed"; 17; "Logged")) end
else base end
| class_names | known
