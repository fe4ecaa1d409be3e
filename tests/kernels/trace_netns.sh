# shellcheck shell=dash disable=SC2154 # result(), start(), stop(), check() and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --netns=all. How many events there were in each namespace, the generator there says.

in_netns() { ip-linux netns exec "$@"; }
of_netns() { # name, counter: the sum over its flow records
	grep '"type":"flow"' out | grep "\"netns\":\"$1\"" | sed "s/.*\"$2\":\([0-9]*\).*/\1/" | awk '{ s += $1 } END { print s + 0 }'
}
made() { sed "s/.*\"$2\":\([0-9]*\).*/\1/" "gen.$1" | awk '{ s += $1 } END { print s + 0 }'; }
# Each of these namespaces has the starts and ends that its generator has made.
same_sums() {
	said= wrong=
	for name; do
		said="$said $name $(of_netns "$name" starts)/$(made "$name" created) $(of_netns "$name" ends)/$(made "$name" deleted)"
		[ "$(made "$name" created)" -gt 0 ] && [ "$(of_netns "$name" starts)" = "$(made "$name" created)" ] &&
			[ "$(of_netns "$name" ends)" = "$(made "$name" deleted)" ] || wrong="$wrong $name"
	done
	[ -z "$wrong" ]
}
verdict() { # name; the status of the command before is 0 for ok
	if [ $? = 0 ]; then result "$1" "ok$said"; else result "$1" "FAILED$said; $(grep -v ready err | head -n 2)"; fi
}

for name in red green blue; do
	ip-linux netns add $name
	ip-linux -n $name link set lo up
done

# Three at once, and this one, which has a process and no name.
start ctagg -v --source=trace --netns=all -w 1 --no-align
for name in red green blue; do
	in_netns $name ctgen --here --mixed --keys 100 --events 4000 >gen.$name &
	eval "$name=$!"
done
ctgen --here --mixed --keys 100 --events 4000 >gen.here
wait $red $green $blue
stop
cat gen.red gen.green gen.blue gen.here >gen
check "netns: three at once: all" bpf folded
same_sums red green blue
verdict "netns: three at once: each its own"
