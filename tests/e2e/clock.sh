#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The clock is set while windows are open: back and forward, by little and by much, more
# than once, while the reader is slow, and with levels. With both tables. The machine's
# clock stays as it is: the program is shown another one.
. "$(dirname "$0")/lib.sh"
[ -f "$TOOLS/set_clock.so" ] || fail "no set_clock.so"
export CTAGG_TEST_CLOCK=/run/work/ahead ASAN_OPTIONS="verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
find_tables
sysctl -qw net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_acct=1

# In one write(2), and into the same file, which the program has open.
set_clock() { printf '%-20s\n' "$1" 1<>ahead; }
started() {
	made=0 ended=0
	set_clock "${AT:-0}"
	: >err
	LD_PRELOAD="$TOOLS/set_clock.so" "$CTAGG" -v --table="$TABLE" "$@" >>out 2>err &
	PID=$!
	wait_for ready
}
traffic() {
	gen --keys 50 --events 200
	made=$((made + $(did created))) ended=$((ended + $(did deleted)))
}
windows() { window_records out; }
closed_by_clock() { [ "$(windows | jq -s 'map(select(.closed_by == "clock" and .window_ms < 1000)) | length' 2>/dev/null || echo 0)" -ge "$1" ]; }
by_clock() { [ "$(windows | jq -s 'map(select(.closed_by == "clock")) | length')" -ge "$1" ]; }
# All that was made was counted, and no window is partial.
whole() {
	finish
	check_output
	equal "$TABLE $*: starts" "$(level "${LEVEL-300}" starts)" "$made"
	equal "$TABLE $*: ends" "$(level "${LEVEL-300}" ends)" "$ended"
	equal "$TABLE $*: partial" "$(windows | jq -s 'map(select(.status == "partial")) | length')" 0
	# clock_step_ms is how far the bounds of two windows are apart, rounded.
	jq -s -r 'def ns: capture("(?<s>.*)\\.(?<f>......)Z") | ((.s + "Z") | fromdate) * 1000 + (.f | tonumber) / 1000;
		map(select(.type == "window")) | group_by(.window_ms)[] | [.[:-1], .[1:]] | transpose[]
		| select(.[1].clock_step_ms)
		| (.[1].window_start | ns) - (.[0].window_end | ns) - .[1].clock_step_ms
		| select(. > 1.001 or . < -1.001)' out >off
	[ ! -s off ] || fail "$TABLE $*: a step of another length than the bounds show: $(head -n 1 off)"
}
level() { windows | jq -s "map(select(.window_ms == $1).$2) | add"; }
steps() { windows | jq -s -c 'map(select(.window_ms == '"${LEVEL-300}"').clock_step_ms // empty)'; }

for TABLE in $tables; do
	# --- far back, far forward, and to where the clock was
	rm -f out
	started -w 300ms
	traffic
	set_clock -3600000
	wait_for by_clock 1
	traffic
	set_clock 86400000
	wait_for by_clock 2
	traffic
	set_clock 0
	wait_for by_clock 3
	whole "far"
	equal "$TABLE: steps" "$(steps | jq -c 'map(. / 1000 | round)')" "[-3600,90000,-86400]"
	# Windows are aligned after a step, too: those closed by the timer end on a multiple
	# of 300 ms.
	odd=$(windows | jq -s -c 'map(select(.closed_by == "timer") | .window_end
		| capture("(?<s>.*)\\.(?<f>......)Z") | (((.s + "Z") | fromdate) * 1000000 + (.f | tonumber)) % 300000
		| select(. != 0)) | length')
	equal "$TABLE: ends off the grid" "$odd" 0

	# --- by less than 2 s: each window begins where the last one ended, and states no step
	rm -f out
	started -w 300ms
	traffic
	for ms in -1500 0 1500 0; do
		set_clock $ms
		traffic
		n=$(windows | wc -l)
		more() { [ "$(windows | wc -l)" -gt $((n + 2)) ]; }
		wait_for more
	done
	whole "near"
	equal "$TABLE: small steps" "$(steps)" "[]"

	# --- a step closes the windows of all levels, also with --no-align
	rm -f out
	started -w 500ms,3600 --no-align
	traffic
	set_clock -100000
	wait_for by_clock 2
	traffic
	LEVEL=500 whole "levels"
	LEVEL=3600000
	equal "$TABLE: starts of the hours" "$(level 3600000 starts)" "$made"
	equal "$TABLE: steps of the hours" "$(steps | jq -c 'map(. / 1000 | round)')" "[-100]"
	equal "$TABLE: the hours" "$(windows | jq -s -c 'map(select(.window_ms == 3600000).closed_by)')" '["clock","stop"]'
	unset LEVEL

	# --- a step in an empty window; and --count counts windows that steps have closed
	rm -f out
	started -w 3600 -c 3
	set_clock 10000
	wait_for by_clock 1
	traffic
	set_clock -10000
	wait_for by_clock 2
	traffic
	set_clock 10000
	wait "$PID"
	equal "$TABLE: exit status" $? 0
	check_output
	equal "$TABLE: starts of three" "$(total starts)" "$made"
	equal "$TABLE: closed by" "$(windows | jq -s -c 'map(.closed_by)')" '["clock","clock","stop"]'

	# --- two steps while a slow reader keeps the window open are stated as one
	rm -f out
	mkfifo pipe
	cat <pipe >out &
	reader=$!
	made=0 ended=0
	set_clock 0
	: >err
	exec 7>pipe
	LD_PRELOAD="$TOOLS/set_clock.so" "$CTAGG" -v --table="$TABLE" -w 200ms >&7 2>err &
	PID=$!
	exec 7>&-
	wait_for ready
	kill -STOP "$reader"
	gen --keys 10000 --events 40000 --patient
	made=$(did created) ended=$(did deleted)
	held() { kill -USR1 "$PID"; [ "0$(grep -o 'waiting to be written [0-9]*' err | tail -n 1 | tr -dc 0-9)" -gt 500000 ]; }
	wait_for held
	set_clock 5000
	traffic
	set_clock -5000
	traffic
	kill -CONT "$reader"
	wait_for by_clock 1
	LEVEL=200
	whole "slow"
	wait "$reader"
	rm pipe
	equal "$TABLE: one step" "$(steps | jq -c 'map(. / 1000 | round)')" "[-5]"
	unset LEVEL
done
