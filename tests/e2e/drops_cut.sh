#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A rule logs only the beginning of packets: fields that were cut off are unknown, and the
# window says how many packets lack some. The oracle is nft's counter of each rule.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
for i in 11 12 13; do
	ip addr add fd09:1::$i/64 dev to-a nodad
done
nft -f - <<-'N' || fail "the ruleset"
	table ip6 early {
		counter addresses { }
		counter header { }
		counter transport { }
		chain early {
			type filter hook prerouting priority -450
			ip6 daddr fd09:1::11 exthdr frag exists counter name addresses log prefix "addresses" group 5 snaplen 39 drop
			ip6 daddr fd09:1::12 exthdr frag exists counter name header log prefix "header" group 5 snaplen 47 drop
			ip6 daddr fd09:1::13 exthdr frag exists counter name transport log prefix "transport" group 5 snaplen 48 drop
		}
	}
N
ping_all() {
	for i in 11 12 13; do
		ip netns exec a ping -q -c 3 -i 0.01 -W 1 -s 4000 fd09:1::$i >/dev/null
	done
}
start -w 3600 -g 5 --no-conntrack
ping_all
finish
check_output
flow() { jq -c "select(.type == \"flow\" and .log_prefix == \"$1\") | [.proto, .icmp_type, .dst_ip, .drops]" out; }
header=$(counted ip6 early header)
transport=$(counted ip6 early transport)
[ "$header" -gt 0 ] || fail "nothing was sent"
equal "no addresses" "$(flow addresses)" ""
equal "no protocol" "$(flow header)" "[null,null,\"fd09:1::12\",$header]"
equal "no type" "$(flow transport)" "[\"icmpv6\",null,\"fd09:1::13\",$transport]"
equal "drops" "$(total drops)" $((header + transport))
equal "odd" "$(total odd_drops)" "$(counted ip6 early addresses)"
# Of the three pings that the last rule logs only the first fragments have a type to lose.
equal "truncated" "$(total truncated_drops)" $((header + 3))

# A list of protocols never matches a packet whose protocol is unknown; a list of
# protocols to exclude always lets the packet through.
for list in "0-255 $transport" "!0-255 $header" "!icmpv6 $header"; do
	rm out
	start -w 3600 -g 5 --no-conntrack --proto "${list% *}"
	ping_all
	finish
	check_output
	equal "--proto ${list% *}" "$(total drops)" "${list#* }"
done
