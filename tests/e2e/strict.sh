#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --strict: status 4 when a window was partial, of any level, or the snapshot; all windows are
# written. The losses are real: a small receive buffer, and a table that is too small.
. "$(dirname "$0")/lib.sh"

statuses() { jq -r 'select(.type == "window").status' out | sort -u | tr '\n' ' '; }
ends_with() {	# status of the program that start() started
	kill -TERM "$PID"
	wait "$PID"
	equal "exit status $2" $? "$1"
}
run_full() {	# more flows than there is room for
	: >out
	start -w 3600 -m 4 "$@"
	gen --keys 20 --events 40
}
find_tables
for TABLE in $tables; do
	: >out
	start -w 3600 --strict
	gen --keys 20 --events 40
	ends_with 0 "with all counted"
	equal "all is well" "$(statuses)" "ok "
	run_full --strict
	ends_with 4 "with flows folded"
	equal "the window" "$(statuses)" "partial "
	check_output
	run_full
	ends_with 0 "without --strict"
	equal "the window" "$(statuses)" "partial "
	# The window of one level was partial, those after it are not.
	: >out
	start -w 100ms,1h -m 4 --strict
	gen --keys 20 --events 40
	wait_for grep -q '"status":"partial"' out
	later() { [ "$(jq -r 'select(.type == "window").status' out | tail -n 1)" != partial ]; }
	wait_for later
	ends_with 4 "after a window that was partial"
done
TABLE="hash"

# Events that were lost.
: >out
start -w 3600 --buffer-size 16384 --strict
kill -STOP "$PID"
gen --keys 500 --events 20000
kill -CONT "$PID"
ends_with 4 "with events lost"
[ "$(total lost_events)" -gt 0 ] || fail "nothing was lost: this test shows nothing"

# A failure is worse.
: >out
start -w 3600 -m 4 --strict -o /dev/full
gen --keys 20 --events 40
ends_with 1 "with a window that could not be written"

# Snapshots.
track
for ((i = 1; i <= 9; i++)); do
	conntrack -I -p udp -s "10.0.0.$i" -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"
done
"$CTAGG" -s --strict >out || fail "status $? of a whole snapshot"
equal "all is well" "$(statuses)" "ok "
"$CTAGG" -s --strict -m 4 >out
equal "status of a snapshot with flows folded" $? 4
equal "its window" "$(statuses)" "partial "
"$CTAGG" -s -m 4 >out || fail "status $? without --strict"
