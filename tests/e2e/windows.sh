#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Empty windows, --count, --no-align, and what closes a window: timer, stop, signal.
. "$(dirname "$0")/lib.sh"
last() { jq -s -r "map(select(.type == \"window\"))[-1].$1" out; }
lines() { grep -c '"window","schema' out; }

start -w 200ms -c 3
wait "$PID"
equal "status after --count" $? 0
check_output
equal "windows" "$(lines)" 3
equal "their records" "$(total records)" 0
equal "traffic of nothing" "$(last orig_bytes)" null
equal "closed by" "$(jq -s -c 'map(.closed_by)' out)" '["timer","timer","stop"]'

: >out
start -w 3600
gen --keys 3 --events 12
kill -USR2 "$PID"
wait_for test -s out
gen --keys 3 --events 12
kill -USR1 "$PID"
wait_for grep -q 'statistics:.*windows 1' err
finish INT
check_output
equal "closed by" "$(jq -s -c 'map(.closed_by // empty)' out)" '["signal","stop"]'
equal "starts" "$(jq -s -c 'map(select(.type == "window").starts)' out)" '[6,6]'

: >out
start -w 500ms -c 2 --no-align
wait "$PID"
check_output
jq -s -e 'map(.window_start[-8:]) | .[0] != ".000000Z" or .[1] != ".500000Z"' out >/dev/null ||
	fail "--no-align is aligned"
sec() { jq -s "map(select(.type == \"window\"))[0] | (.window_end | sub(\".*T..:..:\"; \"\") | .[:-1] | tonumber)
	- (.window_start | sub(\".*T..:..:\"; \"\") | .[:-1] | tonumber) | . * 1000 | round | (. + 60000) % 60000" out; }
equal "the first window's length in ms" "$(sec)" 500
