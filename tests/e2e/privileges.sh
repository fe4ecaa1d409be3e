#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What each mode keeps after setting up, by the kernel's word in /proc/PID/status, in every set and
# every thread, and that -v says so.
. "$(dirname "$0")/lib.sh"
DELIVER=$(dirname "$CTAGG")/ctagg-deliver

# The capabilities of a bit mask, by the names that libcap-ng has for their numbers.
names() {
	local bits=$((0x$1)) text=
	((bits & 1 << 2)) && text+=" dac_read_search"
	((bits & 1 << 12)) && text+=" net_admin"
	((bits & 1 << 19)) && text+=" sys_ptrace"
	((bits & 1 << 21)) && text+=" sys_admin"
	((bits & 1 << 38)) && text+=" perfmon"
	((bits & 1 << 39)) && text+=" bpf"
	bits=$((bits & ~(1 << 2 | 1 << 12 | 1 << 19 | 1 << 21 | 1 << 38 | 1 << 39)))
	[ $bits = 0 ] || text+=" others:$bits"
	echo "${text:+${text# }}"
}

# Every thread of the process has these capabilities and can get no others.
keeps() {	# process id, capabilities
	local task name set
	for task in /proc/"$1"/task/*; do
		while read -r name set; do
			case $name in
			NoNewPrivs:) equal "no_new_privs" "$set" 1 ;;
			CapInh: | CapAmb:) equal "$name" "$(names "$set")" "" ;;
			CapPrm: | CapEff: | CapBnd:) equal "$name of ${task##*/}" "$(names "$set")" "$2" ;;
			esac
		done <"$task/status"
	done
}
# The line of -v: user, then capabilities.
says() { grep -c "^$1: privileges: user $(id -un), capabilities $2\$" err; }

# --- ctagg, with a second thread for the spool
start -w 3600 --spool=spool
keeps "$PID" net_admin
equal "said" "$(says ctagg net_admin)" 1
kill -USR2 "$PID"
written() { [ -n "$(ls spool/new)" ]; }
wait_for written
[ "$(find /proc/"$PID"/task -mindepth 1 -maxdepth 1 | wc -l)" -ge 2 ] || fail "one thread only"
keeps "$PID" net_admin
finish

# --- the other modes of ctagg: a FIFO holds each of them up after it is set up
mkfifo events lines
"$CTAGG" -v --read=events >out 2>err &
PID=$!
exec 3>events
wait_for ready
keeps "$PID" ""
equal "said" "$(says ctagg none)" 1
exec 3>&-
wait "$PID" || fail "status $?"

# A pipe that is full, which nobody reads.
held() { grep -q "privileges:" err; }
for mode in --snapshot --check; do
	: >err
	python3 -c '
import os, sys
r, w = os.pipe()
os.set_blocking(w, False)
try:
    while True: os.write(w, b"x" * 4096)
except BlockingIOError: pass
os.set_blocking(w, True)
os.dup2(w, 1); os.set_inheritable(r, True)
os.execv(sys.argv[1], sys.argv[1:])' "$CTAGG" -v $mode -k src 2>err &
	PID=$!
	wait_for held
	case $mode in
	--check) kept="dac_read_search net_admin sys_ptrace perfmon bpf" said="dac_read_search net_admin sys_ptrace perfmon bpf" ;;
	*) kept="net_admin" said=net_admin ;;
	esac
	keeps "$PID" "$kept"
	equal "said by $mode" "$(says ctagg "$said")" 1
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
done

# --- ctagg-deliver, in each of its modes, before it opens anything
strace -f -o calls "$DELIVER" -v --spool=spool --once --exec true 2>err || fail "$(cat err)"
equal "said by ctagg-deliver" "$(says ctagg-deliver none)" 1
dropped=$(grep -n capset calls | tail -n 1 | cut -d: -f1)
opened=$(grep -n '"spool' calls | grep -v execve | head -n 1 | cut -d: -f1)
[ "$dropped" -lt "$opened" ] || fail "the spool is opened before capabilities are given up"
for mode in --status --list --retry-dead "--archive=. --keep=all:1d"; do
	case $mode in
	*keep*) spool= ;;
	*) spool=--spool=spool ;;
	esac
	# shellcheck disable=SC2086 # options
	"$DELIVER" -v $mode $spool >/dev/null 2>err
	equal "said by ctagg-deliver $mode" "$(says ctagg-deliver none)" 1
done
