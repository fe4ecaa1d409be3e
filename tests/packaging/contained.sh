#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In namespaces of its own, as a container is started: ROOT becomes the root folder, /proc/sys is
# read-only, and COMMAND has CAPABILITIES alone. It is to count a connection, as the user ctagg.
# usage: contained.sh ROOT CAPABILITIES COMMAND...
set -u
root=$1 capabilities=$2
shift 2
fail() { echo "FAIL: $*"; cat "$root/tmp/err"; exit 1; }
mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" &&
	mount -t tmpfs tmpfs "$root/tmp" || exit 1
# A namespace tracks connections when a rule asks for it.
nft 'add table ip t { chain c { type filter hook output priority 0; ct state new; }; }' || exit 1
ip link set lo up
mount --bind "$root/proc/sys" "$root/proc/sys" && mount -o remount,ro,bind "$root/proc/sys" || exit 1

chroot "$root" setpriv --bounding-set="-all,$capabilities" --inh-caps=-all \
	"$@" --verbose >"$root/tmp/lines" 2>"$root/tmp/err" &
command=$!
for _ in $(seq 300); do
	! grep -q '^ctagg: ready' "$root/tmp/err" || break
	sleep 0.1
done
for address in 1 2 3; do
	echo >"/dev/udp/127.0.0.$address/9"
done 2>/dev/null
cat "$root/proc/$command/status" >"$root/tmp/status" || fail "no process"
kill $command
wait $command || fail "status $?"
cat "$root/tmp/err"
[ "$(jq -s 'map(select(.type == "flow" and .dst_port == 9) | .starts) | add' "$root/tmp/lines")" = 3 ] || fail "not counted"
user=$(sed -n 's/^ctagg:x:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
[ "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "$root/tmp/status")" = "$user $user $user $user" ] || fail "another user than ctagg"
# CAP_NET_ADMIN is 12 (linux/capability.h). CAP_BPF is given up when the table is in the kernel.
[ $((0x$(awk '/^CapEff:/ { print $2 }' "$root/tmp/status"))) = $((1 << 12)) ] || fail "other capabilities: $(grep ^Cap "$root/tmp/status")"
grep -q '^ctagg: ready: table bpf' "$root/tmp/err" || fail "no table in the kernel"
