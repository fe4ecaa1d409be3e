# shellcheck shell=dash disable=SC2154 # result(), start(), stop() and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --netns=all where single calls fail (tests/tools/refuse.c), so that one look at
# the namespaces of the host is not whole.
for name in red green; do ip-linux netns add $name; done
values() { # nf_conntrack_events of each namespace, and how many files note what is switched on; on one line
	{
		for name in red green; do ip-linux netns exec $name cat $netfilter/nf_conntrack_events; done
		ls /run/ctagg 2>/dev/null | wc -l
	} | xargs
}
refusing() { # call, which one, options
	call=$1 at=$2
	shift 2
	rm -f note when
	start env REFUSE_ERROR="$error" REFUSE_NOTE=note REFUSE_WHEN="$when" REFUSE_CALL="$call" REFUSE_AT="$at" \
		LD_PRELOAD=/lib/refuse.so ctagg -v --source=trace --netns=all -w 3600 --no-align "$@"
}
before=$(values)

# The first look fails in one namespace, when it has switched on in another: the start fails, and all is as before.
error=24 failed=0 wrong=
when=/init
for at in 8 9 10 11; do
	refusing socket $at --enable=events
	stop
	[ $status = 1 ] && failed=$((failed + 1))
	[ "$(values)" = "$before" ] || wrong="$wrong, call $at: status $status, $(values): $(tail -n 1 err)"
	for name in red green; do ip-linux netns exec $name sh -c "echo 2 >$netfilter/nf_conntrack_events"; done
	rm -rf /run/ctagg
done
if [ $failed -ge 2 ] && [ -z "$wrong" ]; then
	result "netns: a first look that fails" "ok status 1 $failed times, before and after: $before"
else
	result "netns: a first look that fails" "FAILED status 1 $failed times$wrong"
fi

# The last look, which puts back, fails in a namespace: it is said, and the next ctagg puts back.
when=when said=0 wrong=
for at in 3 4 5; do
	refusing socket $at --enable=events
	: >when
	stop
	if [ "$(values)" != "$before" ]; then
		grep -q 'cannot put back' err || wrong="$wrong, call $at: $(values), and not said"
		said=$((said + 1))
		start ctagg -v --source=trace --netns=all --enable=events -w 3600
		stop
		[ "$(values)" = "$before" ] || wrong="$wrong, call $at, after the next: $(values)"
	fi
	for name in red green; do ip-linux netns exec $name sh -c "echo 2 >$netfilter/nf_conntrack_events"; done
	rm -rf /run/ctagg
done
if [ $said -ge 1 ] && [ -z "$wrong" ]; then
	result "netns: a last look that fails" "ok said $said times, and the next one has put back"
else
	result "netns: a last look that fails" "FAILED said $said times$wrong"
fi

# The kernel table does not take an address: the connections of that namespace have their direction all the same, and
# those of other namespaces.
start ctagg -v --source=trace --no-align -w 3600
ctgen --here --keys 1 --events 2 >/dev/null
stop
source=$(sed -n 's/.*"src_ip":"\([^"]*\)".*/\1/p' out | head -n 1)
for name in red green; do ip-linux -n $name link set lo up; done
ip-linux -n green addr add "$source/32" dev lo
error=7
for at in 1 2; do
	refusing bpf:2 $at
	: >when
	ip-linux -n red addr add "$source/32" dev lo
	while ! grep -q 'found again' err && kill -0 $pid; do usleep 100000; done
	for name in red green; do ip-linux netns exec $name ctgen --here --keys 1 --events 400 >gen.$name; done
	stop
	ip-linux -n red addr del "$source/32" dev lo
	directions=$(sed -n 's/.*"type":"flow".*"netns":"\([a-z]*\)","direction":"\([a-z]*\)".*/\1 \2/p' out | sort -u | tr '\n' ' ')
	if [ "$directions" = "green out red out " ] && [ "$status" = 0 ]; then
		result "netns: an address is refused, $at" "ok $directions"
	else
		result "netns: an address is refused, $at" "FAILED status $status, $directions; $(grep -v ready err | head -n 2)"
	fi
done
for name in red green; do ip-linux netns del $name; done
