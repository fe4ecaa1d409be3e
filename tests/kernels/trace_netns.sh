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
	said=""
	wrong=""
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
wait "$red" "$green" "$blue"
stop
cat gen.red gen.green gen.blue gen.here >gen
check "netns: three at once: all" bpf folded
same_sums red green blue
verdict "netns: three at once: each its own"

# Whose address it is says the direction: the source of all connections is red's, the destinations are green's, and
# blue has neither; all three see the same connections at the same time. late is made while ctagg runs, pid has no name.
made_dir() { grep '"type":"flow"' out | grep "\"netns\":\"$1\"" | grep -c "\"direction\":\"$2\""; }
only_dir() { # name, direction
	said="$said $1 $(made_dir "$1" "$2") $2 of $(grep '"type":"flow"' out | grep -c "\"netns\":\"$1\"")"
	[ "$(made_dir "$1" "$2")" -gt 0 ] && [ "$(made_dir "$1" "$2")" = "$(grep '"type":"flow"' out | grep -c "\"netns\":\"$1\"")" ]
}
start ctagg -v --source=trace --no-align -w 3600
ctgen --here --keys 1 --events 2 >/dev/null
stop
source=$(sed -n 's/.*"src_ip":"\([^"]*\)".*/\1/p' out | head -n 1)
destination=$(sed -n 's/.*"dst_ip":"\([^"]*\)".*/\1/p' out | head -n 1)
load() { in_netns "$1" ctgen --here --keys 1 --events 400 >gen."$1" || echo "no load in $1"; }
with_address() { # name, address
	ip-linux -n "$1" addr add "$2/32" dev lo
	ip-linux -n "$1" link set lo up
}
with_address red "$source"
with_address green "$destination"
for table in auto hash; do
	start ctagg -v --source=trace --netns=all -w 3600,7200 --no-align --table=$table
	load red &
	red=$!
	load green &
	green=$!
	load blue
	wait "$red" "$green"
	ip-linux netns add late
	with_address late "$source"
	load late
	unshare -n sleep 10000 &
	process=$!
	while [ "$(readlink "/proc/$process/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do usleep 10000; done
	nsenter -t $process -n ctgen --here --keys 1 --events 400 >gen.process
	stop
	kill -9 $process
	ip-linux netns del late
	mv out both
	grep '"window_ms":3600000' both >out
	mv gen.process "gen.$process"
	mv "gen.$process" gen.p
	sed -i "s#\"netns\":\"$process/[a-z]*\"#\"netns\":\"p\"#" out both
	same_sums red green blue late p
	verdict "netns: table $table: made later, and without a name"
	said=
	# Where ctagg may not look again at once, the first events of a namespace have no direction; none has a wrong one.
	never() { ! grep '"type":"flow"' out | grep "\"netns\":\"$1\"" | grep '"direction"' | grep -qv "\"direction\":\"$2\""; }
	only_dir red out && only_dir green in && only_dir blue forward && never late out && never p forward
	verdict "netns: table $table: directions of the same connection"
	grep '"window_ms":7200000' both >out
	same_sums red green blue late p
	verdict "netns: table $table: the second level"
done

# A namespace that is deleted is gone while ctagg runs: its half of a pair of devices takes the other half along. A new
# one with the name of the old one is another.
again() { # address
	ip-linux netns add again
	ip-linux link add peer type veth peer name eth0 netns again
	with_address again "$1"
	in_netns again ctgen --here --keys 1 --events 400 >>gen.again
}
gone() {
	ip-linux netns del again
	for _ in $(seq 100); do
		[ -e /sys/class/net/peer ] || return 0
		usleep 100000
	done
	return 1
}
rm -f gen.again
start ctagg -v --source=trace --netns=all -w 3600 --no-align
again "$source"
gone
first=$?
again "$destination"
gone
second=$?
stop
same_sums again && [ $first$second = 00 ] && [ "$(made_dir again out),$(made_dir again in)" = 1,1 ]
said="$said, gone: $first $second, out $(made_dir again out), in $(made_dir again in)"
[ "${said#* 400/400 400/400, gone: 0 0, out 1, in 1}" != "$said" ]
verdict "netns: deleted, and made again under its name"

# Where nf_conntrack_events is 0 there are no events, which is said; --enable=events switches on, also in a namespace
# that comes later, and puts back; and after a SIGKILL the next ctagg does.
events_of() { in_netns "$1" cat "$netfilter/nf_conntrack_events"; }
in_netns blue sh -c "echo 0 >$netfilter/nf_conntrack_events"
start ctagg -v --source=trace --netns=all -w 3600 --no-align
load blue
stop
said=" unwatched $(total unwatched_netns), events of blue $(of_netns blue starts)"
[ "$(total unwatched_netns)" = 1 ] && grep -q '"status":"partial"' out && [ "$(of_netns blue starts)" = 0 ] &&
	grep -q '1 network namespaces give no events' err
verdict "netns: no events are said"
ctagg --check --source=trace --netns=all >out 2>err
said=" $(grep -c 'network namespaces give no events' out)"
grep -q '1 network namespaces give no events' out
verdict "netns: --check says so"
start ctagg -v --source=trace --netns=all --enable=events -w 3600 --no-align
during="$(events_of blue) $(events_of red)"
load blue
ip-linux netns add late
while [ "$(events_of late)" != 1 ]; do usleep 100000; done
stop
said=" during $during, after $(events_of blue) $(events_of red) $(events_of late)"
[ "$during" = "1 1" ] && [ "$(events_of blue) $(events_of red) $(events_of late)" = "0 2 2" ] && [ ! -e /run/ctagg ] &&
	[ "$(total unwatched_netns)" = 0 ] && same_sums blue
verdict "netns: --enable=events"
start ctagg -v --source=trace --netns=all --enable=events -w 3600 --no-align
kill -9 "$pid"
wait "$pid"
killed=$(events_of blue)
start ctagg -v --source=trace --netns=all --enable=events -w 3600 --no-align
stop
said=" killed $killed, after the next $(events_of blue) $(events_of red)"
[ "$killed $(events_of blue) $(events_of red)" = "1 0 2" ]
verdict "netns: killed, the next one puts back"

# What ctagg keeps: without CAP_SYS_PTRACE namespaces of other users' processes would not be found.
start only +net_admin,+sys_admin,+sys_ptrace ctagg -v --source=trace --netns=all -w 3600 --no-align
load red
stop
said=" $(grep -o 'capabilities .*' err)"
grep -q 'capabilities net_admin sys_ptrace sys_admin$' err && same_sums red
verdict "netns: as nobody with three capabilities"
for name in red green blue late; do ip-linux netns del $name; done
