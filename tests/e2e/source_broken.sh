#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reading events fails for a reason that ends ctagg: the last window is partial.
. "$(dirname "$0")/lib.sh"
command -v strace >/dev/null || { echo "no strace here"; exit 77; }

traced() {
	[ -s strace.err ] && { cat strace.err; echo "strace does not work here"; exit 77; }
	! grep -q '^TracerPid:.0$' "/proc/$PID/status"
}

start --table=hash -w 3600
strace -qq -o /dev/null -e trace=recvmmsg -e inject=recvmmsg:error=EIO:when=2+ -p "$PID" 2>strace.err &
wait_for traced
gen --keys 1000 --events 20000
wait "$PID"
equal "status" $? 1
grep -q 'cannot read from the kernel' err || fail "it does not say why"
check_output
equal "windows" "$(jq -s 'map(select(.type == "window").status) | unique | join(",")' out)" '"partial"'
[ "$(total starts)" -lt "$(did created)" ] || fail "nothing is missing"
