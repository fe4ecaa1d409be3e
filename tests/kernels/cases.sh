# shellcheck shell=dash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# What the parts of the cases share, sourced by guest.sh. Every case prints `RESULT name|ok ...' or
# `RESULT name|FAILED why'. The oracle is what ctgen says it has made.
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

# The loads that every way of counting has to stand: a name in front of those of the cases, options of ctagg.
usual_loads() {
	front=$1
	shift
	start ctagg -v -w 1 "$@"
	ctgen --here --mixed --keys 500 --events 20000 >gen
	ctgen --here --proto tcp --keys 100 --events 4000 >>gen
	ctgen --here --proto icmp --keys 50 --events 2000 >>gen
	stop
	check "${front}main job" bpf folded

	start ctagg -v -w 100ms "$@"
	ctgen --here --cpu 0 --keys 1000 --events 20000 >gen1 &
	one=$!
	ctgen --here --cpu 1 --ipv6 --keys 1000 --events 20000 >gen2
	wait $one
	cat gen1 gen2 >gen
	stop
	check "${front}windows of 100 ms, load on both CPUs" bpf folded

	start ctagg -v -w 1 --max-flows 16 "$@"
	ctgen --here --keys 1000 --events 8000 >gen
	stop
	check "${front}full table" bpf other

	start ctagg -v -w 1 --table=hash "$@"
	ctgen --here --mixed --keys 500 --events 8000 >gen
	stop
	check "${front}in memory" hash
}

# Another host, in a network namespace of its own: 10.9.NUMBER.2 behind the device to-NUMBER; ours is 10.9.NUMBER.1.
# The process $host holds the namespace.
another_host() {	# number
	unshare -n sleep 10000 &
	host=$!
	while [ "$(readlink "/proc/$host/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do usleep 10000; done
	ip-linux link add "to-$1" type veth peer name eth0 netns "$host"
	ip-linux addr add "10.9.$1.1/24" dev "to-$1"
	ip-linux link set "to-$1" up
	nsenter -t "$host" -n ip-linux addr add "10.9.$1.2/24" dev eth0
	nsenter -t "$host" -n ip-linux link set eth0 up
	nsenter -t "$host" -n ip-linux route add default via "10.9.$1.1"
	while ! nsenter -t "$host" -n ping -c 1 -W 1 "10.9.$1.1" >/dev/null; do :; done
}

# --- two ways of counting, side by side -----------------------------------------

wait_ready() { while ! grep -q 'ready' "$1" && kill -0 "$2" 2>/dev/null; do usleep 50000; done; }

# What differs between two runs: ids, times, and how long something took.
all_the_same() {
	sed 's/"\(id\|run\|slot\|window_start\|window_end\|first_seen\|last_seen\)":"[^"]*",*//g
		s/"\(rotate_us\|drain_us\|kernel_events\|passed_events\|table_rows\)":[0-9]*,*//g; s/"kernel":{[^}]*},*//' | sort
}
same_for_all() { all_the_same <"$1"; }

# Two ctaggs, which write netlink and trace: the options of both. pair_stop has the status of both in $status.
pair_start() {
	rm -f netlink trace netlink.err trace.err
	ctagg -v -w 3600 --no-align --table=bpf -o netlink "$@" 2>netlink.err &
	one=$!
	ctagg -v -w 3600 --no-align --source=trace -o trace "$@" 2>trace.err &
	two=$!
	wait_ready netlink.err $one
	wait_ready trace.err $two
}
pair_stop() {
	kill -TERM $one $two
	wait $one
	status=$?
	wait $two
	status=$status,$?
	grep -v '"window_ms":7200000' trace >out	# what is left is one window
	same_for_all netlink >a
	same_for_all trace >b
}

pair() { # name, function that makes the load, options of both
	label=$1 load=$2
	shift 2
	pair_start "$@"
	$load >gen
	pair_stop
	said="$(wc -l <b) records, starts $(total starts) of $(did created), ends $(total ends) of $(did deleted), unselected $(total unselected_events)"
	if [ $status = 0,0 ] && [ "$(did created)" -gt 0 ] && cmp -s a b &&
		[ $(($(total starts) + $(total ends) + $(total unselected_events))) = $(($(did created) + $(did deleted))) ]; then
		result "$label" "ok $said"
	else
		result "$label" "FAILED status $status, $said, $(diff a b | grep -c '^[+-]{') differ; $(tail -n 1 trace.err)"
		diff a b | head -n 12
	fi
}
