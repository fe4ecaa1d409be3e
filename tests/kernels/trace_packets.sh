# shellcheck shell=dash disable=SC2154 # the functions and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --source=trace, and connections of packets. Another host sends to
# this one.
another_host 8
peer=$host
nft -f - <<'N' || result "trace: packets" "FAILED nft"
	table inet traced {
		chain input {
			type filter hook input priority 0
			ct state new counter
		}
	}
N

# Processes make connections on one processor, and the packets of another host meet them there, in interrupts:
# the kernel does not run a program inside a run of the same program. The second program counts then.
echo 1 >/sys/class/net/to-8/queues/rx-0/rps_cpus
echo 600 >$netfilter/nf_conntrack_udp_timeout
echo 500000 >$netfilter/nf_conntrack_max
ulimit -n 8192
sysctl -q -w net.core.netdev_max_backlog=100000
before=$(conntrack -C)
start ctagg -v --source=trace -w 3600 --max-flows 300000
ctgen --here --cpu 0 --keys 1000 --duration 8 >gen &
one=$!
# Some come together, some each with an interrupt of its own.
for round in 1 2 3 4 5 6 7 8; do
	gap=$((round % 2 * 50))
	nsenter -t $peer -n taskset 2 packets --count 4096 --to 10.9.8.1 --port $((round * 4096)) --ports 4096 --gap $gap >packets
done
wait $one
# Packets still wait for the one processor that handles them.
arrived=
while [ "$arrived" != "$(conntrack -C)" ]; do arrived=$(conntrack -C); sleep 1; done
stop
grep '"type":"window"' out >window && mv window out	# the other lines are many
entries=$(($(conntrack -C) - before))
missing=$(($(did created) + $(did deleted) + entries - $(total starts) - $(total ends)))
nested=$(sed -n 's/.*: \([0-9]*\) times the second program.*/\1/p' err)
said="starts $(total starts) of $(did created) + $entries, ends $(total ends) of $(did deleted), missing $missing, at most $(total lost_events_max), $nested by the second program"
if [ "$status" = 0 ] && [ "$entries" -gt 10000 ] && [ "$missing" = 0 ] && [ "$(total lost_events_max)" = 0 ] && [ "$nested" -gt 0 ] &&
	grep -q '"status":"ok".*"lost_events":0,' out; then
	result "trace: processes and packets" "ok $said"
else
	result "trace: processes and packets" "FAILED status $status, $said; $(tail -n 1 err)"
fi
conntrack -F 2>/dev/null
kill $peer
