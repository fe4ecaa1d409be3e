# shellcheck shell=dash disable=SC2154 # result(), start(), stop(), total() and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Cases of guest.sh, sourced: --kernel-drops. This machine is a router between two hosts, and its rules drop.
# Each rule has a counter, and a comment that says which flow its packets are: the oracle.
echo /bin/modprobe >/proc/sys/kernel/modprobe	# nft and ip have modules loaded

# A host with IPv6 too: 10.9.NUMBER.2 and fdNUMBER::2, and its process in $host.
host_of_both() { # number
	another_host "$1"
	ip-linux addr add "fd$1::1/64" dev "to-$1" nodad
	in_host $host ip-linux addr add "fd$1::2/64" dev eth0 nodad
	in_host $host ip-linux -6 route add default via "fd$1::1"
}
in_host() { # process, command
	_host=$1
	shift
	nsenter -t "$_host" -n "$@"
}
host_of_both 20
near=$host
host_of_both 21
far=$host
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
in_host $near ping -c 1 -W 5 10.9.21.2 >/dev/null || result "drops: hosts" "FAILED IPv4"
in_host $near ping -c 1 -W 5 fd21::2 >/dev/null || result "drops: hosts" "FAILED IPv6"

rule() { # hook, condition, flow
	echo "add rule inet dropped $1 $2 counter drop comment \"$3\""
}
rules() {
	for hook in input output forward; do
		echo "add table inet dropped; add chain inet dropped $hook { type filter hook $hook priority 0; }"
	done
	rule input 'ip saddr 10.9.20.2 udp dport 1001' 'in udp 10.9.20.1 1001'
	rule input 'ip6 saddr fd20::2 udp dport 1002' 'in udp fd20::1 1002'
	rule output 'ip daddr 10.9.20.2 udp dport 1003' 'out udp 10.9.20.2 1003'
	rule output 'ip6 daddr fd20::2 udp dport 1004' 'out udp fd20::2 1004'
	rule forward 'ip daddr 10.9.21.2 udp dport 1005' 'forward udp 10.9.21.2 1005'
	rule forward 'ip6 daddr fd21::2 udp dport 1006' 'forward udp fd21::2 1006'
	rule input 'ip saddr 10.9.20.2 tcp dport 1007' 'in tcp 10.9.20.1 1007'
	rule output 'ip6 daddr fd20::2 tcp dport 1008' 'out tcp fd20::2 1008'
	rule forward 'ip daddr 10.9.21.2 tcp dport 1009' 'forward tcp 10.9.21.2 1009'
	rule input 'ip saddr 10.9.20.2 icmp type echo-request' 'in icmp 10.9.20.1 8'
	rule forward 'ip6 daddr fd21::2 icmpv6 type echo-request' 'forward icmpv6 fd21::2 128'
}
rules | nft -f - || result "drops: rules" "FAILED nft"
nft_counts() { nft list table inet dropped | sed -n 's/.*counter packets \([1-9][0-9]*\) bytes.*comment "\(.*\)"/\2 \1/p' | sort; }
counts() { # of records whose key is dir,proto,dst,dport,icmp,drop_reason
	sed -n 's/.*"direction":"\([a-z]*\)","proto":"\([^"]*\)","dst_ip":"\([^"]*\)",\("dst_port":\([0-9]*\),\)*\("icmp_type":\([0-9]*\),\)*"drop_reason":"NETFILTER_DROP".*"kernel_drops":\([0-9]*\).*/\1 \2 \3 \5\7 \8/p' out | sort
}
sum_of() { # counter: of flow and other records together
	grep -v '"type":"window"' out | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" | awk '{ s += $1 } END { print s + 0 }'
}
traffic() {
	in_host $near packets --count 500 --to 10.9.20.1 --port 1001
	in_host $near packets --count 400 --to fd20::1 --port 1002
	packets --count 300 --to 10.9.20.2 --port 1003
	packets --count 200 --to fd20::2 --port 1004
	in_host $near packets --count 150 --to 10.9.21.2 --port 1005
	in_host $near packets --count 100 --to fd21::2 --port 1006
	in_host $near packets --count 50 --to 10.9.21.2 --port 2000	# not dropped
	in_host $near nc -w 1 10.9.20.1 1007 </dev/null >/dev/null 2>&1
	nc -w 1 fd20::2 1008 </dev/null >/dev/null 2>&1
	in_host $near nc -w 1 10.9.21.2 1009 </dev/null >/dev/null 2>&1
	in_host $near ping -c 2 -W 1 10.9.20.1
	in_host $near ping -c 2 -W 1 fd21::2
	in_host $near ping -c 2 -W 1 -s 4000 10.9.20.1
} >/dev/null 2>&1

same() { # name
	nft_counts >a
	counts >b
	wanted=$(awk '{ s += $NF } END { print s + 0 }' a)
	said="$(wc -l <b) flows, kernel_drops $(total kernel_drops) of $wanted, lost $(total lost_kernel_drops), odd $(total odd_drops), $(sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' out | tail -n 1)"
	if [ "$status" = 0 ] && [ "$(wc -l <a)" -ge 5 ] && cmp -s a b && [ "$(total kernel_drops)" = "$wanted" ] &&
		[ "$(total drops)" = 0 ]; then
		result "$1" "ok $said"
	else
		result "$1" "FAILED status $status, $said; $(tail -n 1 err)"
		diff a b
	fi
}

start ctagg -v --source=trace --kernel-drops -w 3600 -k dir,proto,dst,dport,icmp,drop_reason
traffic
stop
same "drops: by rules"

# The same beside rules that log to a group, whose packets are in both counters; with a table of four rows; and in
# another key.
nft 'delete table inet dropped'
rules | sed 's/counter drop/counter log group 5 drop/' | nft -f -
start ctagg -v --source=trace --kernel-drops=skb_drop_reason_netfilter_drop -g 5 -w 3600 --max-flows 4
traffic
stop
wanted=$(nft_counts | awk '{ s += $NF } END { print s + 0 }')
said="kernel_drops $(total kernel_drops), drops $(total drops) of $wanted, folded $(sed -n 's/.*"folded_flows":\([0-9]*\).*/\1/p' out)"
if [ "$status" = 0 ] && [ "$wanted" -gt 0 ] && [ "$(total kernel_drops),$(total drops)" = "$wanted,$wanted" ] &&
	grep -q '"reason":"table_full"' out && [ "$(sum_of kernel_drops)" = "$wanted" ]; then
	result "drops: beside -g, full table" "ok $said"
else
	result "drops: beside -g, full table" "FAILED status $status, $said; $(tail -n 1 err)"
fi

# Nothing but drops, by two reasons: to a port that nobody listens at, UDP says so to the kernel.
nft 'delete table inet dropped'
rules | nft -f -
before=$(awk '$1 == "Udp:" { n = $3 } END { print n }' /proc/net/snmp)
start ctagg -v --no-conntrack --kernel-drops=NETFILTER_DROP,no_socket -w 3600 -k drop_reason
in_host $near packets --count 300 --to 10.9.20.1 --port 1001 >/dev/null
in_host $near packets --count 200 --to 10.9.20.1 --port 3000 >/dev/null
stop
closed=$(($(awk '$1 == "Udp:" { n = $3 } END { print n }' /proc/net/snmp) - before))
of_reason() { sed -n "s/.*\"drop_reason\":\"$1\".*\"kernel_drops\":\([0-9]*\).*/\1/p" out; }
said="NETFILTER_DROP $(of_reason NETFILTER_DROP) of $(nft_counts | awk '{ s += $NF } END { print s + 0 }'), NO_SOCKET $(of_reason NO_SOCKET) of $closed"
if [ "$status" = 0 ] && [ "$(of_reason NETFILTER_DROP)" = "$(nft_counts | awk '{ s += $NF } END { print s + 0 }')" ] &&
	[ "$closed" -ge 200 ] && [ "$(of_reason NO_SOCKET)" = "$closed" ]; then
	result "drops: by two reasons" "ok $said"
else
	result "drops: by two reasons" "FAILED status $status, $said; $(tail -n 1 err)"
fi

# A ring buffer of one page, which is not read while packets come: what has no room is lost, and counted.
start ctagg -v --source=trace --kernel-drops --buffer-size=1 -w 3600
before=$(nft_counts | awk '{ s += $NF } END { print s + 0 }')
kill -STOP $pid
in_host $near packets --count 2000 --to 10.9.20.1 --port 1001 >/dev/null
kill -CONT $pid
stop
wanted=$(($(nft_counts | awk '{ s += $NF } END { print s + 0 }') - before))
lost=$(total lost_kernel_drops)
said="kernel_drops $(total kernel_drops), lost $lost of $wanted"
if [ "$status" = 0 ] && [ "$lost" -gt 0 ] && [ $(($(total kernel_drops) + lost)) = "$wanted" ] && grep -q '"status":"partial"' out; then
	result "drops: ring buffer too small" "ok $said"
else
	result "drops: ring buffer too small" "FAILED status $status, $said; $(tail -n 1 err)"
fi

# What another host's own rules drop is none of ours; and a name that the kernel has not.
in_host $near nft 'add table inet own; add chain inet own out { type filter hook output priority 0; }; add rule inet own out udp dport 4000 counter drop'
start ctagg -v --source=trace --kernel-drops -w 3600
in_host $near packets --count 100 --to 10.9.20.1 --port 4000 >/dev/null 2>&1
in_host $near packets --count 10 --to 10.9.20.1 --port 1001 >/dev/null
stop
theirs=$(in_host $near nft list chain inet own out | sed -n 's/.*counter packets \([0-9]*\).*/\1/p')
said="ours $(total kernel_drops), theirs $theirs, odd $(total odd_drops)"
if [ "$status" = 0 ] && [ "$theirs" -ge 100 ] && [ "$(total kernel_drops),$(total odd_drops)" = 10,0 ]; then
	result "drops: of other namespaces" "ok $said"
else
	result "drops: of other namespaces" "FAILED status $status, $said; $(tail -n 1 err)"
fi

# Packets that wait in a tree of TCP's have other pointers where the device was: they are of this namespace all the same,
# and at no device.
merged() { awk '$1 == "TcpExt:" { for (i = 1; i <= NF; i++) if (names) { if (name[i] == "TCPOFOMerge") print $i } else name[i] = $i; names = 1 }' /proc/net/netstat; }
before=$(merged)
start ctagg -v --no-conntrack --kernel-drops=TCP_OFOMERGE -w 3600 -k src,iif,oif,drop_reason
outoforder || result "drops: out of order" "FAILED no load"
stop
wanted=$(($(merged) - before))
said="kernel_drops $(total kernel_drops) of $wanted, flows $(grep -c '"type":"flow"' out), odd $(total odd_drops)"
if [ "$status" = 0 ] && [ "$wanted" -gt 50 ] && [ "$(total kernel_drops)" = "$wanted" ] &&
	grep '"type":"flow"' out | grep -q '"iif":null'; then
	result "drops: from a tree of TCP's" "ok $said"
else
	result "drops: from a tree of TCP's" "FAILED status $status, $said; $(grep '"type":"flow"' out | head -n 1 | cut -c 60-300)"
fi
ctagg --source=trace --kernel-drops=NETFILTER_DROPPED -w 1 -c 1 >out 2>err
status=$?
if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ] && [ ! -s out ] && grep -q 'no reason NETFILTER_DROPPED; it has NETFILTER_DROP,' err; then
	result "drops: an unknown reason" "ok status 1, $(cut -c 1-100 err)"
else
	result "drops: an unknown reason" "FAILED status $status, $(head -n 1 err)"
fi

# Without connections two capabilities are enough, and one is not.
start only +bpf,+perfmon ctagg -v --no-conntrack --kernel-drops -w 3600
in_host $near packets --count 10 --to 10.9.20.1 --port 1001 >/dev/null
stop
if [ "$status" = 0 ] && [ "$(total kernel_drops)" = 10 ]; then
	result "drops: with CAP_BPF and CAP_PERFMON" "ok kernel_drops $(total kernel_drops)"
else
	result "drops: with CAP_BPF and CAP_PERFMON" "FAILED status $status, kernel_drops $(total kernel_drops); $(head -n 1 err)"
fi
(only +net_admin,+bpf ctagg --no-conntrack --kernel-drops -w 1 -c 1) >out 2>err
status=$?
if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ] && [ ! -s out ] && grep -q 'it needs CAP_BPF and CAP_PERFMON: ' err; then
	result "drops: without CAP_PERFMON" "ok status 1, $(cat err)"
else
	result "drops: without CAP_PERFMON" "FAILED status $status, $(head -n 1 err)"
fi
kill $near $far
