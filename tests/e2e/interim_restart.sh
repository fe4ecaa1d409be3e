#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim, restarted ten times during one TCP transfer: the sum over all runs is what was
# carried while a ctagg ran, with both tables. The oracle is the connection's counters in
# conntrack -L at each start and stop.
. "$(dirname "$0")/lib.sh"

find_tables
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_events=1
host a 1
track
# What is dropped here is not seen by conntrack, whose hooks come later.
nft -f - <<-'N'
	table inet stop {
		chain in { type filter hook prerouting priority -300; }
		chain out { type filter hook output priority -300; }
	}
N
drop_all() {
	nft -f - <<-'N'
		add rule inet stop in tcp sport 7200 drop
		add rule inet stop out tcp dport 7200 drop
	N
}
pass_all() { nft flush table inet stop; }

# --- the transfer: bytes go to host a and come back
ip netns exec a ncat -k -l 7200 --exec /bin/cat &
wait_for listening a 7200
while [ ! -e over ]; do
	[ -e pause ] || head -c 20000 /dev/zero
	sleep 0.01
done | ncat 10.9.1.2 7200 >/dev/null &
transfer=$!
carried() {	# orig or reply; bytes so far
	conntrack -L -p tcp --orig-port-dst 7200 2>/dev/null | grep -o 'bytes=[0-9]*' |
		if [ "$1" = orig ]; then head -n 1; else tail -n 1; fi | awk -F= '{ n = $2 } END { print n + 0 }'
}
both() { echo $(($(carried orig) + $(carried reply))); }
has_gone_on() { [ "$(both)" -gt "$1" ]; }
let_pass() { wait_for has_gone_on $(($(both) + 200000)); }
# Nothing is under way, and nothing that could still be sent counts.
drained() {
	! { ss -Hnti 'dport = :7200'; ip netns exec a ss -Hnti 'sport = :7200'; } | grep -q 'unacked\|notsent'
}
stand_still() {
	touch pause
	wait_for drained
	drop_all
}
go_on() {
	pass_all
	rm pause
}

# --- a run
run=0
begin() {	# options
	pids=()
	run=$((run + 1))
	for table in $tables; do
		TABLE=$table start -o "out.$table.$run" --dport 7200 -w 100ms "$@"
		pids+=("$PID")
	done
}
# End every program: by a signal, or killed after its windows are written.
stop() {	# TERM or KILL
	local i=0 table windows_before
	for table in $tables; do
		PID=${pids[i++]}
		if [ "$1" = TERM ]; then
			finish
		else
			windows_before=$(windows "out.$table.$run")
			kill -USR2 "$PID"
			wait_for has_windows $((windows_before + 1)) "out.$table.$run"
			kill -KILL "$PID"
			wait "$PID" 2>/dev/null
		fi
		check_output "out.$table.$run"
		equal "$table: status" "$(jq -r 'select(.type == "window") | .status' "out.$table.$run" | sort -u)" ok
	done
}
# The sum of a field over all runs so far with this table.
sum() { cat "out.$2."* | jq -s "map(select(.type == \"window\") | .$1 // 0) | add"; }

# --- standing still at each start and stop: exactly what was carried
let_pass
orig=0 reply=0
for ((i = 0; i < 10; i++)); do
	stand_still
	[ $((i % 3)) != 0 ] || { go_on; let_pass; stand_still; }	# while no ctagg runs
	orig=$((orig - $(carried orig))) reply=$((reply - $(carried reply)))
	begin --interim
	go_on
	let_pass
	stand_still
	orig=$((orig + $(carried orig))) reply=$((reply + $(carried reply)))
	stop "$([ $((i % 2)) = 0 ] && echo TERM || echo KILL)"
	go_on
done
[ $orig -gt 1000000 ] || fail "only $orig bytes were carried"
for table in $tables; do
	equal "$table: bytes there" "$(sum orig_bytes "$table")" $orig
	equal "$table: bytes back" "$(sum reply_bytes "$table")" $reply
	equal "$table: starts and ends" "$(sum starts "$table") $(sum ends "$table")" "0 0"
done

# --- going on all the time: no more than was carried from before each start until after each
# stop, and no less than from `ready` until the signal
rm -f out.*
least=0 most=0
for ((i = 0; i < 5; i++)); do
	most=$((most - $(both)))
	begin --interim
	least=$((least - $(both)))
	let_pass
	least=$((least + $(both)))
	stop TERM
	most=$((most + $(both)))
done
for table in $tables; do
	bytes=$(($(sum orig_bytes "$table") + $(sum reply_bytes "$table")))
	[ $bytes -ge $least ] || fail "$table: $bytes bytes, at least $least were carried"
	[ $bytes -le $most ] || fail "$table: $bytes bytes, at most $most were carried"
done

# --- its end adds just the rest; with =all the first window has all that was carried before
rm -f out.*
stand_still
bytes=$(both)
begin --interim=all
stop TERM
for table in $tables; do
	equal "$table: all" $(($(sum orig_bytes "$table") + $(sum reply_bytes "$table"))) "$bytes"
done
rm -f out.*
begin --interim
start_oracle destroyed -e DESTROY -p tcp --orig-port-dst 7200
pass_all
touch over
wait $transfer
conntrack -D -p tcp --orig-port-dst 7200 >/dev/null 2>&1
wait_for oracle_has_read
end_oracle
stop TERM
ended=$(grep -o 'bytes=[0-9]*' destroyed | tr -dc '0-9\n' | awk '{ s += $1 } END { print s }')
for table in $tables; do
	equal "$table: the rest" $(($(sum orig_bytes "$table") + $(sum reply_bytes "$table"))) $((ended - bytes))
	equal "$table: one end" "$(sum ends "$table") $(sum uncounted_ends "$table")" "1 0"
done
