#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file has one writer: a second ctagg is refused, by the name of the file and the process id
# of the first one. The lock goes with the file after a rotation, and with the process.
. "$(dirname "$0")/lib.sh"

# -o $1 is refused, in one line that names the file and says $2, and the file stays as it is.
refused() {
	cp "$1" before
	timeout 60 "$CTAGG" -c 1 -w 1ms -o "$1" >none 2>refused
	equal "status for a file in use" $? 1
	equal "lines about it" "$(wc -l <refused)" 1
	grep -qF "ctagg: $1 is locked by $2" refused || fail "$(cat refused)"
	cmp -s "$1" before || fail "$1 was changed"
}
taken() { timeout 60 "$CTAGG" -q -c 1 -w 1ms -o "$1" || fail "$1 is still locked"; }

start -w 3600 -o log
first=$PID
refused log "another ctagg (pid $first)"
timeout 60 "$CTAGG" --snapshot -o log 2>refused
equal "status of a snapshot into a file in use" $? 1
grep -q "pid $first" refused || fail "$(cat refused)"

# standard output is the shell's, and is not locked
"$CTAGG" -q -c 1 -w 1ms >>log || fail "a file that the shell has opened"

# --- rotation: the lock is on the new file, and no longer on the old one
mv log log.1
kill -HUP "$first"
wait_for test -e log
wait_for grep -q 'opened log anew' err
refused log "another ctagg (pid $first)"
taken log.1

# --- the new file belongs to another ctagg: said, and the old file stays in use
mv log log.2
"$CTAGG" -q -w 3600 -o log &
second=$!
wait_for test -e log
kill -HUP "$first"
wait_for grep -q "cannot open log anew: .*; still writing to the old file .* another ctagg (pid $second)" err
gen --keys 5 --events 50
lines=$(wc -l <log.2)
kill -USR2 "$first"
grows() { [ "$(wc -l <log.2)" -gt "$lines" ]; }
wait_for grows
kill "$second"
wait "$second" || fail "the second ctagg"
opened_again() { [ "$(grep -c 'opened log anew' err)" = 2 ]; }
wait_for opened_again
PID=$first finish
taken log

# --- a killed process leaves no lock behind
start -w 3600 -o log
kill -KILL "$PID"
wait "$PID"
taken log

# --- the lock of another program
flock log sleep 60 &
holder=$!
held() { ! flock -n log true; }
wait_for held
refused log "flock (pid $holder)"
kill "$holder"
wait "$holder"

# --- a file system without locks: ctagg goes on, and says so with -v
command -v strace >/dev/null || exit 0
: >err
strace -o trace -e trace=flock -e inject=flock:error=ENOLCK \
	"$CTAGG" -v -c 1 -w 1ms -o unlocked 2>err || fail "without locks"
grep -q 'unlocked is not locked: No locks available' err || fail "it does not say that there is no lock"
check_output unlocked
