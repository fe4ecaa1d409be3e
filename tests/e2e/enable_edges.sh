#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --enable: all is put back after every signal, with too few descriptors, without
# privileges. A file that a killed ctagg has left in /run/ctagg counts for the network
# namespace that it is about, whoever reads it and whatever process has its number now.
. "$(dirname "$0")/lib.sh"

chmod 755 /run
REAL=$CTAGG
get() { cat "/proc/sys/net/netfilter/nf_conntrack_$1"; }
set_to() { sysctl -qw "net.netfilter.nf_conntrack_$1=$2" || fail "sysctl $1"; }
state() { echo "$(get acct)$(get timestamp)$(get events)"; }
files() { ls -A /run/ctagg 2>/dev/null; }
as_before() {
	equal "$1: sysctls" "$(state)" 002
	equal "$1: files" "$(files)" ""
	equal "$1: tables" "$(nft list tables)" ""
}
left() { "$CTAGG" --check=json "$@" 2>/dev/null | jq -r 'select(.cause == "left_enabled") | .text'; }

# From now on the program is started by this command.
through() {
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$*" "$REAL" >through
	chmod +x through
	CTAGG=./through
}
directly() { CTAGG=$REAL; }

killed() {
	start "$@"
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
}

# TERM (bit 0x4000) is pending no more: ctagg has read it.
taken() { ! grep -q '^ShdPnd:.*[4-7c-f]...$' "/proc/$PID/status"; }

# Ask ctagg to stop twice: after the first time it waits, because its records do not fit
# into the pipe.
twice() {
	: >out
	start "$@" --enable=acct,timestamp,events,hooks -w 3600 -o pipe
	gen --keys 2000 --events 4000
	kill -TERM "$PID"
	wait_for taken
	kill -0 "$PID" || fail "$* did not wait for the reader"
	equal "$* waits" "$(state)" 111
	kill -TERM "$PID"
	wait "$PID"
	equal "$* status" $? 1
	as_before "asked twice, $*"
}

set_to acct 0
set_to timestamp 0
set_to events 2
mkfifo pipe
exec 7<>pipe
twice --table=hash
exec 7<&- 7<>pipe

# Every signal that would end ctagg and that it can block. A shell starts background
# processes with QUIT ignored, so the defaults are restored first.
through env --default-signal
for signal in QUIT ALRM IO PROF PWR VTALRM XCPU; do
	start --enable=acct,timestamp,events,hooks -w 3600
	finish $signal
	as_before "SIG$signal"
done
directly

# With too few descriptors, down to 3, of which none is left to load the libraries with.
least=
for ((n = 3; n <= 20; n++)); do
	prlimit --nofile=$n "$CTAGG" --enable=acct,timestamp,events,hooks -w 1ms -c 1 >/dev/null 2>err
	status=$?
	as_before "$n descriptors"
	if [ $status = 0 ]; then
		: "${least:=$n}"
	elif [ $status != 127 ]; then
		[ -z "$least" ] || fail "$n descriptors do not do, $least did"
		# the last line, after those about what it did without, says why it ended
		tail -n 1 err | grep -q 'Too many open files; raise the limit' || fail "$n descriptors"
		grep -q 'not on this kernel' err && fail "$n descriptors: wrong cause"
	fi
	[ ! -d /run/ctagg ] || fail "$n descriptors: the directory is left"
done
[ -n "$least" ] || fail "20 descriptors do not do"
through prlimit "--nofile=$least"
twice --table=hash
directly
exec 7<&-

# What a killed ctagg has left on is put back as soon as the next one runs, although that
# one enables other sysctls.
killed --enable=acct,timestamp
start --enable=timestamp,events
equal "put back at once" "$(state)" 011
equal "nothing is left" "$(left)" ""
first=$PID
killed --enable=acct
equal "killed meanwhile" "$(state)" 111
equal "told" "$(left)" "a ctagg that was killed has left nf_conntrack_acct switched on"
PID=$first
finish
as_before "another list"

# That another ctagg was killed is no reason to leave a sysctl on.
start --enable=acct
first=$PID
killed --enable=acct
PID=$first
finish
as_before "the other was killed"

# Two process namespaces share /run; in each ctagg has process id 1.
child() { PID=$(pgrep -P "$PID") || fail "no child"; }
start_apart() {
	through unshare --pid --fork --mount-proc --kill-child
	start "$@"
	directly
	parent=$PID
	child
}
finish_apart() {
	kill -TERM "$1"
	wait "$2"
	equal "exit status" $? 0
}
start_apart --enable=acct,hooks
first=$PID first_parent=$parent
start_apart --enable=acct,hooks
equal "tables of two" "$(nft list tables | wc -l)" 2
equal "both run" "$(left)" ""
finish_apart "$first" "$first_parent"
equal "the other still wants it" "$(state)" 102
finish_apart "$PID" "$parent"
as_before "two process namespaces"

# started again with the same process id
start_apart --enable=acct
kill -KILL "$PID"
wait "$parent" 2>/dev/null
equal "killed" "$(state)" 102
start_apart --enable=acct
finish_apart "$PID" "$parent"
as_before "the same process id"

# A network namespace has the inode number of one that is gone.
there() { ip netns exec "$1" cat /proc/sys/net/netfilter/nf_conntrack_acct; }
inode() { stat -L -c %i "/run/netns/$1"; }
ip netns add gone
gone=$(inode gone)
killed --netns gone --enable=acct
equal "killed there" "$(there gone)" 1
[ -n "$(left --netns gone)" ] || fail "not told"
ip netns del gone
# The kernel gives the lowest free number, and frees that one in its own time; meanwhile
# somebody else may take it.
again=
for ((i = 0; i < 60; i++)); do
	again=again$i
	ip netns add $again
	[ "$(inode $again)" != "$gone" ] || break
	sleep 0.05
done
[ "$(inode $again)" = "$gone" ] || echo "no namespace got the number of the one that is gone: less is tested"
ip netns exec $again sysctl -qw net.netfilter.nf_conntrack_acct=1
equal "nothing was left in the new one" "$(left --netns $again)" ""
start --netns $again --enable=acct
finish
equal "on before in the new one" "$(there $again)" 1
rm -r /run/ctagg

# two namespaces at once
ip netns exec $again sysctl -qw net.netfilter.nf_conntrack_acct=0
start --netns $again --enable=acct
first=$PID
start --enable=acct
finish
as_here=$(get acct)
equal "here" "$as_here" 0
equal "there" "$(there $again)" 1
PID=$first
finish
equal "there, afterwards" "$(there $again)" 0
as_before "two namespaces"

# Root with CAP_NET_ADMIN alone.
through setpriv --inh-caps -all --bounding-set -all,+net_admin
start --enable=acct
equal "switched on by a capability" "$(state)" 102
[ -n "$(files)" ] || fail "not remembered"
grep -v '^ctagg: confined:' err | grep -q '/run/ctagg' && fail "a message about /run/ctagg"
finish
as_before "a capability"
directly

# What another user's killed run has left on is seen by root, and is put back by the next run.
killed --enable=acct
if chown -R 65534:65534 /run/ctagg 2>/dev/null; then
	[ -n "$(left)" ] || fail "not told of another user's"
fi
start --enable=timestamp
finish
rm -rf /run/ctagg
as_before "another user's"

# A user with that capability cannot write to /run: ctagg says so, and puts all back.
through setpriv --reuid 65534 --clear-groups --inh-caps +net_admin --ambient-caps +net_admin
start --enable=acct
grep -q 'cannot write to /run/ctagg: Permission denied; other ctaggs do not see' err || fail "not said"
equal "switched on by a user" "$(state)" 102
finish
as_before "a user"
directly

# Root cannot write either, to a read-only /run/ctagg.
mkdir /run/ctagg
mount -t tmpfs -o ro tmpfs /run/ctagg
start --enable=acct
grep -q 'cannot write to /run/ctagg: Read-only file system; other ctaggs do not see' err || fail "not said"
equal "switched on all the same" "$(state)" 102
finish
umount /run/ctagg
rmdir /run/ctagg
as_before "read-only"

# A sysctl that cannot be switched on: ctagg fails and names the cause.
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
"$CTAGG" --enable=acct -w 1ms -c 1 >/dev/null 2>err
equal "status" $? 1
grep -q 'Read-only file system; /proc/sys is read-only' err || fail "not said"
umount /proc/sys
as_before "a read-only /proc/sys"

# One that cannot be put back: ctagg says so, and the next run puts it back.
start --enable=acct
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
kill -TERM "$PID"
wait "$PID"
equal "status" $? 1
grep -q 'cannot put nf_conntrack_acct back: Read-only file system' err || fail "not said"
umount /proc/sys
[ -n "$(left)" ] || fail "not told"
start --enable=timestamp
finish
as_before "after all"
