#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bpf(2) fails, as it does when the kernel is out of memory, so the kernel table cannot be
# read: windows are partial, their events come with a later window, and where no window
# follows the exit status is 1.
. "$(dirname "$0")/bpf-lib.sh" || exit 1
command -v strace >/dev/null || { echo "no strace here"; exit 77; }

# From now on each bpf(2) of the program fails ($1: strace's when=), until `mend`.
refuse() {
	strace -qq -o /dev/null -e trace=bpf -e "inject=bpf:error=ENOMEM${1-}" -p "$PID" 2>strace.err &
	tracer=$!
	wait_for traced
}
traced() {
	[ -s strace.err ] && { cat strace.err; echo "strace does not work here"; exit 77; }
	! grep -q '^TracerPid:.0$' "/proc/$PID/status"
}
mend() {
	kill "$tracer"
	wait "$tracer" 2>/dev/null
}
partial() { [ "$(window_records out | jq -s 'map(select(.status == "partial")) | length')" -ge "$1" ]; }
all_there() { [ "$(total starts)" = "$1" ] && [ "$(total ends)" = "$2" ]; }

# First all calls fail, then those from the second, third, ... on: swapping the tables
# and draining one of them fail in turn.
for when in "" :when=2+ :when=3+ :when=4+ :when=5+; do
	rm -f out
	start -w 200ms
	gen --keys 100 --events 400
	made=$(did created) ended=$(did deleted)
	wait_for has_windows 3
	refuse "$when"
	gen --keys 50000 --events 50000
	made=$((made + $(did created))) ended=$((ended + $(did deleted)))
	wait_for partial 3
	gen --keys 100 --events 400
	made=$((made + $(did created))) ended=$((ended + $(did deleted)))
	mend
	wait_for all_there "$made" "$ended"
	gen --keys 100 --events 400
	made=$((made + $(did created))) ended=$((ended + $(did deleted)))
	finish
	check_output
	equal "starts${when}" "$(total starts)" "$made"
	equal "ends${when}" "$(total ends)" "$ended"
	equal "lost${when}" "$(total lost_events)" 0
	[ "$(window_records out | tail -n 1 | jq -r .status)" != partial ] || fail "it never ends"
	grep -q '^ctagg: cannot read the kernel table: Cannot allocate memory; .* later window$' err ||
		fail "nothing was said"
done

# --- the last window
rm -f out
start -w 3600
gen --keys 100 --events 400
refuse
kill "$PID"
wait "$PID"
equal "exit status" $? 1
equal "the last window" "$(jq -s -r 'map(select(.type == "window"))[-1].status' out)" partial
grep -q '^ctagg: cannot read the kernel table: Cannot allocate memory; .* missing from the last window$' err ||
	fail "nothing was said of what is missing"
exit 0
