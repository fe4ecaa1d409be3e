#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Standard output that is a socket: one record a datagram; a receiver that goes away is
# the end, one behind a network is waited for.
. "$(dirname "$0")/lib.sh"

# more than one datagram could hold
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
	! grep -v -e '^ctagg: ready' -e kernel -e table err || fail "messages"
	check_output
	equal starts "$(total starts)" "$(did created)"
	rm socketout.pid
done

# Killed while the reader does not read: what it then finds is whole lines.
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

# behind a network: nobody is there at first, which is said once, and then somebody is
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
