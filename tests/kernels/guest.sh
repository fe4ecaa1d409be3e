#!/bin/busybox sh
# shellcheck shell=dash disable=SC2154 # $parts is of settings
# SPDX-License-Identifier: GPL-2.0-or-later
# The init of the emulated machine: runs the parts of the cases that are to be run, one after the other.
/bin/busybox mkdir -p /sbin /usr/bin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
cd /run || exit
modprobe nf_conntrack
modprobe nf_conntrack_netlink
ip link set lo up
echo /bin/modprobe >/proc/sys/kernel/modprobe	# nft and ip have modules loaded
netfilter=/proc/sys/net/netfilter
echo 1 >$netfilter/nf_conntrack_acct
echo 1 >$netfilter/nf_conntrack_timestamp
uname -r
chmod 777 /run

. /cases.sh
. /settings	# parts
for part in $parts; do
	# shellcheck source=/dev/null # a part of the cases, by its name
	. "/$part.sh"
done
result all "done"
poweroff -f
