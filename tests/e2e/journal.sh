#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Messages in the journal of systemd have priorities, and a message that repeats is said once, and
# with its number when its cause is gone or the program ends.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"

ready() { grep -qE '^(<6>)?ctagg: ready' err || ! kill -0 "$PID" 2>/dev/null; }
deliver_ready() { grep -q '^<6>ctagg-deliver: ready' err || ! kill -0 "$PID" 2>/dev/null; }

# Standard error becomes the stream of the journal, as systemd says it: a file here.
stream_of() { stat -c '%d:%i' "$1"; }
lines_with() { grep -cE "$1" "$2"; }
: >err
JOURNAL_STREAM=$(stream_of err)
export JOURNAL_STREAM

# --- every line begins with a priority: of errors, notices and what -v and SIGUSR1 say
start -w 100ms -o /dev/full
wait_for grep -q 'cannot write' err
kill -USR1 "$PID"
wait_for grep -q statistics err
kill "$PID"
wait "$PID"
equal "status with a full disk" $? 1
equal "lines without a priority" "$(grep -vE '^<[3456]>ctagg: ' err)" ""
equal "priority of ready" "$(lines_with '^<6>ctagg: ready' err)" 1
equal "priority of an error" "$(lines_with '^<3>ctagg: cannot write to /dev/full: ' err)" 1
equal "priority of statistics" "$(lines_with '^<6>ctagg: statistics' err)" 1
: >err
"$CTAGG" --no-such 2>>err
equal "wrong usage" "$(grep -c '^<3>ctagg: --no-such: ' err)" 1

# --- elsewhere there is none, whatever the variable says
"$CTAGG" --no-such 2>&1 >/dev/null | cat >other
equal "a pipe" "$(grep -c '^ctagg: --no-such: ' other)" 1
"$CTAGG" --no-such 2>other
equal "another file" "$(grep -c '^ctagg: --no-such: ' other)" 1
JOURNAL_STREAM='' "$CTAGG" --no-such 2>other
equal "an empty variable" "$(grep -c '^ctagg: --no-such: ' other)" 1

# --- a write that fails every second is said once, and its number when it works again. The oracle
# is the number of write errors that the program itself counts in its records, read with jq.
mkdir disk
mount -t tmpfs -o size=64k tmpfs disk
start -w 50ms -o disk/log
gen --keys 500 --events 2000
write_errors() { grep -oE 'write errors [0-9]+' err | tail -n 1 | cut -d' ' -f3; }
tried_again() {
	kill -USR1 "$PID"
	[ "$(write_errors)" -ge 3 ] 2>/dev/null
}
wait_for grep -q 'cannot write to disk/log: No space left' err
wait_for tried_again
mount -o remount,size=64m disk
wait_for grep -q 'writing to disk/log again' err
finish
check_output disk/log
errors=$(jq -s 'map(.write_errors // 0) | max' disk/log)
equal "times it was said" "$(grep -c '^<3>ctagg: cannot write' err)" 1
equal "the end" "$(grep -cE "^<5>ctagg: writing to disk/log again \(failed $errors times, the last one at 20[0-9-]+T[0-9:]+\.[0-9]{6}Z\)$" err)" 1
equal "lines that are there twice" "$(grep -v statistics err | sort | uniq -d)" ""

# --- another message in between, and the end of the run
start -w 50ms -o /dev/full --metrics=disk/ctagg.prom
wait_for grep -q 'cannot write to /dev/full' err
mv disk/log disk/old
for signal in 1 2 3; do
	kill -USR1 "$PID"
	said_statistics() { [ "$(grep -c 'write errors [1-9]' err)" -ge "$signal" ]; }
	wait_for said_statistics
done
wait_for tried_again
kill "$PID"
wait "$PID"
equal "times it was said" "$(grep -c 'ctagg: cannot write to /dev/full' err)" 1
times=$(sed -nE 's/^<3>ctagg: happened ([0-9]+) times, the last one at [^ ]+Z: cannot write to .dev.full: No space left on device$/\1/p' err)
[ "${times:-0}" -ge "$(write_errors)" ] || fail "it says $times times, and tried $(write_errors) times before"

# --- ctagg-deliver: a destination that is down, other files in between, and up again
make_spool spool
put_windows spool 1 2 3
echo 75 >status
start_deliver --retry=10ms,20ms --exec ./take
has_attempts() { [ -f attempts ] && [ "$(wc -l <attempts)" -ge "$1" ]; }
wait_for has_attempts 5
command rm status
wait_for is_empty spool/new
wait_for grep -q 'delivery goes on' err
kill "$PID"
wait "$PID"
failed=$(($(wc -l <attempts) - 3))
equal "lines without a priority" "$(grep -vE '^<[3456]>ctagg-deliver: ' err)" ""
equal "the failure" "$(grep -c '^<4>ctagg-deliver: spool: exit status 75; files wait' err)" 1
equal "its end" "$(grep -cE "^<5>ctagg-deliver: spool: delivery goes on \(failed $failed times, the last one at [^ ]+Z\)$" err)" 1

# --- a destination that refuses everything: one line, and how many when the program ends
command rm attempts
echo 65 >status
put_windows spool 4 5 6 7
deliver 0 --once --retry=1ms --exec ./take
equal "dead letters" "$(find spool/dead -name '*.why' | wc -l)" 4
equal "said" "$(grep -c "ctagg-deliver: $(window_name 4): exit status 65, after 3 attempts; moved to dead/" err)" 1
equal "lines of it" "$(grep -c 'after 3 attempts' err)" 2
equal "the number" "$(grep -cE "ctagg-deliver: happened 4 times, the last one at [^ ]+Z: $(window_name 4): exit status 65, after 3 attempts$" err)" 1
