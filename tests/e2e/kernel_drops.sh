#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --kernel-drops where it cannot be had: one line that says why, and status 1. That it counts is shown on
# emulated machines (tests/kernels/drops.sh).
. "$(dirname "$0")/lib.sh"

refused() { # name, pattern, command
	local name=$1 pattern=$2
	shift 2
	"$@" -w 1h >out 2>err
	status=$?
	equal "$name: status" $status 1
	equal "$name: lines" "$(wc -l <err) $(wc -c <out)" "1 0"
	grep -q -- "$pattern" err || fail "$name: $(cat err)"
}

# The names of reasons are public: they are looked up before anything needs a privilege.
if [ -r /sys/kernel/btf/vmlinux ] && "$CTAGG" -V | grep -q 'BPF.*built in' && grep -q SKB_DROP_REASON_NO_SOCKET /sys/kernel/btf/vmlinux; then
	refused "unknown" "no reason NETFILTER_DROPS; it has NETFILTER_DROP, " "$CTAGG" --no-conntrack --kernel-drops=netfilter_drops
	refused "one of two" "no reason NO_SOCKETS; it has NO_SOCKET, " "$CTAGG" --no-conntrack --kernel-drops=NETFILTER_DROP,SKB_DROP_REASON_NO_SOCKETS
fi
refused "an ordinary user" '^ctagg: --kernel-drops: [A-Z][a-z ]*: ...' setpriv --reuid 65534 --clear-groups --inh-caps -all --bounding-set -all "$CTAGG" --no-conntrack --kernel-drops
