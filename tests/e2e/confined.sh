#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What somebody can still do who has taken over a program that runs: an object that is loaded into it
# tries, and the kernel answers. /proc/PID/status says how the program is confined.
. "$(dirname "$0")/lib.sh"
DELIVER=$(dirname "$CTAGG")/ctagg-deliver
"$CTAGG" -V | grep -q libseccomp || { echo "built without seccomp"; exit 77; }
"$CTAGG" -V | grep -q Landlock || { echo "built without Landlock"; exit 77; }
# The version of the kernel's Landlock, by its system call (landlock_create_ruleset(2)).
abi=$(python3 -c '
import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
[ "$abi" -ge 2 ] || { echo "the kernel's Landlock has ABI $abi"; exit 77; }
sleep 1000 &
export TRIES_PID=$!

# Another program that the same object is loaded into may do all of it: the attempts are real.
LD_PRELOAD=$TOOLS/tries.so /usr/bin/python3 -c '
import select
select.epoll().poll(0)' 2>err
answer() { sed -n "s/^try $1 //p" err; }
command rm /run/kept/tried
sees() {	# the answer to each attempt: NAME=ERROR...
	local pair
	for pair; do
		equal "${pair%=*}" "$(answer "${pair%=*}")" "${pair#*=}"
	done
}
sees tcp=0 ptrace=0 passwords=0 outside=0 kill=0 unshare=0 run=0
is_filtered() {
	local task
	for task in /proc/"$PID"/task/*; do
		equal "Seccomp of $task" "$(awk '/^Seccomp:/ { print $2 }' "$task/status")" 2
		equal "NoNewPrivs" "$(awk '/^NoNewPrivs:/ { print $2 }' "$task/status")" 1
	done
}
tried() { [ -n "$(answer run)" ]; }
# Signals are bounded from Landlock ABI 6 on.
signal=EPERM
[ "$abi" -ge 6 ] || signal=0

# --- ctagg
mkdir -p lines
LD_PRELOAD=$TOOLS/tries.so start -w 3600 -o lines/out --spool=spool --metrics=lines/metrics
wait_for tried
sees tcp=EPERM ptrace=EPERM passwords=EACCES outside=EACCES kill="$signal" unshare=EPERM bpf=EPERM run=EPERM
[ ! -e /run/kept/tried ] || fail "a file was made outside"
is_filtered
kill -USR2 "$PID"
written() { [ -n "$(ls spool/new)" ]; }
wait_for written
[ "$(find /proc/"$PID"/task -mindepth 1 -maxdepth 1 | wc -l)" -ge 2 ] || fail "one thread only"
is_filtered
grep -q "^ctagg: confined: Landlock ABI $abi, writes only in spool, lines, lines; seccomp: [1-9][0-9]* system calls\$" err ||
	fail "it does not say how it is confined"
# The folders that it may write to, and another folder in the place of one.
mv lines/out lines/out.1
kill -HUP "$PID"
opened() { [ -e lines/out ]; }
wait_for opened
mv lines before
mkdir lines
kill -HUP "$PID"
says_replaced() { grep -q "^ctagg: cannot open lines/out anew: Permission denied; .*: restart ctagg\$" err; }
wait_for says_replaced
mv lines after
mv before lines
mv lines/out lines/out.2
wait_for opened
finish

# --- files as input: no socket and no process
mkfifo events
: >err
LD_PRELOAD=$TOOLS/tries.so "$CTAGG" -v --read=events >out 2>err &
PID=$!
exec 3>events
wait_for tried
sees tcp=EPERM ptrace=EPERM passwords=EACCES outside=EACCES kill=EPERM unshare=EPERM bpf=EPERM run=EPERM
is_filtered
exec 3>&-
wait "$PID" || fail "status $?"

# --- ctagg-deliver: --url reads what TLS and names need, --exec is not held by Landlock
delivers() {
	: >err
	LD_PRELOAD=$TOOLS/tries.so "$DELIVER" -v --spool=empty "$@" 2>err &
	PID=$!
	wait_for tried
	is_filtered
	kill "$PID"
	wait "$PID" || fail "status $?"
}
"$CTAGG" --read=/dev/null --spool=empty
command rm -f empty/new/*
delivers --url=http://127.0.0.1:9/
sees tcp=0 ptrace=EPERM passwords=0 outside=EACCES kill=EPERM unshare=EPERM bpf=EPERM run=EPERM
delivers --rebind --udp=127.0.0.1:9
sees tcp=0 ptrace=EPERM passwords=0 outside=EACCES kill=EPERM unshare=EPERM bpf=EPERM run=EPERM
mkdir numbers
: >err
"$DELIVER" -v --spool=empty --udp=127.0.0.1:9 --metrics=numbers/deliver 2>err &
PID=$!
wait_for grep -q '^ctagg-deliver: ready' err
mv numbers before.numbers
mkdir numbers
finish
grep -q "^ctagg-deliver: cannot replace numbers/deliver: Permission denied; .*: restart ctagg-deliver\$" err ||
	fail "it does not say what keeps it from the folder"
delivers --rebind --exec false
sees tcp=0 ptrace=EPERM passwords=0 outside=0 kill=0 unshare=0 bpf=EPERM run=0
grep -q "^ctagg-deliver: confined: no Landlock (it would hold for the command, too); seccomp:" err ||
	fail "it does not say how it is confined"
