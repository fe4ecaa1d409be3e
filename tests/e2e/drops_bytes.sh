#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bytes of dropped packets: IP lengths, however little of a packet was copied, and whatever
# stands around it in the frame. The oracle is nft's counter of each rule, which counts what the
# hook sees: IP bytes in the hooks of IPv4 and IPv6, and in hooks of bridges and devices also VLAN
# tags inside of the frame and, in egress, the link header.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
bridge
# br_netfilter, where it is loaded, would drop the frames: their checksums are 0.
sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter in4 { }
		counter in6 { }
		counter accepted { }
		chain input {
			type filter hook input priority 0; policy accept;
			meta nfproto ipv4 udp dport 5000 counter name in4 log prefix "in4" group 5 drop
			meta nfproto ipv6 udp dport 5000 counter name in6 log prefix "in6" group 5 snaplen 44 drop
			udp dport 5001 counter name accepted log prefix "accepted" group 5 accept
		}
		counter output { }
		chain output {
			type filter hook output priority 0; policy accept;
			udp dport 5002 counter name output log prefix "output" group 5 snaplen 20 drop
		}
	}
	table ip early {
		counter fragments { }
		chain early {
			type filter hook prerouting priority -450
			icmp type echo-request accept
			ip frag-off & 0x3fff != 0 counter name fragments log prefix "fragments" group 5 drop
		}
	}
	table ip6 early {
		counter fragments6 { }
		chain early {
			type filter hook prerouting priority -450
			exthdr frag exists counter name fragments6 log prefix "fragments6" group 5 snaplen 40 drop
		}
	}
	table bridge filter {
		counter bridged { }
		counter tagged { }
		chain forward {
			type filter hook forward priority 0
			ether saddr 02:00:00:00:00:08 udp dport 5003 counter name bridged log prefix "bridged" group 5 drop
			ether saddr 02:00:00:00:00:08 vlan id 5 counter name tagged log prefix "tagged" group 5 drop
		}
	}
	table netdev filter {
		counter arriving { }
		chain ingress {
			type filter hook ingress device "right-end" priority 0
			udp dport 5004 counter name arriving log prefix "arriving" group 5 drop
		}
	}
N
egress=
nft -f - 2>/dev/null <<-'N' && egress=yes
	table netdev filter {
		counter leaving { }
		chain egress {
			type filter hook egress device "left-end" priority 0
			udp dport 5005 counter name leaving log prefix "leaving" group 5 drop
		}
	}
N

# Datagrams of many lengths, up to the largest that there is: GSO makes them fragments.
a() { ip netns exec a "$@"; }
datagrams() {	# address, port, lengths
	local address=$1 port=$2 length
	shift 2
	for length; do
		head -c "$length" /dev/zero | timeout 10 ncat -u --send-only "$address" "$port" 2>/dev/null
	done
}
start -w 100ms,1h -g 5 --no-conntrack
export -f datagrams
a bash -c 'datagrams 10.9.1.1 5000 1 2 100 1400; datagrams fd09:1::1 5000 1 55 1400; datagrams 10.9.1.1 5001 77'
datagrams 10.9.1.2 5002 1 200 1400
a ping -q -c 2 -i 0.01 -W 1 -s 4000 10.9.1.1 >/dev/null
a ping -q -c 2 -i 0.01 -W 1 -s 4001 fd09:1::1 >/dev/null
frames() { "$TOOLS/packets" --to 198.51.100.9 --device left-end "$@" >/dev/null; }
frames --count 3 --port 5003
frames --count 5 --port 5006 --vlan 5
frames --count 7 --port 5006 --vlan 5 --vlan 6
frames --count 11 --port 5004
[ -z "$egress" ] || frames --count 13 --port 5005
finish
check_output

# packets and bytes that nft has counted, and that each level's flows and rules say
nft_says() { nft -j list counters | jq -c ".nftables[].counter // empty | select(.name == \"$1\") | [.packets, .bytes]"; }
says() {	# prefix, type, window_ms
	jq -s -c "map(select(.type == \"$2\" and .window_ms == $3 and .log_prefix == \"$1\")) | [map(.drops), map(.drop_bytes)] | map(add // 0)" out
}
expect() {	# prefix, bytes of a frame that are none of the IP packet, in all
	local level type expected
	expected=$(nft_says "$1" | jq -c ".[1] -= $2")
	[ "$(jq '.[0]' <<<"$expected")" -gt 0 ] || fail "no packets: $1"
	for level in 100 3600000; do
		for type in flow rule; do
			equal "$1, $type of $level ms" "$(says "$1" $type $level)" "$expected"
		done
	done
}
for prefix in in4 in6 output fragments fragments6 bridged arriving; do
	expect $prefix 0
done
expect tagged $((7 * 4))
[ -z "$egress" ] || expect leaving $((13 * 14))
equal "in4, lengths" "$(says in4 flow 3600000)" "[4,$((1 + 2 + 100 + 1400 + 4 * 28))]"
equal "packets that were let go" "$(says accepted flow 3600000)" "[0,0]"
equal "of unknown length" "$(total unsized_drops)" 0

# Flows that find no room, and those that --top leaves out, take their bytes along.
for few in "-m 2" "-t 1,drops"; do
	rm out
	# shellcheck disable=SC2086 # words
	start -w 1h -g 5 --no-conntrack -k src,dport $few
	before=$(nft_says in4)
	a bash -c 'datagrams 10.9.1.1 5000 10 20 30'
	a "$TOOLS/packets" --count 20 --to fd09:1::1 --port 5000 >/dev/null
	datagrams 10.9.1.2 5002 40 50
	finish
	check_output
	sum=$(nft_says in4 | jq ".[1] - ${before}[1]")
	[ "$(jq -s 'map(select(.type == "other") | .drop_bytes) | add' out)" -gt 0 ] || fail "nothing in other"
	equal "all bytes with $few" "$(total drop_bytes)" $((sum + 20 * 53 + 40 + 50 + 2 * 28))
done
