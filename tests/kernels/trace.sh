# shellcheck shell=dash disable=SC2154 # the functions, $pid and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: --source=trace, and connections that the generator makes.
usual_loads "trace: " --source=trace

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

# --- netlink and trace side by side ----------------------------------------------

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
