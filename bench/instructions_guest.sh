#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-or-later
# The init of the emulated machine of bench/instructions, whose clock counts instructions. Each
# listener meets the same load twice: in the first one the flows are new to it, in the second one
# all its rows are there. A line for each listener and number of keys:
#   MEASURED keys listener first again reader told
# first, again   instructions an event of the generator in each load, with all that the
#                kernel does for the listener: the kernel delivers an event in the system
#                call that has caused the event
# reader         instructions an event of the listener's process over both loads
# told           "all": of how many events the listener's output tells; "-": it has no output
/bin/busybox mkdir -p /sbin /usr/bin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
cd /run || exit
. /settings	# LISTENERS, KEYS
modprobe nf_conntrack
modprobe nf_conntrack_netlink
ip link set lo up
echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct
echo 1 >/proc/sys/net/netfilter/nf_conntrack_timestamp
# The one processor is the generator's for milliseconds at a time, and conntrack -E has no option
# for the buffer of its events: with too small a buffer it would lose them and not pay for them.
echo 268435456 >/proc/sys/net/core/rmem_default
uname -r

failed() {
	echo "FAILED $1"
	poweroff -f
}
# shellcheck source=bench/instructions_load.sh
. /instructions_load.sh

# The kernel calibrates its clock in the first seconds; until then instructions take, by this
# clock, another time than the nanosecond that one has. Some load for the caches, too.
tries=0
while one=$(loop) && echo "an instruction takes $one ns" && [ "${one%?}" != 1.00 ] && [ "${one%?}" != 0.99 ]; do
	tries=$((tries + 1))
	[ $tries -le 60 ] || failed "the clock of this machine does not count instructions"
	load 1000 10000 >/dev/null
done
measure_all
echo "SETTLED $(loop)"
poweroff -f
