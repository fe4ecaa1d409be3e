#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg and ctagg-deliver are killed at random moments under load, the disk is full now and then,
# and the receiver is down half of the time: the receiver gets all windows that were written, each
# whole, and what it gets twice has the same ids. KILLS (20) says how often, SEED repeats a run.
. "$(dirname "$0")/lib.sh"
. "$E2E/receiver-lib.sh"
DELIVER=${DELIVER:-$(dirname "$CTAGG")/ctagg-deliver}
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }
FILES=$E2E/../tools/spool_files
KILLS=${KILLS:-20} SEED=${SEED:-$RANDOM}
RANDOM=$SEED
echo "seed $SEED"

mkdir disk other
mount -t tmpfs -o size=64m tmpfs disk
mount -t tmpfs -o size=1g tmpfs other
kills=0 full=0

# How many milliseconds at most pass before something happens.
moment() { sleep "0.$(printf %03d $((RANDOM % $1)))"; }

start_ctagg() {
	start --host=gw1 -w 20ms --spool=disk/spool --spool=other/spool "$@"
	grep -q '^ctagg: ready' err || fail "ctagg did not start"
}
start_deliverer() {
	"$DELIVER" --spool=disk/spool --url="$URL/" --retry=10ms,50ms 2>deliver.err &
	DELIVERER=$!
}
kill_now() {
	kill -KILL "$1" || fail "a program had ended before it was killed: $(cat deliver.err)"
	wait "$1" 2>/dev/null
	kills=$((kills + 1))
}

# The receiver goes away or comes back, or stays as it is.
turn_receiver() {
	[ $((RANDOM % 2)) = 0 ] || return
	if [ -n "$RECEIVER" ]; then
		stop_receiver
		RECEIVER=
	else
		start_receiver r --port="$PORT"
	fi
}

# The disk is full. What waits is locked, as by a consumer that is sending it, so ctagg can drop
# none of it for want of room: its window has to stay open. ctagg is killed meanwhile, or not.
stopped() { ! grep -qsv '^State:.T' <(grep -h ^State: /proc/"$PID"/task/*/status); }
waits_for_room() { grep -q 'cannot write to disk/spool: No space left on device' err; }
writes_again() { grep -q 'writing to disk/spool again' err; }
hold_all() {
	kill -STOP "$PID"
	wait_for stopped
	coproc HOLD { exec "$FILES" hold disk/spool/new; }
	holder=$HOLD_PID
	read -r -u "${HOLD[0]}" held _ || fail "the files that wait cannot be locked"
	[ "$held" = held ] && return
	kill -CONT "$PID"
	wait "$holder"
	return 1
}
fill_disk() {
	kill_now "$DELIVERER"
	wait_for hold_all
	command rm -f disk/spool/dead/*
	cat /dev/zero >disk/filler 2>/dev/null
	: >err
	kill -CONT "$PID"
	wait_for waits_for_room
	full=$((full + 1))
	moment 100
	killed=
	[ $((RANDOM % 2)) = 0 ] || { kill_now "$PID"; killed=1; }
	command rm disk/filler
	eval "exec ${HOLD[1]}>&-"
	wait "$holder"
	if [ -n "$killed" ]; then
		start_ctagg
	else
		wait_for writes_again
	fi
	start_deliverer
}

# --- the spools, and a witness of what comes into the first one
start_receiver r
PORT=${ADDRESS#*:}
start_ctagg -c 2
wait "$PID"
command rm disk/spool/new/* other/spool/new/*
: >names
"$FILES" names disk/spool/new >names &
WITNESS=$!
wait_for grep -q watching names

# --- load and kills
"$TOOLS/ctgen" --keys 50 --live 100 --rate 5000 --duration 3600 >/dev/null &
LOAD=$!
start_ctagg
start_deliverer
while [ $kills -lt "$KILLS" ]; do
	turn_receiver
	moment 250
	case $((RANDOM % 9)) in
	0) fill_disk ;;
	[1-4]) kill_now "$PID"; start_ctagg ;;
	*) kill_now "$DELIVERER"; start_deliverer ;;
	esac
done

[ $full -gt 0 ] || fill_disk

# --- all that is left is delivered, and both end in peace
kill "$LOAD"
finish
[ -n "$RECEIVER" ] || start_receiver r --port="$PORT"
none_waits() { [ -z "$(ls disk/spool/new)" ]; }
wait_for none_waits
kill "$DELIVERER"
wait "$DELIVERER"
equal "status of the deliverer" $? 0
equal "left in the spool" "$(find disk/spool/new disk/spool/tmp disk/spool/dead -type f ! -name '*.torn' | wc -l)" 0
kill "$WITNESS"
sed -i 1d names
"$E2E/spool_kill.py" names r/taken other/spool/new || fail "seed $SEED"
echo "$kills kills, the disk full $full times"
