#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With room in the kernel table nothing is lost while the reader is stopped, however
# small its receive buffer: the filter takes every event, so no message is queued.
. "$(dirname "$0")/bpf-lib.sh" || exit 1

start -w 1h --buffer-size 4096
kill -STOP "$PID"
gen --keys 5000 --events 200000 --mixed --per-key
kill -CONT "$PID"
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal ends "$(total ends)" "$(did deleted)"
equal lost "$(total lost_events)" 0
equal folded "$(folded)" "$(($(did created) + $(did deleted)))"
equal passed "$(passed)" 0
equal rows "$(jq -s 'map(select(.type == "flow")) | length' out)" 5000
