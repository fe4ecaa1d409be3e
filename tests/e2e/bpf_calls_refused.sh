#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel refuses one call of bpf(), each in turn: ctagg counts in memory, or does without what was refused, or says why
# it ends. libbpf tries out by some of these calls what the kernel can do, and goes on without what it cannot.
. "$(dirname "$0")/bpf-lib.sh"

n=0 ended=0 in_memory=0
while :; do
	# What libbpf tries out comes first; later there are several of each kind.
	n=$((n + (n < 30 ? 1 : 3)))
	rm -f note
	REFUSE_NOTE=note REFUSE_CALL=bpf REFUSE_AT=$n LD_PRELOAD=$TOOLS/refuse.so "$CTAGG" -w 50ms -c 1 >out 2>err
	status=$?
	[ -e note ] || break
	case $status in
	0)	# with a window, from one table or the other
		equal "windows without call $n" "$(grep -c '"type":"window"' out)" 1
		grep -q '"engine":"bpf"' out || in_memory=$((in_memory + 1))
		;;
	1)
		equal "lines without call $n" "$(grep -c . err)" 1
		[ ! -s out ] || fail "call $n: records of a ctagg that failed"
		ended=$((ended + 1))
		;;
	*) fail "call $n: status $status, $(cat err)" ;;
	esac
done
[ $n -gt 30 ] || fail "only $n calls"
[ $in_memory -gt 5 ] || fail "counted in memory $in_memory times of $n"
[ $ended -lt 5 ] || fail "ended $ended times of $n"
