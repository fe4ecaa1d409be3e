#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Standard output is a socket: a datagram is one record. A receiver on this host that goes
# away ends ctagg; for one behind a network ctagg waits.
. "$(dirname "$0")/lib.sh"

# More records than one datagram could hold.
for type in dgram seqpacket stream; do
	: >err
	"$TOOLS/socketout" $type "$CTAGG" -v -w 200ms >out 2>err &
	reader=$!
	wait_for test -s socketout.pid
	PID=$(cat socketout.pid)
	wait_for ready
	gen --keys 2000 --events 4000
	kill "$PID"
	wait $reader
	equal "status with a $type socket" $? 0
	! grep -vE '^ctagg: (ready|privileges|confined)|kernel|table' err || fail "messages"
	check_output
	equal starts "$(total starts)" "$(did created)"
	rm socketout.pid
done

# ctagg is killed while the reader is stopped: the reader then finds whole lines.
for ((i = 0; i < 8; i++)); do
	: >err
	"$TOOLS/socketout" stream "$CTAGG" -v -w 20ms >out 2>err &
	reader=$!
	wait_for test -s socketout.pid
	PID=$(cat socketout.pid)
	wait_for ready
	kill -STOP $reader
	gen --keys 1000 --events 2000
	held() { kill -USR1 "$PID"; grep -q 'waiting to be written [1-9]' err; }
	wait_for held
	kill -KILL "$PID"
	kill -CONT $reader
	wait $reader
	jq -e -R 'fromjson' out >/dev/null 2>verdict || fail "$(cat verdict)"
	rm socketout.pid
done

# Behind a network: at first there is no receiver, which ctagg says once; then there is one.
: >err
"$CTAGG" -v -w 100ms 2>err >/dev/udp/127.0.0.1/5000 &
PID=$!
wait_for grep -q 'cannot write to standard output: Connection refused' err
kill -0 "$PID" || fail "it ended"
ncat -u -l 5000 >received 2>/dev/null &
receiver=$!
wait_for test -s received
kill "$PID"
wait "$PID"
equal "status" $? 0
kill $receiver
jq -e -R 'fromjson' received >/dev/null 2>verdict || fail "$(cat verdict)"
