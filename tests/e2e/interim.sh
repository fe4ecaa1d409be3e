#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim: what connections carry is counted while they live, and the sum over all
# windows is exactly what the kernel says at their end, with =all also of connections that
# began before ctagg. With both tables. The oracle is conntrack -E.
. "$(dirname "$0")/lib.sh"

transfer=${INTERIM_SECONDS:-60}
find_tables
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_events=1
host a 1
track
timeout $((transfer + 60)) ncat -k -l 7200 --exec /bin/cat &
wait_for listening "" 7200
# Bytes of all connections that have ended, both directions, by the oracle.
ended() { grep -o 'bytes=[0-9]*' destroyed | grep -o '[0-9]*' | awk '{ s += $1 } END { print s + 0 }'; }
counted() { echo $(($(total orig_bytes "$1") + $(total reply_bytes "$1"))); }

# --- a long transfer that began before, and one that begins meanwhile
trickle() { while [ ! -e stop ]; do head -c 20000 /dev/zero; sleep 0.2; done | ip netns exec a ncat 10.9.1.1 7200 >/dev/null; }
start_oracle destroyed -e DESTROY
trickle &
early=$!
tracked() { conntrack -L -p tcp 2>/dev/null | grep -q 'dport=7200.*ASSURED'; }
wait_for tracked
start_all --interim=all -w 5
trickle &
late=$!
sleep "$transfer"	# so long is what is tested
touch stop
wait $early $late
conntrack -D -p tcp >/dev/null 2>&1
both_ended() { [ "$(grep -c dport=7200 destroyed)" -ge 2 ]; }
wait_for both_ended
finish_all
end_oracle
for table in $tables; do
	out=out.$table
	equal "$table: bytes over all windows" "$(counted "$out")" "$(ended)"
	[ "$(jq -s 'map(select(.type == "flow" and .dst_port == 7200 and .orig_bytes > 0)) | length' "$out")" -ge $((transfer / 5)) ] ||
		fail "$table: not counted in every window"
	equal "$table: live meanwhile" "$(jq -s '[.[] | select(.type == "window") | .live] | max' "$out")" 2
	equal "$table: live in the end" "$(jq 'select(.type == "window") | .live' "$out" | tail -n 1)" 0
done

# --- reading the connection table in a race with starts and ends. Reading takes most of a
# window, because there are 15,000 other connections; the same 60 tuples are used again
# and again; and the table has room for two flows. Two levels: each counts everything.
conntrack -D >/dev/null 2>&1
gen --keys 15000 --events 15000 --live 15000 --proto tcp --hold
start_oracle destroyed -e DESTROY -p udp
start_all --interim -w 100ms,400ms -m 2
# Thirty rounds, or more: until many live connections have been seen.
seen_alive() { [ "$(total live "out.$1")" -gt 150000 ]; }
enough() { for table in $tables; do seen_alive "$table" || return; done; }
for ((i = 0; i < 1000; i++)); do
	[ $i -lt 30 ] || ! enough || break
	"$TOOLS/packets" --count 10000 --to 10.9.1.2 --port 6000 --ports 60 >/dev/null &
	sender=$!
	for ((j = 0; j < 4; j++)); do
		conntrack -D -p udp >/dev/null 2>&1
		wait_for oracle_has_read
	done
	wait $sender
done
conntrack -D -p udp >/dev/null 2>&1
wait_for oracle_has_read
finish_all
end_oracle
for table in $tables; do
	out=out.$table
	equal "$table: ends" "$(total ends "$out")" "$((2 * $(wc -l <destroyed)))"
	equal "$table: bytes over all windows" "$(counted "$out")" "$((2 * $(ended)))"
	[ "$(total live "$out")" -gt 150000 ] || fail "$table: not much was seen alive"
done
