#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The logrotate file that ctagg comes with, run by the real logrotate many times while windows of
# 100 ms are written under load: every window is in exactly one file. logrotate compresses a file
# right after the postrotate script unless `delaycompress` says otherwise: a window that ctagg
# writes to the renamed file after gzip has read it is lost.
. "$(dirname "$0")/lib.sh"
command -v logrotate >/dev/null || { echo "no logrotate here"; exit 77; }
shipped=$E2E/../../examples/logrotate.d/ctagg
ROTATIONS=15
mkdir log

# The shipped file, for this test's folder and user, through a sed script. It keeps all files.
configure() {
	sed -e "s#/var/log#$PWD/log#g; s/rotate 14/rotate 1000/; s/root adm/$(id -un) $(id -gn)/" \
		-e "$1" "$shipped" >config
	chmod 600 config
	rm -rf log/* state
}
rotate() {
	logrotate -f -s "$PWD/state" config >rotate.out 2>&1 || fail "logrotate: $(cat rotate.out)"
}

# All that was written, the oldest first.
whole() {
	local file
	for file in $(find log -name 'ctagg.jsonl*' | sort -t. -k3,3nr); do
		[ "$file" = log/ctagg.jsonl ] || zcat -f "$file"
	done
	cat log/ctagg.jsonl
}

# Each window once: `seq` has no gaps and none twice, and what was counted is what was made.
check_whole() {
	local made
	made=$(did created)
	whole >all
	check_output all
	equal "windows that are missing or there twice" \
		"$(jq -s '[.[] | select(.type == "window").seq] | . as $s | ([range(.[0]; .[-1] + 1)] - $s | length) + (length - (unique | length))' all)" 0
	equal "starts" "$(total starts all)" "$made"
}

# Rotate at least ROTATIONS times, and as long as the load lasts. So many flows make the end of a
# window take a good part of it, during which ctagg cannot handle the signal: without delaycompress
# and without the script's wait this loses one to five windows.
many_rotations() {
	local rotations=0 load
	start -w 100ms -t 10 -o log/ctagg.jsonl
	(gen --keys 20000 --duration 3 --patient) &
	load=$!
	while [ $rotations -lt $ROTATIONS ] || kill -0 $load 2>/dev/null; do
		wait_for test -s log/ctagg.jsonl
		rotate
		rotations=$((rotations + 1))
	done
	wait $load || fail "no load"
	finish
	check_whole
	[ "$(find log -name '*.gz' | wc -l)" -ge $((rotations - 1)) ] || fail "not compressed: $(ls log)"
}

# --- as shipped
configure ''
many_rotations
[ ! -e log/ctagg.jsonl.1.gz ] || fail "delaycompress delays nothing"

# --- compressed at once: the script's wait alone is enough
configure /delaycompress/d
many_rotations

# --- and it does wait: a ctagg that is stopped has not opened the new file yet
start -w 100ms -t 10 -o log/ctagg.jsonl
wait_for test -s log/ctagg.jsonl
number=$(find log -name '*.gz' | wc -l)
kill -STOP "$PID"
rotate &
rotating=$!
wait_for grep -q -e '-> FLOCK' /proc/locks
[ -e log/ctagg.jsonl.1 ] || fail "not renamed"
[ "$(find log -name '*.gz' | wc -l)" = "$number" ] || fail "compressed before ctagg has let go"
kill -CONT "$PID"
wait $rotating || fail "logrotate"
[ ! -e log/ctagg.jsonl.1 ] || fail "not compressed in the end"
finish

# --- a snapshot gets the script's signal, too, and goes on
mkfifo pipe
exec 3<>pipe
gen --keys 400 --events 400 --hold
timeout 60 "$CTAGG" --snapshot -k src,sport,dst,dport,proto -o pipe 2>err &
snapshot=$!
snapshots() { pgrep -x ctagg; }
signal_ignored() { [ $((0x$(awk '/^SigIgn/ { print $2 }' "/proc/$(snapshots)/status") & 1)) = 1 ]; }
wait_for snapshots >/dev/null
wait_for signal_ignored
pkill -HUP -x ctagg
cat <&3 >taken &
reader=$!
wait $snapshot || fail "a snapshot ended by SIGHUP"
wait_for grep -q '"type":"window"' taken
kill $reader
