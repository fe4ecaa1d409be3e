#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The world changes under ctagg: the ruleset is flushed while -g auto and --rules run, and loaded again; the network namespace
# that it watches loses its name; and there is no memory for a kernel table, by a memory cgroup where one can be made, and
# everywhere by tests/tools/refuse.so. The oracles are what was sent, ctgen and the exit status.
. "$(dirname "$0")/lib.sh"

rules() {
	nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
		table inet filter {
			chain input {
				type filter hook input priority 0
				udp dport 5000-5009 counter log prefix "gone" group 5 drop
			}
		}
	N
}
send() { "$TOOLS/packets" --count "$1" --to 127.0.0.1 --port 5000 --ports 10 >/dev/null; }
drops() { [ "$(($(total drops) + $(total lost_drops)))" -ge "$1" ]; }
sees() { close_window; drops "$1"; }

# --- the ruleset is flushed, many times
rules
start -w 1h --no-conntrack -g auto --rules
send 100
wait_for sees 100
for ((i = 0; i < 20; i++)); do
	nft flush ruleset || fail "nft flush ruleset"
	[ $((i % 4)) != 0 ] || close_window
	rules
done
nft flush ruleset
send 100	# no rule: let go
rules
send 70
wait_for sees 170
finish
check_output
equal "drops" "$(($(total drops) + $(total lost_drops)))" 170
nft flush ruleset

# --- the namespace that is watched loses its name; load goes on in it
ip netns add watched
ip netns exec watched ip link set lo up
ip netns exec watched sleep 1000 &
inside=$!
gone=out.gone
start -w 1h --netns=watched -o $gone
nsenter -t $inside --net "$TOOLS/ctgen" --keys 20 --events 2000 --live 100 --patient >gen.json || fail "ctgen"
ip netns del watched || fail "ip netns del"
nsenter -t $inside --net "$TOOLS/ctgen" --keys 20 --events 2000 --live 100 --patient >>gen.json || fail "ctgen"
kill $inside
wait $inside 2>/dev/null
finish
check_output $gone
equal "events" "$(($(total starts $gone) + $(total ends $gone) + $(total lost_events $gone)))" "$(jq -s 'map(.created + .deleted) | add' gen.json)"

# --- no memory for the kernel table: ENOMEM of each map and program, then a real one
find_tables
[ "$tables" != hash ] || exit 0
counts() {	# what runs it: it counts in memory, and exactly
	rm -f out
	start -w 1h -m 1000000 -o out
	gen --keys 100 --events 4000 --live 100 --patient
	finish
	check_output
	equal "events" "$(($(total starts) + $(total ends) + $(total lost_events)))" "$(($(did created) + $(did deleted)))"
}
for at in 1 5 9; do
	REFUSE_CALL=bpf:0 REFUSE_AT=$at REFUSE_ERROR=12 LD_PRELOAD=$TOOLS/refuse.so counts
done
# Of a memory cgroup nothing is left; one of a run that was killed is removed by a later run.
find /sys/fs/cgroup/memory -maxdepth 1 -name 'ctagg-test-*' -mmin +60 -exec rmdir {} + 2>/dev/null
group=/sys/fs/cgroup/memory/ctagg-test-$RANDOM-$EPOCHREALTIME
ended=0
remove_group() {
	kill -KILL "$PID" 2>/dev/null
	wait "$PID" 2>/dev/null
	rmdir "$group"
}
if mkdir $group 2>/dev/null && echo 64M >$group/memory.limit_in_bytes 2>/dev/null; then
	trap 'ended=$?; remove_group; (exit $ended); at_exit' EXIT
	program=$CTAGG
	printf '#!/bin/sh\necho $$ >%s/cgroup.procs\nexec %s "$@"\n' "$group" "$program" >confined
	chmod +x confined
	CTAGG=$PWD/confined
	counts
	CTAGG=$program
	grep -q 'counting in memory: Cannot allocate memory' err || fail "there was memory for a kernel table"
	equal "engine" "$(jq -r 'select(.type == "window").engine' out | sort -u)" hash
	echo "a memory cgroup of 64 MiB: $(cat $group/memory.failcnt) refusals"
else
	echo "no memory cgroup can be made here: ENOMEM by refuse.so alone"
fi
