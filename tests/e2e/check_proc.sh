#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check where /proc is missing or read-only, or where the host's name is not UTF-8: it
# names the right cause, and prints all of it.
. "$(dirname "$0")/lib.sh"

mkdir empty
track
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_events=1
without_proc() { unshare --mount bash -c 'mount --bind empty /proc && exec "$@"' - "$@"; }
causes() { jq -r .cause out | tr '\n' ' '; }

# without /proc
without_proc "$CTAGG" --check=json >out 2>err
equal "without /proc" "$(causes)" "proc "
equal "its severity" "$(jq -r .severity out)" warning
unshare --mount bash -c 'mount --bind empty /proc; eval "$(jq -r .command out)"; exec "$@"' - "$CTAGG" --check=json >again 2>err
equal "with the command" "$(cat again)" ""

# a group that another program holds
start -g 5
without_proc "$CTAGG" --check=json -g 5 >out 2>err
equal "a taken group" "$(causes)" "group_taken proc "
without_proc "$CTAGG" -w 1h -g 5 >out 2>err
equal "status with a taken group" $? 1
grep -q 'group 5 is held by another program' err || fail "$(cat err)"
"$CTAGG" -w 1h -g 5 >out 2>err
grep -q "group 5 is held by ctagg, process $PID:" err || fail "$(cat err)"
cp "$CTAGG" /run/ctagg
unprivileged() { without_proc setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all /run/ctagg "$@"; }
unprivileged --check=json --no-conntrack -g 5 >out 2>err
equal "without privilege" "$(causes)" "privilege proc "
unprivileged -w 1h --no-conntrack -g 5 >out 2>err
grep -q 'CAP_NET_ADMIN' err || fail "$(cat err)"
finish

# /proc/sys read-only
read_only() { unshare --mount bash -c 'mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys && exec "$@"' - "$@"; }
sysctl -qw net.netfilter.nf_conntrack_acct=0
read_only "$CTAGG" -w 1h --enable=acct >out 2>err
equal "status of --enable" $? 1
grep -q 'read-only' err || fail "$(cat err)"
grep -q 'not on this kernel' err && fail "$(cat err)"
without_proc "$CTAGG" -w 1h --enable=acct >out 2>err
grep -q 'is /proc mounted' err || fail "$(cat err)"
read_only "$CTAGG" --check=json >out 2>err
equal "read-only" "$(causes)" "accounting_off "
jq -r .command out | grep -q '#.*on the host.*read-only' || fail "$(cat out)"
eval "$(jq -r .command out)" >/dev/null || fail "the command"
"$CTAGG" --check >out 2>err || fail "$(cat out)"

# A host name may have any bytes.
sysctl -qw net.netfilter.nf_conntrack_acct=0
named() { unshare --uts bash -c 'printf %s "$0" >/proc/sys/kernel/hostname && exec "$@"' "$1" "$CTAGG" --check=json --fail-on=note; }
named $'g\xffw"\\1' >out 2>err
equal "status" $? 3
LC_ALL=C grep -q '[^ -~]' out && fail "a byte outside 0x20 to 0x7e"
equal "host and cause" "$(jq -c '[.host, .cause]' out)" '["g�w\"\\1","accounting_off"]'
named gw-ü >out 2>err
equal "host and cause" "$(jq -c '[.host, .cause]' out)" '["gw-ü","accounting_off"]'
for format in --check --check=json; do
	"$CTAGG" $format >/dev/full 2>err
	equal "status of $format to a full disk" $? 1
	grep -q 'No space' err || fail "$(cat err)"
done
