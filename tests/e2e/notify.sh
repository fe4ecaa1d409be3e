#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a service manager is told of a run of ctagg.
. "$(dirname "$0")/lib.sh"
. "$E2E/notify-lib.sh"
track

# ready, each window, opened anew, stopping: by a path, then by an abstract name; then with connections
# that stay open, which are no events
run() {	# socket, options of ctagg
	start_manager "$1"
	rm -f out out.1
	start -w 1h -o out "${@:2}"
	wait_for heard 1 READY=1
	equal "what is told first" "$(states)" READY=1,
	gen --keys 20 --events 100 --hold
	close_window
	wait_for heard 1 STATUS=window
	said=$(jq -r 'select(.type == "window") | "STATUS=window \(.seq) written: \(.records) records, \(
		.starts + .ends + .drops + .logged) events, \(.status)"' out)
	grep -qx "$PID $said" heard || fail "said $(cat heard), expected $said"
	[ "$(jq -s 'map(.starts // 0) | add' out)" != 0 ] || fail "nothing was counted"
	mv out out.1
	kill -HUP "$PID"
	wait_for heard 2 READY=1
	[ -e out ] || fail "ready before the file was opened anew"
	grep -qE "^$PID RELOADING=1 MONOTONIC_USEC=[0-9]+\$" heard || fail "RELOADING: $(cat heard)"
	finish
	wait_for heard 1 STOPPING=1
	equal "states" "$(states | sed 's/=1 MONOTONIC_USEC=[0-9]*//')" READY=1,RELOADING,READY=1,STOPPING=1,
	equal "without a watchdog" "$(count WATCHDOG)" 0
	conntrack -F >/dev/null 2>&1
	end_manager
}
run "$PWD/manager.socket"
run @ctagg-manager
run @ctagg-manager --interim
[ "$(jq -s 'map(select(.type == "window").live) | max' out.1)" -gt 0 ] || fail "no connection stayed open"

# The watchdog hears of a run that nobody reads from. A run that is told to stop asks for more time
# when lines leave it, and not while none do.
start_manager "$PWD/other.socket"
mkfifo pipe
exec 8<>pipe	# reads nothing until it is told to
: >err
WATCHDOG_USEC=150000 "$CTAGG" -v -w 1h >pipe 2>err 8<&- &
PID=$!
wait_for ready
gen --keys 10000 --events 40000 --patient
kill -USR2 "$PID"
is_held() {
	kill -USR1 "$PID"
	[ "0$(sed -n 's/.*waiting to be written \([0-9]*\).*/\1/p' err | tail -n 1)" -gt 1000000 ]
}
wait_for is_held
beat 5
equal "states of a run that waits" "$(states)" READY=1,
kill -TERM "$PID"
wait_for heard 1 STOPPING=1
beat 3
before=$(count EXTEND_TIMEOUT_USEC=30000000)
beat 5
equal "more time without a reader" "$(count EXTEND_TIMEOUT_USEC)" "$before"
for more in 1 2; do
	head -c 100000 <&8 >>out.pipe
	wait_for heard $((before + more)) EXTEND_TIMEOUT_USEC=30000000
done
cat pipe >>out.pipe 8<&- &
reader=$!
wait "$PID" || fail "exit status $?"
exec 8<&-
wait $reader
check_output out.pipe
equal "what came late" "$(total starts out.pipe)" "$(did created)"
equal "stopping is said once" "$(count STOPPING)" 1

# The watchdog is meant for another process, and the environment is for this one alone.
before=$(wc -l <heard)
WATCHDOG_USEC=150000 WATCHDOG_PID=1 start -w 1h
wait_for heard 1 READY=1
finish
equal "a watchdog of another process" "$(count WATCHDOG)" 0
end_manager

# What is no service manager is said, and stops nothing.
for socket in nowhere /run/nowhere; do
	NOTIFY_SOCKET=$socket start -w 1h
	grep -q '^ctagg: the service manager cannot be told of this run: .*sd_notify(3)' err || fail "$socket: $(cat err)"
	finish
done

# a recording has an end, and stops by itself
start_manager @ctagg-recording
printf '{"type":"event","schema":1,"kind":"start","time":"2026-11-21T01:00:03.000000Z","proto":"tcp","src_ip":"10.0.0.7","src_port":1,"dst_ip":"192.0.2.10","dst_port":443,"direction":"out"}\n' >events
"$CTAGG" --read=events >out.read &
PID=$!
wait $PID || fail "status $?"
wait_for heard 1 STOPPING=1
equal "states of a recording" "$(states)" READY=1,STOPPING=1,
end_manager
