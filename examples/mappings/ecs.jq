# Records of ctagg as documents of the Elastic Common Schema: jq -c -f ecs.jq FILE
# Live: ctagg | jq -c --unbuffered -f /usr/share/doc/ctagg/examples/mappings/ecs.jq
#
# Fields, types and allowed values are those of ECS 8.11. A flow record with traffic and drops becomes
# two documents, with more where the kernel dropped packets (--kernel-drops) and where packets were logged
# and let go; event.type tells them apart by `denied` and `allowed`, event.action by `drop`, `kernel-drop`
# and `log`. Packets and bytes are in source.* and destination.*; bounds and duration are
# those of the window. All other records are documents of the kind metric: their counters repeat those
# of flows, and stay below ctagg.*, where everything is that ECS has no field for.
#
# event.id is the same in a repeated delivery: make it the _id of the document. What is not known is
# absent. jq 1.6 rounds integers above 2^53.
include "lib/record" {search: "./"};

def direction: {in: "ingress", out: "egress", forward: "unknown", local: "internal"}[. // ""];
def interface: {interface: ({name: .} | known)} | known;
def endpoint($ip; $port; $nat_ip; $nat_port; $packets; $bytes):
	{address: $ip, ip: ($ip | whole), $port, $packets, $bytes,
	nat: ({ip: ($nat_ip | whole), port: $nat_port} | known)} | known;

# What a document has in a field of ECS is not repeated below ctagg.
def mapped: ["type", "schema", "id", "host", "window_start", "window_end", "time", "version",
	"src_ip", "src_port", "dst_ip", "dst_port", "nat_src_ip", "nat_src_port", "nat_dst_ip", "nat_dst_port",
	"reply_src_ip", "reply_src_port", "reply_dst_ip", "reply_dst_port",
	"proto", "iif", "oif", "log_prefix", "rule", "rule_comment"];
def packet_counters: ["orig_packets", "orig_bytes", "reply_packets", "reply_bytes", "drops", "drop_bytes", "kernel_drops", "logged", "bytes"];
def tags: . as $record | reduce (keys_unsorted[] | select(startswith("tag_"))) as $tag ({}; .[$tag[4:]] = $record[$tag]);
def own($names): without($names) | without_tags | known;

# What all documents have; event is what is said of this one besides.
def document(event; $own):
	{
		"@timestamp": ends,
		ecs: {version: "8.11.0"},
		event: ({
			module: "ctagg", provider: "ctagg", dataset: ("ctagg." + .type),
			start: begins, end: ends,
			duration: (if begins == null then null else ((ends | micros) - (begins | micros)) * 1000 end)
		} + event | known),
		host: ({name: .host} | known),
		observer: ({vendor: "ctagg", product: "ctagg", version: .version, hostname: .host,
			ingress: (.iif | interface), egress: (.oif | interface)} | known),
		rule: ({id: .rule, name: .log_prefix, description: .rule_comment} | known),
		labels: tags,
		ctagg: $own
	};

def network($source; $destination):
	{
		$source, $destination,
		network: ({
			transport: (.proto | protocol_name), iana_number: (.proto | protocol_number | if . then tostring else . end),
			type: (family | if . then "ipv\(.)" else . end), direction: (.direction | direction),
			packets: sum($source.packets; $destination.packets), bytes: sum($source.bytes; $destination.bytes)
		} | known),
		related: ({ip: ([.src_ip, .dst_ip, .nat_src_ip, .nat_dst_ip | whole | values] | unique)} | known)
	};

# What an event of --events calls by the tuple of the replies is in records the translated end.
def translated: if .type == "event" then
	.nat_src_ip = .reply_dst_ip | .nat_src_port = .reply_dst_port
	| .nat_dst_ip = .reply_src_ip | .nat_dst_port = .reply_src_port else . end;

def connection_types: ["connection"]
	+ (if .kind == "start" or (.starts // 0) > 0 then ["start"] else [] end)
	+ (if .kind == "end" or (.ends // 0) > 0 then ["end"] else [] end);

# A snapshot says what the connection table holds; anything else is something that happened.
def traffic:
	document({kind: (if .type == "event" or has("starts") then "event" else "metric" end), id: .id,
		category: ["network"], type: connection_types, action: (.kind // "connections")}; own(mapped + packet_counters))
	+ (translated | network(
		endpoint(.src_ip; .src_port; .nat_src_ip; .nat_src_port; .orig_packets; .orig_bytes);
		endpoint(.dst_ip; .dst_port; .nat_dst_ip; .nat_dst_port; .reply_packets; .reply_bytes)));

def packets(type; action; packets; bytes):
	document({kind: "event", id: .id, category: ["network"], type: ["connection", type], action: action};
		own(mapped + packet_counters))
	+ network(endpoint(.src_ip; .src_port; null; null; packets; bytes);
		endpoint(.dst_ip; .dst_port; null; null; null; null));

def metric: document({kind: "metric", id: .id, category: ["network"], type: ["info"], action: .type, sequence: .seq,
	outcome: {ok: "success", partial: "failure", nodata: "unknown"}[.status // ""]}; own(mapped));

if .type == "flow" or .type == "other" or .type == "event" then
	parts | .part as $part | .record
	| if $part == "traffic" then traffic
	elif $part == "drops" then packets("denied"; "drop"; .drops // 1; .drop_bytes // .bytes)
	elif $part == "kernel_drops" then packets("denied"; "kernel-drop"; .kernel_drops // 1; .bytes)
	else packets("allowed"; "log"; .logged // 1; .bytes) end
elif .type == "check" then
	document({kind: "state", id: .id, category: ["configuration"], type: ["info"], action: .cause}; own(mapped + ["text"]))
	+ {message: .text, log: {level: .severity}}
else metric end
| known
