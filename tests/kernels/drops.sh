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
host_of_both 10
near=$host
host_of_both 11
far=$host
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
in_host $near ping -c 1 -W 5 10.9.11.2 >/dev/null || result "drops: hosts" "FAILED IPv4"
in_host $near ping -c 1 -W 5 fd11::2 >/dev/null || result "drops: hosts" "FAILED IPv6"

rule() { # hook, condition, flow
	echo "add rule inet dropped $1 $2 counter drop comment \"$3\""
}
rules() {
	for hook in input output forward; do
		echo "add table inet dropped; add chain inet dropped $hook { type filter hook $hook priority 0; }"
	done
	rule input 'ip saddr 10.9.10.2 udp dport 1001' 'in udp 10.9.10.1 1001'
	rule input 'ip6 saddr fd10::2 udp dport 1002' 'in udp fd10::1 1002'
	rule output 'ip daddr 10.9.10.2 udp dport 1003' 'out udp 10.9.10.2 1003'
	rule output 'ip6 daddr fd10::2 udp dport 1004' 'out udp fd10::2 1004'
	rule forward 'ip daddr 10.9.11.2 udp dport 1005' 'forward udp 10.9.11.2 1005'
	rule forward 'ip6 daddr fd11::2 udp dport 1006' 'forward udp fd11::2 1006'
	rule input 'ip saddr 10.9.10.2 tcp dport 1007' 'in tcp 10.9.10.1 1007'
	rule output 'ip6 daddr fd10::2 tcp dport 1008' 'out tcp fd10::2 1008'
	rule forward 'ip daddr 10.9.11.2 tcp dport 1009' 'forward tcp 10.9.11.2 1009'
	rule input 'ip saddr 10.9.10.2 icmp type echo-request' 'in icmp 10.9.10.1 8'
	rule forward 'ip6 daddr fd11::2 icmpv6 type echo-request' 'forward icmpv6 fd11::2 128'
}
rules | nft -f - || result "drops: rules" "FAILED nft"
nft_counts() { nft list table inet dropped | sed -n 's/.*counter packets \([1-9][0-9]*\) bytes.*comment "\(.*\)"/\2 \1/p' | sort; }
counts() { # of records whose key is dir,proto,dst,dport,icmp,drop_reason
	sed -n 's/.*"direction":"\([a-z]*\)","proto":"\([^"]*\)","dst_ip":"\([^"]*\)",\("dst_port":\([0-9]*\),\)*\("icmp_type":\([0-9]*\),\)*"drop_reason":"NETFILTER_DROP".*"kernel_drops":\([0-9]*\).*/\1 \2 \3 \5\7 \8/p' out | sort
}
tcp() { timeout 2 nc -w 1 "$@" </dev/null >/dev/null 2>&1; }
traffic() {
	in_host $near packets --count 500 --to 10.9.10.1 --port 1001
	in_host $near packets --count 400 --to fd10::1 --port 1002
	packets --count 300 --to 10.9.10.2 --port 1003
	packets --count 200 --to fd10::2 --port 1004
	in_host $near packets --count 150 --to 10.9.11.2 --port 1005
	in_host $near packets --count 100 --to fd11::2 --port 1006
	in_host $near packets --count 50 --to 10.9.11.2 --port 2000	# not dropped
	in_host $near nc -w 1 10.9.10.1 1007 </dev/null >/dev/null 2>&1
	nc -w 1 fd10::2 1008 </dev/null >/dev/null 2>&1
	in_host $near nc -w 1 10.9.11.2 1009 </dev/null >/dev/null 2>&1
	in_host $near ping -c 2 -W 1 10.9.10.1
	in_host $near ping -c 2 -W 1 fd11::2
	in_host $near ping -c 2 -W 1 -s 4000 10.9.10.1
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
