# shellcheck shell=dash disable=SC2154 # result(), start(), stop(), check() and $status are of guest.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Cases of guest.sh, sourced: --source=trace. A pair of ctaggs, one with each source, sees the same load and has
# to write the same records; how many events there were, the generator says.

start ctagg -v --source=trace -w 1
ctgen --here --mixed --keys 500 --events 20000 >gen
ctgen --here --proto tcp --keys 100 --events 4000 >>gen
ctgen --here --proto icmp --keys 50 --events 2000 >>gen
stop
check "trace: main job" bpf folded

start ctagg -v --source=trace -w 100ms
ctgen --here --cpu 0 --keys 1000 --events 20000 >gen1 &
one=$!
ctgen --here --cpu 1 --ipv6 --keys 1000 --events 20000 >gen2
wait $one
cat gen1 gen2 >gen
stop
check "trace: windows of 100 ms, load on both CPUs" bpf folded

start ctagg -v --source=trace -w 1 --max-flows 16
ctgen --here --keys 1000 --events 8000 >gen
stop
check "trace: full table" bpf other

start ctagg -v --source=trace --table=hash -w 1
ctgen --here --mixed --keys 500 --events 8000 >gen
stop
check "trace: in memory" hash

# What finds no room in the ring buffer, of one page, is lost, and counted.
start ctagg -v --source=trace --table=hash --buffer-size=1 -w 1
kill -STOP $pid
ctgen --here --keys 10 --events 4000 >gen
kill -CONT $pid
stop
lost=$(total lost_events)
if [ "$status" = 0 ] && [ "$lost" -gt 0 ] && [ $(($(total starts) + $(total ends) + lost)) = $(($(did created) + $(did deleted))) ] &&
	grep -q '"status":"partial"' out; then
	result "trace: ring buffer too small" "ok starts $(total starts), ends $(total ends), lost $lost of $(($(did created) + $(did deleted)))"
else
	result "trace: ring buffer too small" "FAILED status $status, starts $(total starts), ends $(total ends), lost $lost; $(head -n 1 err)"
fi

# All entries are removed at once, by one call: also those that the cases before have left, which the kernel
# counts.
start ctagg -v --source=trace -w 3600
ctgen --here --hold --mixed --keys 200 --events 2000 >gen
entries=$(conntrack -C)
conntrack -F 2>/dev/null
stop
said="starts $(total starts) of $(did created), ends $(total ends) of $entries"
if [ "$status" = 0 ] && [ "$(did created)" -gt 0 ] && [ "$(total starts)" = "$(did created)" ] && [ "$(total ends)" = "$entries" ]; then
	result "trace: conntrack -F" "ok $said"
else
	result "trace: conntrack -F" "FAILED status $status, $said"
fi

# Nothing is left of a ctagg that was killed: nobody makes the kernel make events, and no function is traced.
mount -t tracefs tracefs /sys/kernel/tracing
start ctagg -v --source=trace -w 3600
traced=$(grep -c ctnetlink_conntrack_event /sys/kernel/tracing/enabled_functions)
kill -9 $pid
wait $pid
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	left=$(grep -c ctnetlink_conntrack_event /sys/kernel/tracing/enabled_functions)
	[ "$left" = 0 ] && break
	usleep 500000
done
if [ "$traced,$left" = 1,0 ] && ! awk '$2 == 12 && $4 ~ /[1-9]/ { n = 1 } END { exit !n }' /proc/net/netlink; then
	result "trace: kill -9" "ok nothing is left"
else
	result "trace: kill -9" "FAILED $traced functions traced, $left are left"
fi

# What ctagg has to have, and what it keeps.
(only +net_admin,+bpf,+perfmon ctagg --source=trace -w 1 -c 1) >out 2>err
status=$?
if [ $status = 1 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q 'needs CAP_SYS_ADMIN' err; then
	result "trace: without CAP_SYS_ADMIN" "ok status 1, $(cat err)"
else
	result "trace: without CAP_SYS_ADMIN" "FAILED status $status, $(head -n 1 err)"
fi
start only +net_admin,+sys_admin ctagg -v --source=trace -w 1
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
if grep -q 'capabilities net_admin$' err; then
	check "trace: CAP_NET_ADMIN and CAP_SYS_ADMIN" bpf folded
else
	result "trace: CAP_NET_ADMIN and CAP_SYS_ADMIN" "FAILED $(grep -m 1 capabilities err)"
fi

# --- netlink and trace side by side ----------------------------------------------

wait_ready() { while ! grep -q 'ready' "$1" && kill -0 "$2" 2>/dev/null; do usleep 50000; done; }

# What differs between two runs: ids, times, and how long something took.
all_the_same() {
	sed 's/"\(id\|run\|slot\|window_start\|window_end\|first_seen\|last_seen\)":"[^"]*",*//g
		s/"\(rotate_us\|drain_us\|kernel_events\|passed_events\|table_rows\)":[0-9]*,*//g; s/"kernel":{[^}]*},*//' | sort
}
same_for_all() { all_the_same <"$1"; }

pair() { # name, function that makes the load, options of both
	label=$1 load=$2
	shift 2
	rm -f netlink trace netlink.err trace.err
	ctagg -v -w 3600 --no-align --table=bpf -o netlink "$@" 2>netlink.err &
	one=$!
	ctagg -v -w 3600 --no-align --source=trace -o trace "$@" 2>trace.err &
	two=$!
	wait_ready netlink.err $one
	wait_ready trace.err $two
	$load >gen
	kill -TERM $one $two
	wait $one
	status=$?
	wait $two
	status=$status,$?
	grep -v '"window_ms":7200000' trace >out	# what is left is one window
	same_for_all netlink >a
	same_for_all trace >b
	said="$(wc -l <b) records, starts $(total starts) of $(did created), ends $(total ends) of $(did deleted), unselected $(total unselected_events)"
	if [ $status = 0,0 ] && [ "$(did created)" -gt 0 ] && cmp -s a b &&
		[ $(($(total starts) + $(total ends) + $(total unselected_events))) = $(($(did created) + $(did deleted))) ]; then
		result "$label" "ok $said"
	else
		result "$label" "FAILED status $status, $said, $(diff a b | grep -c '^[+-]{') differ; $(tail -n 1 trace.err)"
		diff a b | head -n 12
	fi
}

protocols() {
	ctgen --here --mixed --keys 200 --events 2000
	for proto in tcp udplite sctp dccp gre 253; do
		ctgen --here --mixed --proto $proto --keys 50 --events 400
	done
	ctgen --here --proto icmp --keys 50 --events 400
	ctgen --here --ipv6 --proto icmpv6 --keys 50 --events 400
	ctgen --here --mixed --zone 7 --mark 517 --keys 50 --events 400
	ctgen --here --nat --proto tcp --mark 3 --keys 50 --events 400
	ctgen --here --nat --ipv6 --zone 65535 --mark 4294967295 --keys 50 --events 400
}
all_fields=src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark
pair "same records: default key" protocols
pair "same records: all fields" protocols --key $all_fields
pair "same records: some fields, levels" protocols -w 3600,7200 --key src/24,dst/24/64,dport,proto,nat-dst,zone,mark/0xff
pair "same records: selection" protocols --key src/24,proto,zone --proto '!gre' --src 0.0.0.0/0,::/0 --dst '!198.18.0.3' --port '!1005' --mark '0-600' --direction '!in'
pair "same records: top" protocols --top 20,ends
# Which of the smallest flows have found no room is chance.
same_for_all() { grep '"type":"window"' "$1" | all_the_same; }
pair "same window: full table" protocols --max-flows 100
same_for_all() { all_the_same <"$1"; }
for switch in acct timestamp; do
	echo 0 >$netfilter/nf_conntrack_$switch
	pair "same records: without $switch" protocols
	echo 1 >$netfilter/nf_conntrack_$switch
done
