# Records of ctagg as Zeek's conn.log, with tabs: jq -n -r -f zeek-conn.jq FILE
# or as JSON: jq -n -c --arg format json -f zeek-conn.jq FILE
#
# The columns are those of Zeek's main branch (ip_proto is the newest), and five of ctagg's own behind
# them, as a script of Zeek would add them: Zeek has no word for packets that a rule dropped, nor for
# the number of connections in a line.
#
# A line of --events of the kind `end` is a connection, as a line of Zeek is. A line of a flow record is all
# connections of its key in the window: ts is the start of the window, and what differs from connection to
# connection is unset (id.orig_p, duration, conn_state). An `other` record has no addresses; leave it
# out where a reader insists on them: jq -c 'select(.type != "other")' FILE | jq -n -r -f zeek-conn.jq
# A key with src/24 leaves addresses unset, since a network is none.
#
# Starts of --events and all other records (window, rule, change, socket, check, loss) have no line: that
# a window is partial is not seen here. local_orig and local_resp are T at an address of this host and
# unset elsewhere: ctagg does not know the site's networks. jq 1.6 rounds integers above 2^53.
include "lib/record" {search: "./"};

def columns: [
	["ts", "time"], ["uid", "string"], ["id.orig_h", "addr"], ["id.orig_p", "port"], ["id.resp_h", "addr"], ["id.resp_p", "port"],
	["proto", "enum"], ["service", "string"], ["duration", "interval"], ["orig_bytes", "count"], ["resp_bytes", "count"],
	["conn_state", "string"], ["local_orig", "bool"], ["local_resp", "bool"], ["missed_bytes", "count"], ["history", "string"],
	["orig_pkts", "count"], ["orig_ip_bytes", "count"], ["resp_pkts", "count"], ["resp_ip_bytes", "count"],
	["tunnel_parents", "set[string]"], ["ip_proto", "count"],
	["ctagg_starts", "count"], ["ctagg_ends", "count"], ["ctagg_drops", "count"], ["ctagg_drop_bytes", "count"], ["ctagg_logged", "count"]];

def seconds: micros / 1000000;

# tcp, udp and icmp, of both IP versions, are all that Zeek has a name for.
def transport: {tcp: "tcp", udp: "udp", icmp: "icmp", icmpv6: "icmp"}[. // ""] // "unknown_transport";

# The state of a connection, where conntrack's is enough to know it. RST has no sender there, so
# the states that tell REJ, RSTO and RSTR apart stay unknown, as FIN of one side does.
def state:
	if .proto == "icmp" or .proto == "icmpv6" then "OTH"
	elif .replied == false then (if .proto == "tcp" and .tcp_state != "syn_sent" then null else "S0" end)
	elif .proto == "udp" then (if .replied then "SF" else null end)
	else {time_wait: "SF", last_ack: "SF", established: "S1", syn_sent: "S0"}[.tcp_state // ""] end;

# Own addresses are local to the network; whether those of others are is not known.
def local_end($here): if .direction == null then null elif [.direction] | inside($here) then true else null end;

# Of ICMP, Zeek's ports are type and code. A network is no address.
def connection: {
	"id.orig_h": (.src_ip | whole), "id.orig_p": (.src_port // .icmp_type),
	"id.resp_h": (.dst_ip | whole), "id.resp_p": (.dst_port // .icmp_code),
	proto: (.proto | transport), ip_proto: (.proto | protocol_number),
	local_orig: local_end(["out", "local"]), local_resp: local_end(["in", "local"]),
	orig_pkts: .orig_packets, orig_ip_bytes: .orig_bytes, resp_pkts: .reply_packets, resp_ip_bytes: .reply_bytes};

def of_flow: connection + {
	ts: (begins | seconds), uid: ("C" + (.id | gsub("-"; ""))),
	ctagg_starts: .starts, ctagg_ends: .ends, ctagg_drops: .drops, ctagg_drop_bytes: .drop_bytes, ctagg_logged: .logged};

def is($kind): if .kind == $kind then 1 else 0 end;
def of_event: connection + {
	ts: (.started // .time | seconds),
	uid: "C\((.started // .time) | micros)x\([.conntrack_id, .src_port, .dst_port | tostring] | join("x"))",
	duration: (if .started then ((.time | micros) - (.started | micros)) / 1000000 else null end),
	conn_state: (if .kind == "end" then state else null end),
	ctagg_starts: 0, ctagg_ends: is("end"), ctagg_drops: is("drop"),
	ctagg_drop_bytes: (if .kind == "drop" then .bytes else null end), ctagg_logged: is("logged")};

def tabbed: if . == null then "-" elif . == true then "T" elif . == false then "F" elif type == "number" then
	if . == floor then digits else tostring end else . end;
def seconds_of($column): if . != null and ($column[1] == "time" or $column[1] == "interval") then
	(. * 1000000 | round) as $us | "\($us / 1000000 | floor).\($us % 1000000 + 1000000 | tostring[1:])" else . end;

(if $ARGS.named.format == "json" then empty else
	"#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
	"#fields\t" + ([columns[][0]] | join("\t")), "#types\t" + ([columns[][1]] | join("\t")) end),
(inputs
	| if .type == "flow" or .type == "other" then of_flow
	elif .type == "event" and .kind != "start" then of_event
	else empty end
	| . as $line
	| if $ARGS.named.format == "json" then known
	else [columns[] as $column | $line[$column[0]] | seconds_of($column) | tabbed] | join("\t") end)
