#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --events: each event of conntrack and each logged packet is one line, with what conntrack(8), nft
# and the generator say of it; and nothing else is written.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

track
host a 1
drop_udp "dropped: here"
nft add rule inet filter input udp dport 5001 log prefix '"let-go"' group 6
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
lines() { jq -c "select($1)" "${2:-out}" | wc -l; }
has_lines() { [ "$(lines "$1")" = "$2" ]; }

# --- connections: the oracle has the same events, in the same order
start_oracle oracle.out -e NEW,DESTROY -o id
start --events
serve a 5999
for word in one two; do
	echo $word | ncat 10.9.1.2 5999 >/dev/null || fail "no answer"
done
ping -q -c 2 10.9.1.2 >/dev/null
ping -q -c 1 fd09:1::2 >/dev/null
made=0
for _ in {1..10}; do	# so small that conntrack(8), which has a small buffer, loses nothing
	gen --keys 50 --events 100 --proto tcp
	made=$((made + $(did created) + $(did deleted)))
	wait_for oracle_has_read
done
end_oracle
conntrack -F 2>/dev/null
finish
# kind protocol source destination ports-or-types id (the id of ICMP stands before the connection's)
jq -r '[if .kind == "start" then "NEW" else "DESTROY" end, .proto, .src_ip, .dst_ip,
	.src_port // .icmp_type, .dst_port // .icmp_code, .conntrack_id] | join(" ")' out >written
awk '{
	split("", f)
	for (i = 1; i <= NF; i++)
		if (split($i, part, "=") == 2 && (part[1] == "id" || !(part[1] in f))) f[part[1]] = part[2]
	for (i = 1; i <= NF; i++)
		if ($i ~ /^\[/) { kind = $i; gsub(/[][]/, "", kind); proto = $(i + 1); break }
	sub("icmpv6", "ipv6-icmp", proto)
	first = "type" in f ? f["type"] : f["sport"]; second = "code" in f ? f["code"] : f["dport"]
	print kind, proto, f["src"], f["dst"], first, second, f["id"]
}' oracle.out >expected
[ "$(wc -l <expected)" -ge 1000 ] || fail "the oracle has $(wc -l <expected) lines"
head -n "$(wc -l <expected)" written | sed 's/ icmpv6 / ipv6-icmp /' | diff - expected >differ ||
	fail "--events (<) and conntrack -E (>): $(head differ)"
equal "events of ctgen" "$(grep -c ' 198\.18\.' written)" "$made"
equal "lines of other types" "$(lines '.type != "event"')" 0
equal "answered TCP" "$(jq -c 'select(.kind == "end" and .dst_port == 5999) | [.direction, .replied, .started <= .time, .reply_packets > 0]' out | sort -u)" \
	'["out",true,true,true]'

# --- packets: what the rules counted, with the rule
rm out
start --events --no-conntrack -g 5,6=accept
send_from_a 300 5000
send_from_a 20 5001
wait_for has_lines '.kind == "drop"' 300
wait_for has_lines '.kind == "logged"' 20
finish
equal "drops" "$(lines '.kind == "drop"')" "$(counted inet filter dropped)"
handle=$(handle_of input 'dport 5000')
equal "a drop" "$(jq -c 'select(.kind == "drop") | [.proto, .src_ip, .dst_ip, .dst_port, .direction, .log_prefix, .rule, .iif]' out | sort -u)" \
	"[\"udp\",\"10.9.1.2\",\"10.9.1.1\",5000,\"in\",\"dropped: here\",\"inet/filter/input/$handle\",\"to-a\"]"
equal "a logged packet" "$(jq -r 'select(.kind == "logged") | .log_prefix' out | sort -u)" let-go
equal "all lines" "$(wc -l <out)" 320

# --- a selection, a file, and a file of another name
rm out
start --events -o file --proto udp --dport 5999
udp_to() { "$TOOLS/packets" --count 1 --to 10.9.1.2 --port "$1" >/dev/null; }
udp_to 5998
udp_to 5999
wait_for grep -q 5999 file
mv file file.1
kill -HUP "$PID"
again() { udp_to 5999; [ -s file ]; }
wait_for again
finish
equal "selected" "$(jq -c '[.proto, .dst_port]' file file.1 | sort -u)" '["udp",5999]'
[ ! -s out ] || fail "something on standard output"
