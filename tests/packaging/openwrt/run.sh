#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In namespaces of its own: run the command of the start script until ctagg is ready, and end it.
# usage: run.sh STANDINS ROOT CONFIGURATION
set -u
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
cp -r "$2" /run/root
cp "$3" /run/config
# shellcheck source=tests/packaging/openwrt/procd.sh
. "$1" /run/config
mount -t tmpfs tmpfs /tmp
root=/run/root
# The user of the package: the owner of what the start script makes.
chown() { [ "$1" = ctagg:ctagg ] && [ -d "$2" ]; }
. "$root/etc/init.d/ctagg"
mapfile -t command < <(start_service)
[ "${#command[@]}" -gt 1 ] || { echo "start_service starts nothing"; exit 1; }
echo "${command[*]}"
command[0]=$root${command[0]}
ip link set lo up
"${command[@]}" --verbose 2>/tmp/err &
ctagg=$!
for _ in $(seq 300); do
	! grep -q '^ctagg: ready' /tmp/err || break
	sleep 0.1
done
kill $ctagg
wait $ctagg
status=$?
cat /tmp/err
[ $status = 0 ] && grep -q '^ctagg: ready' /tmp/err
