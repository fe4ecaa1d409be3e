#!/bin/busybox sh
# shellcheck shell=dash disable=SC2154 # $parts and $most_seconds are of settings
# SPDX-License-Identifier: GPL-2.0-or-later
# The init of the emulated machine: runs the parts of the cases that are to be run, one after the other.
/bin/busybox mkdir -p /sbin /usr/bin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
modprobe nf_conntrack
modprobe nf_conntrack_netlink
ip link set lo up
echo /bin/modprobe >/proc/sys/kernel/modprobe	# nft and ip have modules loaded
netfilter=/proc/sys/net/netfilter
echo 1 >$netfilter/nf_conntrack_acct
echo 1 >$netfilter/nf_conntrack_timestamp
uname -r

. /cases.sh
. /settings	# parts, most_seconds
# A part runs in a folder and a shell of its own, for as long as a part may take: one that waits for ever
# must not keep those behind it from running.
for part in $parts; do
	mkdir -m 777 /run/$part
	(
		cd /run/$part || exit
		# shellcheck source=/dev/null # a part of the cases, by its name
		. "/$part.sh"
		echo >/run/$part.ended
	) &
	in_part=$!
	begun=$(cut -d. -f1 /proc/uptime)
	(sleep $most_seconds; kill -9 -1) &
	watch=$!
	wait $in_part
	kill $watch
	seconds=$(($(cut -d. -f1 /proc/uptime) - begun))
	echo "SECONDS $part $seconds"
	[ -e /run/$part.ended ] || result $part "FAILED stopped in the middle, after $seconds of at most $most_seconds seconds"
done
result all "done"
poweroff -f
