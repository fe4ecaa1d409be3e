#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): questions asked of the file that the service writes: which rule drops what, new
# destinations, port scans, failed connections, bandwidth of long transfers. The oracles are the counters
# of nft and conntrack(8).
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/truth-lib.sh"
install_all
sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
host b 2
track
serve a 8080
serve b 8080
file=/var/log/ctagg/ctagg.jsonl
mkdir -p /var/log/ctagg

# --- drops: by rules that log, by one that does not, and by one that nothing meets -------------------
nft -f - <<'N' || { echo "nft does not work here"; exit 77; }
table inet filter {
	chain in { type filter hook input priority 0
		udp dport 5000 counter log prefix "refused" group 5 drop comment "no service here"
		udp dport 23 counter drop comment "no telnet"
		udp dport 6000-6100 counter log prefix "scan" group 5 drop comment "scanned"
		udp dport 9999 counter drop
	}
}
N
drops() { nft -j list chain inet filter in | jq -c '.nftables[].rule // empty
	| {rule: "inet/filter/in/\(.handle)", comment, packets: (.expr[] | .counter // empty | .packets), port: .expr[0].match.right}'; }
start -w 1h --rules -g 5 -o $file
from_a() { ip netns exec a "$TOOLS/packets" "$@" --to 10.9.1.1 >/dev/null || fail "packets $*"; }
from_a --count 4 --port 5000
from_a --count 7 --port 23
from_a --count 30 --port 6000 --ports 30
ip netns exec b "$TOOLS/packets" --count 19 --to 10.9.2.1 --port 6000 --ports 19 >/dev/null || fail "packets"
finish
equal "packets dropped" "$(drops | jq -s 'map(.packets) | add')" 60
procedure "WHICH RULE DROPS WHAT"
types "jq -s -r 'map(select(.type == \"rule\" *"
sees 2
equal "by rule" "$(cat said)" "$(drops | jq -s -r 'map(select(.packets > 0)) | sort_by(-.packets)[] | [.packets, .rule, .comment] | @tsv')"
types "jq -s -r 'map(select(.type == \"flow\" and .drops > 0)) *"
sees 1
procedure_ends
equal "packets of rules that log" "$(awk '{ n += $1 } END { print n }' said)" \
	"$(drops | jq -s 'map(select(.port != 23)) | map(.packets) | add')"

# --- a scan: ports that answer with a reset, and those that rules drop ------------------------------
start -w 1h -o ended
start_oracle states -e DESTROY -p tcp
for port in {4000..4023}; do
	ip netns exec a ncat -z 10.9.1.1 "$port" 2>/dev/null
done
conntrack -D -p tcp >/dev/null 2>&1
has_ended() { [ "$(wc -l <states)" -ge 24 ]; }
wait_for has_ended
end_oracle
finish
cat ended >>$file
procedure "PORT SCANS"
types "jq -s -r -f /usr/share/doc/ctagg/examples/recipes/port-scan.jq *"
sees 1
equal "ports refused" "$(cat said)" "$(sed -nE 's/.* CLOSE src=([^ ]*) .*dport=([0-9]*) .*src=.*/\1 \2/p' states | sort -u |
	awk '{ n[$1]++ } END { for (s in n) if (n[s] >= 20) printf "%d ports of 1 hosts\t%s\n", n[s], s }')"
types "jq -s -r 'map(select(.type == \"flow\" and .drops > 0)) *"
sees 1
procedure_ends
# 30 and one more, which the rules have counted; the other host has tried 19.
equal "ports dropped" "$(cat said)" "31	10.9.1.2"

# --- who does not answer: a server that drops TCP, and UDP that nobody answers ------------------------
ip netns exec a nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 4100 drop; udp dport 5353 drop; }; }'
command rm $file
start -w 1h -o $file
start_oracle states -e DESTROY
clients=()
for _ in 1 2 3 4 5; do
	ncat -z -w 20 10.9.1.2 4100 2>/dev/null &
	clients+=($!)
done
"$TOOLS/packets" --count 3 --to 10.9.1.2 --port 5353 >/dev/null
echoed 10.9.1.2 100
waits() { [ "$(conntrack -L -p tcp --state SYN_SENT 2>/dev/null | wc -l)" = 5 ]; }
wait_for waits
conntrack -D >/dev/null 2>&1
kill "${clients[@]}"
has_ended() { [ "$(wc -l <states)" -ge 7 ]; }
wait_for has_ended
end_oracle
finish
connections_as_json <states >states.json
procedure "FAILED CONNECTIONS"
types "jq -s -r -f *failed-connections.jq *"
sees 2
equal "without a reply" "$(cat said)" "$(jq -s -r 'group_by([.dst, .dport, .proto]) | map({failed: (map(select(.unreplied)) | length), of: length} + .[0])
	| map(select(.failed > 0)) | sort_by(-.failed)[] | "\(.failed) of \(.of)\t\(.proto) \(.dst) port \(.dport)\tfrom 1 sources"' states.json)"
types "jq -s -r -f *dead-server.jq *"
sees 1
procedure_ends
equal "dead" "$(cat said)" "$(sed -nE 's/.* SYN_SENT .*dst=([^ ]*) .*dport=([0-9]*) .*src=.*/\1 port \2/p' states | sort | uniq -c |
	awk '$1 >= 5 { printf "%d failed\t%s %s %s\tfrom 1 sources\n", $1, $2, $3, $4 }')"

# --- yesterday's windows and today's ----------------------------------------------------------------
conntrack -F >/dev/null 2>&1
command rm $file
start -w 1h -o $file
start_oracle before -e NEW
echoed 10.9.1.2 100
end_oracle
finish
command mv $file $file.1
start -w 1h -o $file
start_oracle after -e NEW
echoed 10.9.1.2 100
echoed 10.9.2.2 100
end_oracle
finish
procedure "NEW DESTINATIONS"
types "destinations() *"
types "destinations /var/log/ctagg/ctagg.jsonl.1 >/var/log/ctagg/known"
types "destinations *"
sees 1
procedure_ends
named() { connections_as_json <"$1" | jq -r .dst | sort -u; }
equal "new destinations" "$(cat said)" "$(comm -13 <(named before) <(named after))"

# --- a transfer over three windows --------------------------------------------------------------------
conntrack -F >/dev/null 2>&1
command rm $file
touch out
start -w 60 --no-align --interim --dport=8080 -o $file
exec 7<>/dev/tcp/10.9.1.2/8080
bytes() { conntrack -L -p tcp --dport 8080 2>/dev/null | grep -oE 'bytes=[0-9]+' | cut -d= -f2 | paste -sd' '; }
echo 0 0 >carried
for size in 20000 15000 3000; do
	head -c $size /dev/zero >&7
	equal "echo" "$(timeout 60 head -c $size <&7 | wc -c)" $size
	settled() { was=$now; now=$(bytes); [ "$was" = "$now" ]; }
	now=
	wait_for settled
	echo "$now" >>carried
	kill -USR2 "$PID"
	wait_for has_windows $(($(wc -l <carried) - 1)) $file
done
finish
procedure "BANDWIDTH OF LONG TRANSFERS"
types "jq -r 'select(.type == \"flow\" and .dst_port == 8080 *"
sees 1
procedure_ends
awk 'NR > 1 { print "10.9.1.2", $1 - there, $2 - back, int(($1 - there + $2 - back) * 8 / 60000) } { there = $1; back = $2 }' carried |
	tr ' ' '\t' >wanted
cut -f 2- said | head -n 3 | diff wanted - >differ || fail "conntrack (<), windows (>): $(cat differ)"
