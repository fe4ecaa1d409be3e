#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check --netns: the commands that --check gives change the namespace that it has looked
# at, and no other, whatever the name of that namespace.
. "$(dirname "$0")/lib.sh"

command -v nsenter >/dev/null || { echo "no nsenter here"; exit 77; }
get() { cat "/proc/sys/net/netfilter/nf_conntrack_$1"; }
get_there() { ip netns exec other cat "/proc/sys/net/netfilter/nf_conntrack_$1"; }
set_both() {
	sysctl -qw "net.netfilter.nf_conntrack_$1=$2"
	ip netns exec other sysctl -qw "net.netfilter.nf_conntrack_$1=$2"
}
command_for() { "$CTAGG" --check=json "${@:2}" 2>err | jq -r "select(.cause == \"$1\") | .command"; }

ip netns add other
ip netns exec other ip link set lo up
ip netns exec other sleep 1000 &
sleeper=$!
in_other() { [ "$(readlink "/proc/$sleeper/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_for in_other

# a name, a process, a path, and paths that a shell would not leave alone
# shellcheck disable=SC2016 # nothing is to be expanded
hostile=(./5 './a b' "./it's" './$(touch ran)' './;touch ran;' './"' $'./new\nline' $'./\xff' './#' './-x' "./$(printf 'n%.0s' {1..240})")
for path in "${hostile[@]}"; do
	touch "$path"
	mount --bind /run/netns/other "$path" || fail "mount --bind"
done
for netns in other "$sleeper" /run/netns/other "${hostile[@]}"; do
	set_both acct 0
	nft flush ruleset
	ip netns exec other nft flush ruleset
	eval "$(command_for accounting_off --netns="$netns")" >/dev/null || fail "the command for $netns"
	equal "acct there, $netns" "$(get_there acct)" 1
	equal "acct here, $netns" "$(get acct)" 0
	eval "$(command_for no_tracking --netns="$netns")" >/dev/null || fail "the command for $netns"
	ip netns exec other nft list ruleset | grep -q 'ct state' || fail "no rule there, $netns"
	equal "rules here, $netns" "$(nft list ruleset)" ""
	"$CTAGG" --check --netns="$netns" >text 2>err
	"$CTAGG" --check=json --netns="$netns" >json 2>err
	equal "a line a cause, $netns" "$(wc -l <text)" "$(wc -l <json)"
	LC_ALL=C grep -q '[^ -~]' text && fail "a byte outside 0x20 to 0x7e: $(cat text)"
done
equal "what ran" "$(ls ran 2>/dev/null)" ""

# A command for a file is not run in the namespace.
setpriv --reuid 65534 --clear-groups --inh-caps +sys_admin --ambient-caps +sys_admin \
	"$CTAGG" --check=json --netns=/run/netns/other >out 2>err
equal "for a file" "$(jq -r 'select(.cause == "privilege") | .command' out | cut -d ' ' -f 1)" setcap

# A sysctl that a killed ctagg has left on there.
set_both acct 0
ip netns exec other "$CTAGG" -v -w 3600 --enable=acct >/dev/null 2>err &
PID=$!
enabled() { [ "$(get_there acct)" = 1 ]; }
wait_for enabled
kill -KILL "$PID"
{ wait "$PID"; } 2>/dev/null
sysctl -qw net.netfilter.nf_conntrack_acct=1
eval "$(command_for left_enabled --netns=other)" >/dev/null || fail "the command for left_enabled"
equal "acct there" "$(get_there acct)" 0
equal "acct here" "$(get acct)" 1
equal "left" "$(command_for left_enabled --netns=other)" ""

# A FIFO in place of a namespace is not waited for.
mkfifo fifo
timeout -s KILL 20 "$CTAGG" --netns="$PWD/fifo" >out 2>err
equal "status with a FIFO" $? 2

# Digits name a process, unless a namespace has that name.
ip netns add "$sleeper"
ip netns exec "$sleeper" sysctl -qw net.netfilter.nf_conntrack_timestamp=1
ip netns exec other sysctl -qw net.netfilter.nf_conntrack_timestamp=0
equal "a name of digits" "$(command_for timestamps_off --netns="$sleeper")" ""
ip netns exec other sysctl -qw net.netfilter.nf_conntrack_timestamp=1
ip netns exec "$sleeper" sysctl -qw net.netfilter.nf_conntrack_timestamp=0
equal "a name of digits" "$(command_for timestamps_off --netns="$sleeper")" \
	"ip netns exec $sleeper sysctl -w net.netfilter.nf_conntrack_timestamp=1"
ip netns del "$sleeper"
equal "a process" "$(command_for timestamps_off --netns="$sleeper")" ""
kill "$sleeper"
