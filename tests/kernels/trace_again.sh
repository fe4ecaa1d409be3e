# shellcheck shell=dash disable=SC2154 # the functions, $pid and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --source=trace, and calls of the function that are no events of ours: the kernel
# calls again with an event that a listener has lost, and calls for other network namespaces.

# A listener loses all but the first messages of a group, and ends; all entries are removed. The end of an entry whose
# start was lost brings the start along; an end that was lost comes again.
lost_by() { # name, group of ctnetlink
	conntrack -F 2>/dev/null
	start ctagg -v --source=trace -w 3600
	: >heard
	deaf "$2" >heard &
	listener=$!
	while ! grep -q ready heard && kill -0 $listener 2>/dev/null; do usleep 20000; done
	ctgen --here --hold --mixed --keys 50 --events 800 >gen
	entries=$(conntrack -C)
	[ "$2" = 1 ] || conntrack -F 2>/dev/null
	kept=$(conntrack -C)	# with ends that were lost
	kill $listener
	wait $listener 2>/dev/null
	conntrack -F 2>/dev/null
	while [ "$(conntrack -C)" -gt 0 ]; do usleep 100000; done
	stop
	said="starts $(total starts) of $(did created), ends $(total ends) of $entries, $(grep -c ready heard) listener, $kept kept"
	if [ "$status" = 0 ] && [ "$entries" -gt 100 ] && [ "$kept" -gt 100 ] && grep -q ready heard &&
		[ "$(total starts)" = "$(did created)" ] && [ "$(total ends)" = "$entries" ] && grep -q '"status":"ok"' out; then
		result "$1" "ok $said"
	else
		result "$1" "FAILED status $status, $said; $(tail -n 1 err)"
	fi
}
lost_by "trace: starts that a listener has lost" 1
lost_by "trace: ends that a listener has lost" 3

# Another network namespace, where the kernel tells of all events, as in this one.
others() {
	unshare -n sh -c "echo 1 >$netfilter/nf_conntrack_events; exec ctgen --here --mixed --keys 50 --events 400"
}
start ctagg -v --source=trace -w 3600
others >gen.others
ctgen --here --mixed --keys 50 --events 800 >gen
others >>gen.others
stop
grep -q '"created":[1-9]' gen.others || status="$status, no events of others"
check "trace: not of other namespaces" bpf folded
start ctagg -v --source=trace -w 3600 --key src,zone
others >gen.others
ctgen --here --mixed --keys 50 --events 800 >gen
others >>gen.others
stop
grep -q '"created":[1-9]' gen.others || status="$status, no events of others"
check "trace: the same, another key" bpf folded
conntrack -F 2>/dev/null
