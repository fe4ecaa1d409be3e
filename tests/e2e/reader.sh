#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The reader of the output stops for seconds: windows get longer, nothing is lost, and
# memory does not grow. A program that waits for the reader with its last lines does not spin.
. "$(dirname "$0")/lib.sh"

rss() { awk '/^VmRSS/ { print $2 }' "/proc/$PID/status"; }
mkfifo pipe
cat <pipe >out &
reader=$!
exec 7>pipe
: >err
"$CTAGG" -v -w 200ms >&7 2>err &
PID=$!
exec 7>&-
wait_for ready
gen --keys 10000 --duration 1 --patient
cp gen.json truth
before=$(rss)
kill -STOP "$reader"
# Until the buffer for the output (1 MiB) has no room for another record, and two seconds
# more: what is open then stays open.
full() {
	gen --keys 10000 --events 40000 --patient
	cat gen.json >>truth
	kill -USR1 "$PID"
	[ "0$(sed -n 's/.*waiting to be written \([0-9]*\).*/\1/p' err | tail -n 1)" -gt 1000000 ]
}
wait_for full
gen --keys 10000 --duration 2 --patient
cat gen.json >>truth
after=$(rss)
kill -CONT "$reader"
gen --keys 100 --events 1000 --patient
cat gen.json >>truth
finish
wait "$reader"
check_output
equal starts "$(total starts)" "$(jq -s 'map(.created) | add' truth)"
equal ends "$(total ends)" "$(jq -s 'map(.deleted) | add' truth)"
equal lost "$(total lost_events)" 0
# A window of 10,000 flows takes 4 MB of lines; without a bound there would be one in
# memory every 200 ms.
[ "$after" -lt $((before + 8192)) ] || fail "memory grew from $before to $after KiB"
longest=$(jq -s 'map(select(.type == "window") | (.window_end | .[17:26] | tonumber) - (.window_start | .[17:26] | tonumber)
	| if . < 0 then . + 60 else . end) | max' out)
awk "BEGIN { exit !($longest > 1) }" || fail "no window was held open: the longest took $longest s"

# --- the last window is closed, its lines wait, and events still come
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$PID/stat"; }
rm out
cat <pipe >out &
reader=$!
exec 7>pipe
: >err
"$CTAGG" -v -w 1h --table=hash >&7 2>err &
PID=$!
exec 7>&-
wait_for ready
kill -STOP "$reader"
gen --keys 1000 --events 2000 --patient
kill "$PID"
is_closed() {
	kill -USR1 "$PID"
	grep -q 'windows 1, .*waiting to be written [1-9]' err
}
wait_for is_closed
gen --keys 10 --events 100
ticks=$(cpu_ticks)
sleep 2
ticks=$(($(cpu_ticks) - ticks))
kill -CONT "$reader"
wait "$PID" || fail "status $?"
wait "$reader"
check_output
[ "$ticks" -lt $(($(getconf CLK_TCK) / 5)) ] || fail "$ticks ticks of processor time in two seconds of waiting"
