#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots of a table with connections of every sort: conntrack -L is the oracle.
# And what they cost: 200,000 connections have to fit into 150 MB.
. "$(dirname "$0")/lib.sh"

sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
track
serve a 7200
snap() { "$CTAGG" --snapshot "$@" 2>err; }

snap >out || fail "status $?"
equal "an empty table" "$(jq -c '[.type, .status, .live, .records, .closed_by, .orig_bytes]' out | tail -n 1)" '["window","ok",0,0,"stop",null]'

for i in 1 2 3 4 5; do
	echo hello | ncat 10.9.1.2 7200 >/dev/null || fail "no exchange"
done
all_closed() { [ "$(conntrack -L -p tcp --state TIME_WAIT 2>/dev/null | wc -l)" = 5 ]; }
wait_for all_closed
ping -q -c2 10.9.1.2 >/dev/null
ping -q -c1 fd09:1::2 >/dev/null
"$TOOLS/packets" --count 3 --to 10.9.1.2 --port 5000 >/dev/null
# Connections that carry nothing more.
for i in 1 2 3; do
	conntrack -I -p udp -s 10.0.0.$i -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
done
snap >out || fail "status $?"
count() { conntrack -L 2>/dev/null | wc -l; }
listed_here() { echo $(($(total live) + $(total closing))); }
equal "connections" "$(listed_here)" "$(count)"
equal "kinds of lines" "$(jq -r .type out | sort -u | tr '\n' ' ')" "flow window "
for counter in live closing; do
	equal "$counter of the flows" "$(jq -s "map(select(.type == \"flow\").$counter) | add" out)" "$(total $counter)"
done
# The sum over all connections of one counter: original or reply, packets or bytes.
listed() {
	conntrack -L -o xml 2>/dev/null | sed 's/<meta/\n<meta/g' | grep "<meta direction=\"$1\"" |
		grep -o "<$2>[0-9]*" | grep -o '[0-9]*' | awk '{ s += $1 } END { print s + 0 }'
}
of_flows() { jq -s "map(select(.type == \"flow\").$1 // 0) | add" out; }
for counter in packets bytes; do
	equal "original $counter" "$(of_flows orig_$counter)" "$(listed original $counter)"
	equal "reply $counter" "$(of_flows reply_$counter)" "$(listed reply $counter)"
done
[ "$(listed reply bytes)" -gt 0 ] || fail "nothing was carried"
equal "exchanges" "$(jq -c 'select(.dst_port == 7200) | [.live, .closing, .unreplied, .direction]' out)" '[0,5,0,"out"]'
equal "without a reply" "$(jq -c 'select(.src_ip == "10.0.0.1") | [.live, .unreplied]' out)" '[1,1]'
# -o appends, and -m folds
snap -o file -m 1 || fail "status $?"
snap -o file || fail "status $?"
equal "two snapshots" "$(jq -s 'map(select(.type == "window")) | length' file)" 2
equal "folded" "$(jq -s -c 'map(select(.reason == "table_full"))[0] | .live + .closing' file)" "$(($(count) - $(jq -s 'map(select(.type == "flow"))[0] | .live + .closing' file)))"
equal "then it is partial" "$(jq -r 'select(.type == "window") | .status' file | tr '\n' ' ')" "partial ok "

"$CTAGG" --snapshot -g 5 >/dev/null 2>err && fail "--snapshot -g was taken"
grep -q -- '--nflog-group' err || fail "$(cat err)"

# --- many
sysctl -qw net.netfilter.nf_conntrack_max=400000 2>/dev/null
"$TOOLS/ctgen" --keys 50000 --live 200000 --events 200000 --hold >gen.out || fail "ctgen"
wanted=$(cat /proc/sys/net/netfilter/nf_conntrack_count)
[ "$wanted" -ge 200000 ] || fail "only $wanted connections"
(ulimit -v 153600; snap >out) || fail "more than 150 MB: $(cat err)"
equal "connections" "$(listed_here)" "$(cat /proc/sys/net/netfilter/nf_conntrack_count)"
[ "$(jq -s 'map(select(.type == "flow")) | length' out)" -ge 50000 ] || fail "flows"
