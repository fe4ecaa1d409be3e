#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-or-later
# The init of the emulated machine: every case prints `RESULT name|ok ...` or
# `RESULT name|FAILED why`. The oracle is what ctgen says it has made.
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
netfilter=/proc/sys/net/netfilter
echo 1 >$netfilter/nf_conntrack_acct
echo 1 >$netfilter/nf_conntrack_timestamp
uname -r

result() { echo "RESULT $1|$2"; }
total() { grep '"type":"window"' out | sed "s/.*\"$1\":\([0-9]*\).*/\1/" | awk '{ s += $1 } END { print s + 0 }'; }
did() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" gen | awk '{ s += $1 } END { print s + 0 }'; }

# Start a program and wait until it is ready or has ended: under emulation loading the
# filter takes seconds.
start() {
	rm -f out err
	"$@" >out 2>err &
	pid=$!
	while ! grep -q 'ready' err && kill -0 $pid 2>/dev/null; do usleep 100000; done
}
stop() {
	kill -TERM $pid
	wait $pid
	status=$?
}

# Compare the sums of out with those of gen: name, the table expected, and "folded" where
# the filter has to take every event, "other" where the table has to overflow.
check() {
	local said
	said="table $(sed -n 's/.*"engine":"\([a-z]*\)".*/\1/p' out | tail -n 1), starts $(total starts) of $(did created), ends $(total ends) of $(did deleted), folded $(total kernel_events), passed $(total passed_events), windows $(grep -c '"type":"window"' out)"
	if [ "$status" = 0 ] && [ "$(did created)" -gt 0 ] &&
		[ "$(total starts)" = "$(did created)" ] && [ "$(total ends)" = "$(did deleted)" ] &&
		grep -q "\"engine\":\"$2\"" out && { [ "${3-}" != folded ] || [ "$(total passed_events)" = 0 ]; } &&
		{ [ "${3-}" != other ] || grep -q '"type":"other"' out; }; then
		result "$1" "ok $said"
	else
		result "$1" "FAILED status $status, $said; $(head -n 1 err)"
	fi
}

# Run a command as nobody with some capabilities only. It replaces its subshell, so the
# process id is ctagg's.
only() { # capabilities, command
	caps=$1
	shift
	exec setpriv-linux --reuid 65534 --clear-groups --inh-caps "-all,$caps" --ambient-caps "-all,$caps" --bounding-set "-all,$caps" "$@"
}
chmod 777 /run

. /settings	# part
if [ -n "$part" ]; then
	# shellcheck source=/dev/null # a part of the cases, by its name
	. "/$part.sh"
	result all "done"
	poweroff -f
fi

start ctagg -v --table=bpf -w 1
ctgen --here --mixed --keys 500 --events 20000 >gen
ctgen --here --proto tcp --keys 100 --events 4000 >>gen
ctgen --here --proto icmp --keys 50 --events 2000 >>gen
stop
check "main job, self-test" bpf folded

start ctagg -v --table=bpf -w 100ms
ctgen --here --cpu 0 --keys 1000 --events 20000 >gen1 &
one=$!
ctgen --here --cpu 1 --ipv6 --keys 1000 --events 20000 >gen2
wait $one
cat gen1 gen2 >gen
stop
check "windows of 100 ms, load on both CPUs" bpf folded

start ctagg -v --table=bpf -w 1 --max-flows 16
ctgen --here --keys 1000 --events 8000 >gen
stop
check "full table" bpf other

old=$(cat /proc/sys/net/core/optmem_max)
echo 2048 >/proc/sys/net/core/optmem_max
start ctagg -v --table=bpf -w 1
ctgen --here --keys 100 --events 4000 >gen
stop
echo "$old" >/proc/sys/net/core/optmem_max
check "optmem_max too small: the stub" bpf folded

start ctagg -v --table=hash -w 1
ctgen --here --mixed --keys 500 --events 8000 >gen
stop
check "in memory" hash

start only +net_admin ctagg -v -w 1
ctgen --here --keys 500 --events 4000 >gen
stop
check "without CAP_BPF: falls back" hash
grep -q 'no kernel table' err || result "the fallback says so" "FAILED"

(only +net_admin ctagg --table=bpf -c 1) >out 2>err
status=$?
if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ]; then
	result "without CAP_BPF: --table=bpf" "ok status 1, $(cat err)"
else
	result "without CAP_BPF: --table=bpf" "FAILED status $status"
fi

# Without CAP_PERFMON the verifier is stricter.
start only +net_admin,+bpf ctagg -v --table=bpf -w 1
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "CAP_NET_ADMIN and CAP_BPF only" bpf folded

start only +net_admin,+bpf ctagg -v --table=bpf -w 1 --key src/24,dst/24/64,sport,dport,proto,nat-dst,nat-dport,zone,mark/0xff \
	--proto tcp,udp --src 0.0.0.0/0,::/0 --dst '!203.0.113.0/24' --zone 0 --mark '!3,0x80/0xf0' \
	--addr '!203.0.113.0/24' --port 0-65535
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "the same, another key and a selection" bpf folded

# Labels in the key, which change in between.
printf '10.0.0.0/25,some\n::/0,six\n' >labels.csv
start only +net_admin,+bpf ctagg -v --table=bpf -w 1,2 --key src/24,src-label,dst-label,proto,dir,zone,nat-dst \
	--labels=labels.csv --src 0.0.0.0/0,::/0
ctgen --here --mixed --keys 500 --events 4000 >gen
printf '10.0.0.0/24,others\n::/0,six\n' >labels.csv
kill -HUP $pid
while ! grep -q 'from the next window on' err && kill -0 $pid; do usleep 100000; done
seen=$(grep -c '"type":"window".*"window_ms":1000' out)
while [ "$(grep -c '"type":"window".*"window_ms":1000' out)" -le "$seen" ] && kill -0 $pid; do usleep 100000; done
ctgen --here --mixed --keys 500 --events 4000 >>gen
stop
grep '"window_ms":2000' out >level
grep '"window_ms":1000' out >windows && mv windows out
check "the same, labels in the key" bpf folded
if grep -q '"src_label":"some"' out && grep -q '"src_label":"others"' out; then
	result "labels that change" "ok $(grep -c src_label out) records"
else
	result "labels that change" "FAILED $(tail -n 1 err)"
fi
[ "$(grep '"type":"window"' level | sed 's/.*"starts":\([0-9]*\).*/\1/' | awk '{ s += $1 } END { print s + 0 }')" = "$(did created)" ] ||
	result "labels that change: the level" "FAILED"

start only +net_admin,+bpf ctagg -v --table=bpf -w 500ms --interim
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "the same, live connections" bpf

# What somebody can do who has taken ctagg over: tries.so is loaded into it, and tries. Meanwhile
# ctagg opens its file anew, and moves windows within a spool.
mkdir -p /etc kept lines
echo root:x:0:0::/: >/etc/passwd
case $(uname -r) in
6.1.*) abi=2 signal=0 ;;
*) abi=6 signal=EPERM ;;
esac
sleep 1000 &
TRIES_PID=$! LD_PRELOAD=/lib/tries.so start ctagg -v -w 3600 -o lines/out --spool=spool
while ! grep -q '^try run' err && kill -0 $pid 2>/dev/null; do usleep 100000; done
mv lines/out lines/before
kill -HUP $pid
while [ ! -e lines/out ] && kill -0 $pid 2>/dev/null; do usleep 100000; done
stop
tries=$(sed -n 's/^try \(.*\) \(.*\)/\1=\2/p' err | tr '\n' ' ')
said=$(sed -n 's/^ctagg: confined: //p' err)
if [ "$status" = 0 ] && [ "$(cat spool/new/* | grep -c '"type":"window"')" = 1 ] &&
	[ "$(grep -c '"type":"window"' lines/out)" = 1 ] && [ "${said#Landlock ABI $abi, }" != "$said" ] &&
	[ "$tries" = "tcp=EPERM ptrace=EPERM passwords=EACCES outside=EACCES kill=$signal unshare=EPERM bpf=EPERM run=EPERM " ]; then
	result "confined" "ok $said"
else
	result "confined" "FAILED status $status, $said, $tries; $(tail -n 1 err)"
fi

. /flowtable.sh
. /trace.sh
. /trace_packets.sh

result all "done"
poweroff -f
