#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-record(5) says of each field when it is absent or null, and its unit: what an entry does not
# call absent is in all records that this test can have written. tests/e2e/docs.sh compares names and
# types with --schema.
. "$(dirname "$0")/lib.sh"
page=$E2E/../../man/ctagg-record.5
host a 1
ip netns exec a ncat -k -l 8080 --exec /bin/cat >/dev/null 2>&1 &
wait_for listening a 8080
track
nft add rule inet track in udp dport 5000 log prefix '"x"' group 5 drop

holds() {	# section, jq: which records
	jq -c "select($2)" records >chosen
	[ -s chosen ] || fail "no records for $1"
	"$E2E/record_page.py" "$page" "$1" chosen >>broken
}
: >broken

# Two windows: one with TCP, a protocol without ports, drops, flows that were folded and no counters;
# and an empty one. The plainest command line, so that what an option brings is absent.
sysctl -qw net.netfilter.nf_conntrack_acct=0 net.netfilter.nf_conntrack_timestamp=0
TABLE="hash" start -w 1h -g 5 -t 3
for port in 8080 8081 8082; do
	ncat -w 1 10.9.1.2 $port </dev/null >/dev/null 2>&1
done
ip netns exec a ping -q -c 1 10.9.1.1 >/dev/null || fail "no ping"
ip netns exec a "$TOOLS/packets" --count 2 --to 10.9.1.1 --port 5000 >/dev/null
exec 5<>/dev/tcp/10.9.1.2/8080
conntrack -D >/dev/null 2>&1
close_window
finish
mv out records
# Windows of recorded events, and of drops alone, in the kernel's table where it can be had.
echo '{"kind":"start","time":"2026-11-21T01:00:03Z","proto":"tcp","src_ip":"10.0.0.7","src_port":1,"dst_ip":"192.0.2.10","dst_port":443}' |
	"$CTAGG" --read=- >>records || fail "--read"
start -w 1h -c 1 --no-align -g 5 --no-conntrack
close_window
wait "$PID"
cat out >>records
rm out
start -w 1h --interim
close_window
finish
jq -c 'select(.type == "window")' out >>records
for type in flow other rule window; do
	grep -q "^{\"type\":\"$type\"" records || fail "no $type record"
done
holds "ALL RECORDS" 'true'
holds COUNTERS '.type == "flow" or .type == "other" or .type == "window"'
holds "FLOW RECORDS" '.type == "flow"'
holds "OTHER RECORDS" '.type == "other"'
holds "RULE RECORDS" '.type == "rule"'
holds "WINDOW RECORDS" '.type == "window"'

# Sockets: one with a connection, and the sum of the others.
rm -f out
exec 6<>/dev/tcp/10.9.1.2/8080
start -w 1h --sockets=1 --no-conntrack
close_window
finish
mv out records
jq -e -s 'any(.[]; .type == "socket" and .folded_sockets)' records >/dev/null || fail "no sum of sockets"
holds "SOCKET RECORDS" '.type == "socket" and .cookie'

# Snapshots, and what has changed since.
"$CTAGG" --snapshot >records || fail "snapshot"
holds SNAPSHOTS '.type == "window"'
"$CTAGG" --snapshot --state state >/dev/null || fail "snapshot"
ncat -w 1 10.9.1.2 8082 </dev/null >/dev/null 2>&1
exec 5>&-
changes() {
	"$CTAGG" --snapshot --state state >records || fail "snapshot"
	grep -q '"type":"change"' records
}
wait_for changes
jq -c 'select(.type == "change")' records >changes
jq -c 'select(.type == "window")' records >totals
jq -c -s '.[0] + .[1]' changes totals >records	# the section has the fields of both
holds "CHANGE RECORDS" true

"$CTAGG" --check=json >records
holds "CHECK RECORDS" true

# Lines of events: a start, an end, a drop.
start --events -g 5
ncat -w 1 10.9.1.2 8081 </dev/null >/dev/null 2>&1
ip netns exec a "$TOOLS/packets" --count 2 --to 10.9.1.1 --port 5000 >/dev/null
conntrack -D >/dev/null 2>&1
has_kinds() { [ "$(jq -r .kind out | sort -u | wc -l)" = 3 ]; }
wait_for has_kinds
finish
mv out records
holds "EVENTS AS LINES" true

[ ! -s broken ] || fail "ctagg-record(5): $(cat broken)"
