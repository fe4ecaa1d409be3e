#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A reader of 1 KB a second for a minute: windows get longer and say so, nothing is
# lost, memory does not grow.
. "$(dirname "$0")/lib.sh"

mkfifo pipe
# The reader: 1 KiB a second for a minute, then all that is left.
(
	exec <pipe
	until=$((SECONDS + 60))
	while [ $SECONDS -lt $until ]; do
		dd bs=1024 count=1 2>/dev/null
		sleep 1
	done
	cat
) >out &
reader=$!
"$CTAGG" -v -w 200ms -m 4096 --table="${TABLE:-auto}" >pipe 2>err &
PID=$!
wait_for ready
created=0 deleted=0 first=0 last=0
until=$((SECONDS + 58))
while [ $SECONDS -lt $until ]; do
	gen --keys 2000 --events 20000 --rate 10000
	created=$((created + $(did created)))
	deleted=$((deleted + $(did deleted)))
	last=$(awk '/^VmRSS/ { print $2 }' "/proc/$PID/status")
	[ $first = 0 ] && first=$last
done
kill "$PID"
wait "$PID" || fail "status $?"
wait $reader
check_output
equal starts "$(total starts)" $created
equal ends "$(total ends)" $deleted
equal lost "$(total lost_events)" 0
equal "windows with other bounds than asked for" \
	"$(jq -s 'map(select(.type == "window")) | length < 200' out)" true
[ "$last" -lt $((first + 8192)) ] || fail "memory grew from $first to $last KiB"
