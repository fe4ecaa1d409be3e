#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel table of 1, 2 or 16 rows, 10,000 flows and a receive buffer of 16 KiB: events
# that were counted and events that were lost are all that were made, also while the
# reader is stopped.
. "$(dirname "$0")/bpf-lib.sh" || exit 1

for room in 1 2 16; do
	: >out
	start -w 1h --max-flows $room --buffer-size 16384
	gen --keys 10000 --events 20000 --live 10000
	one=$(($(did created) + $(did deleted)))
	kill -STOP "$PID"
	gen --keys 10000 --events 20000 --live 10000
	kill -CONT "$PID"
	finish
	check_output
	equal "room for $room: starts + ends + lost" \
		"$(($(total starts) + $(total ends) + $(total lost_events)))" \
		"$((one + $(did created) + $(did deleted)))"
	equal "counted somewhere" "$(($(folded) + $(passed)))" "$(($(total starts) + $(total ends)))"
	# Each row of the kernel table has the four events of its flow.
	equal folded "$(folded)" "$((4 * room))"
	[ "$(passed)" -gt 0 ] || fail "nothing was passed on"
	[ "$(total lost_events)" -gt 0 ] || fail "nothing was lost: this test shows nothing"
	equal rows "$(jq -s 'map(select(.type == "flow")) | length' out)" $room
	equal status "$(jq -r 'select(.type == "window").status' out)" partial
done
