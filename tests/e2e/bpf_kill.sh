#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# However ctagg ends, the kernel keeps no program and no map of it.
. "$(dirname "$0")/bpf-lib.sh" || exit 1
command -v bpftool >/dev/null || { echo "no bpftool here"; exit 77; }

ids() {	# kind: prog or map
	sed -n "s/^$1_id:[[:space:]]*//p" /proc/"$PID"/fdinfo/* 2>/dev/null | sort -u
}
gone() {	# kind, ids
	local id
	for id in $2; do
		if bpftool "$1" show id "$id" >/dev/null 2>&1; then
			return 1
		fi
	done
}

for signal in KILL SEGV TERM; do
	start -w 1h
	gen --keys 100 --events 1000
	programs=$(ids prog)
	maps=$(ids map)
	[ -n "$programs" ] && [ "$(echo "$maps" | wc -l)" -ge 4 ] || fail "no programs or maps seen"
	gone map "$maps" && fail "maps cannot be seen"
	gone prog "$programs" && fail "programs cannot be seen"
	ulimit -c 0
	kill -$signal "$PID"
	wait "$PID" 2>/dev/null
	wait_for gone prog "$programs"
	wait_for gone map "$maps"
done
