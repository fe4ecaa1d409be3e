#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A slow disk does not stop the program from reading: nothing is lost while fsync(2) takes 5 seconds;
# a stop waits for the windows, a second one does not.
. "$(dirname "$0")/lib.sh"
. "$E2E/spool-lib.sh"
command -v strace >/dev/null || { echo "no strace here"; exit 77; }
track

# Start the program with fsync(2) calls that take $1 seconds ($2: strace's when=). PID is the
# program's.
start_slow() {
	: >err
	: >trace
	strace -f -D --seccomp-bpf -qq -o trace -e trace=fsync,rename,renameat,renameat2 \
		-e "inject=fsync:delay_enter=${1}000000$2" \
		"$CTAGG" -v "${@:3}" >>out 2>err &
	PID=$!
	wait_for ready
	grep -q '^ctagg: ready' err || { cat err; echo "strace does not work here"; exit 77; }
}

# --- under load ------------------------------------------------------------------------------------
# A reader that stood still for 5 s would have 10,000 events waiting, far more than the buffer holds.
start_slow 5 :when=1 --table=hash -w 50ms --buffer-size 2M --spool s -o out
"$TOOLS/ctgen" --keys 500 --rate 2000 --duration 7 >gen.json || fail "ctgen"
finish
check_output
check_spool
equal "lost events" "$(total lost_events)" 0
equal "starts" "$(total starts)" "$(did created)"
equal "ends" "$(total ends)" "$(did deleted)"
equal "starts in the spool" "$(window_total s starts 50)" "$(did created)"
# Past the queue the open window stays open.
jq -s -e 'map(select(.type == "window") | .window_end[17:26] | tonumber) as $ends
	| [range(1; $ends | length) | ($ends[.] - $ends[. - 1] + 60) % 60] | max > 1' out >/dev/null ||
	fail "no window was held open"
equal "files in tmp/" "$(ls s/tmp)" ""

# --- a stop waits for the disk -------------------------------------------------------------------------
rm -r s out
start_slow 2 :when=1 --table=hash -w 1h --spool s
gen --keys 100 --events 400
finish
check_spool
equal "starts" "$(window_total s starts 3600000)" "$(did created)"

# --- a second one does not: the window is torn, and the next ctagg sets it aside, once --------------------
rm -r s
start_slow 2 '' --table=hash -w 1h --spool s
kill -TERM "$PID"
written() { find s/tmp -name "*-3600s-*" -size +0 | grep -q .; }
wait_for written
kill -TERM "$PID"
wait "$PID"
equal "status" $? 1
torn=$(ls s/tmp)
[ "$torn" ] || fail "nothing in tmp/"
equal "windows" "$(ls s/new)" ""
"$CTAGG" --snapshot --spool s 2>snapshot.err || fail "status $?"
equal "messages" "$(grep -c 'in dead/, as NAME.torn' snapshot.err)" 1
equal "torn files" "$(ls s/dead)" "$torn.torn"
"$CTAGG" --snapshot --spool s 2>snapshot.err || fail "status $?"
equal "messages" "$(cat snapshot.err)" ""

# --- --spool-sync=none does not wait for the disk, and puts windows into their place all the same ------------
rm -r s
: >trace
strace -f -qq -o trace -e trace=fsync,fdatasync,sync_file_range,syncfs,sync,renameat,renameat2 \
	"$CTAGG" --table=hash -w 50ms -c 3 --spool s --spool-sync none 2>err || fail "status $?"
equal "synchronised" "$(grep -cE 'sync' trace)" 0
check_spool
equal "files" "$(find s/new -type f | wc -l)" 3
: >trace
strace -f -qq -o trace -e trace=fsync,renameat,renameat2 \
	"$CTAGG" --table=hash -w 50ms -c 3 --spool s 2>err || fail "status $?"
equal "synchronised, file and folder of each window" "$(grep -c 'fsync' trace)" 6

# --- after an error of fsync(2) the kernel may have forgotten the bytes: they are written once more ---------------
rm -r s
: >trace
strace -f -qq -o trace -e trace=fsync,pwrite64 -e inject=fsync:error=EIO:when=1 \
	"$CTAGG" --table=hash -w 50ms -c 30 --no-align --spool s 2>err || fail "status $?"
grep -q 'cannot write to s: Input/output error' err || fail "the error is not said"
grep -q 'writing to s again' err || fail "not tried again"
check_spool
equal "files" "$(find s/new -type f | wc -l)" 30
equal "parts that were written" "$(grep -c 'pwrite64' trace)" 31
exit 0
