# The flows of the last window that carried most, for Prometheus, in its text format:
# jq -s -r -f prometheus.jq FILE >new && mv new /var/lib/prometheus/node-exporter/ctagg-top.prom
#
#   --argjson k 50    how many flows of each host (default 20, at most 1,000)
#   --arg by drops    which are the largest: bytes (default), packets, starts, ends, drops
#
# All other flows are added up in ctagg_rest_*: top and rest together are the window's sums. Of several
# window lengths the shortest is taken. All samples are gauges of one window: divide them by
# ctagg_top_window_seconds for a rate. A counter that is not known has no sample.
#
# The file has at most 8 k + 11 samples a host. But Prometheus keeps a series for each flow that has ever
# been among the k: choose a key that has few values, such as --key=dport,proto. prometheus.rules.yml records
# rates, and the ten flows that carried most in an hour.
include "lib/record" {search: "./"};

def k: $ARGS.named.k // 20 | if type == "number" and . == floor and . >= 1 and . <= 1000 then .
	else error("k is to be 1 to 1000, not \(.)") end;
def by: $ARGS.named.by // "bytes" | if IN("bytes", "packets", "starts", "ends", "drops") then .
	else error("by is to be bytes, packets, starts, ends or drops, not \(.)") end;

def key_fields: ["direction", "proto", "src_ip", "src_port", "dst_ip", "dst_port", "icmp_type", "icmp_code",
	"nat_src_ip", "nat_src_port", "nat_dst_ip", "nat_dst_port", "zone", "mark", "iif", "oif", "log_prefix", "rule",
	"src_label", "dst_label", "mark_label", "drop_reason"];
def counters: ["orig_bytes", "reply_bytes", "orig_packets", "reply_packets", "starts", "ends", "drops", "drop_bytes"];

def escaped: gsub("\\\\"; "\\\\") | gsub("\""; "\\\"") | gsub("\n"; "\\n");
def pair($name): if . == null then empty else "\($name)=\"\(if type == "number" then digits else escaped end)\"" end;
# Of the host: all its samples have them.
def host_labels: [(.host | pair("host")), (.netns | pair("netns")),
	(to_entries[] | select(.key | startswith("tag_")) | .key as $name | .value | pair($name))];
def flow_labels: [key_fields[] as $name | .[$name] | pair($name)];

def total: reduce .[] as $row ({}; reduce counters[] as $name (.; if $row[$name] == null then . else .[$name] += $row[$name] end));
def rank: {bytes: ((.orig_bytes // 0) + (.reply_bytes // 0)), packets: ((.orig_packets // 0) + (.reply_packets // 0)),
	starts: .starts, ends: .ends, drops: .drops}[by] // 0;

# The last windows, one a host and namespace; and of each {window, labels, top, rest}.
def windows:
	map(select(.type == "window")) | group_by([.host, .netns])[]
	| (map(.window_ms) | min) as $shortest | map(select(.window_ms == $shortest)) | max_by(.window_end);
def of_window($records): . as $window
	| [$records[] | select((.type == "flow" or .type == "other") and .run == $window.run and .host == $window.host
		and .netns == $window.netns and .window_ms == $window.window_ms and .window_start == $window.window_start)]
	# Flows whose labels are equal (a name is unknown, or was cut) would be one series twice.
	| (map(select(.type == "flow")) | group_by(flow_labels) | map({labels: (.[0] | flow_labels)} + total)
		| sort_by(-rank, .labels)) as $flows
	| {$window, labels: ($window | host_labels), top: $flows[:k],
		rest: ($flows[k:] + map(select(.type == "other")) | total)};

def braced: if . == [] then "" else "{" + join(",") + "}" end;
def number: if . == floor and . >= 0 then digits else tostring end;
def family($name; $help; samples):
	[samples | select(.value != null) | "\($name)\(.labels | braced) \(.value | number)"]
	| if . == [] then empty else "# HELP \($name) \($help)", "# TYPE \($name) gauge", .[] end;

# The families of two counters, or of one: the way of packets is a label.
def rows($all; $counter; $way; $of):
	$all[] | .labels as $host | if $of == "top" then .top[] else .rest + {labels: []} end
	| {labels: ($host + .labels + (if $way then ["way=\"\($way)\""] else [] end)), value: .[$counter]};
def of_flows($all; $of; $help):
	family("ctagg_\($of)_bytes"; "IP bytes \($help), source to destination (orig) and back (reply).";
		rows($all; "orig_bytes"; "orig"; $of), rows($all; "reply_bytes"; "reply"; $of)),
	family("ctagg_\($of)_packets"; "Packets \($help), source to destination (orig) and back (reply).";
		rows($all; "orig_packets"; "orig"; $of), rows($all; "reply_packets"; "reply"; $of)),
	family("ctagg_\($of)_starts"; "Connections that began \($help)."; rows($all; "starts"; null; $of)),
	family("ctagg_\($of)_ends"; "Connections that ended \($help)."; rows($all; "ends"; null; $of)),
	family("ctagg_\($of)_drops"; "Dropped packets \($help)."; rows($all; "drops"; null; $of)),
	family("ctagg_\($of)_drop_bytes"; "IP bytes of dropped packets \($help)."; rows($all; "drop_bytes"; null; $of));

. as $records | [windows | of_window($records)] as $all
| of_flows($all; "top"; "of the flows with most \(by) in the last window"),
of_flows($all; "rest"; "of all other flows of the last window"),
family("ctagg_top_window_seconds"; "How long the last window was.";
	$all[] | {labels, value: ((.window.window_end | micros) - (.window.window_start | micros) | . / 1000000)}),
family("ctagg_top_window_end_timestamp_seconds"; "When the last window ended."; $all[] | {labels, value: (.window.window_end | micros / 1000000)}),
family("ctagg_top_partial"; "1: something is missing in the last window."; $all[] | {labels, value: (if .window.status == "partial" then 1 else 0 end)})
