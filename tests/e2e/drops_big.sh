#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TCP segments of more than 65535 bytes (BIG TCP), for whose length an IP header has no
# room: they are packets like others. Over IPv6 their length is in an option, or nowhere in
# newer kernels; over IPv4 it is nowhere. The oracle is nft's counter of such packets.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
"$TOOLS/bigtcp" to-a 200000 && ip netns exec a "$TOOLS/bigtcp" eth0 200000 || exit 77
sysctl -qw net.ipv4.tcp_wmem="4096 4000000 8000000"
nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter big { }
		counter big6 { }
		counter lost { }
		counter lost6 { }
		chain output {
			type filter hook output priority 0; policy accept;
			ip daddr 10.9.1.2 tcp dport 5001 meta length > 65535 counter name lost log prefix "lost" group 5 drop
			ip6 daddr fd09:1::2 tcp dport 5001 meta length > 65535 counter name lost6 log prefix "lost" group 5 drop
			ip daddr 10.9.1.2 meta length > 65535 counter name big log prefix "big" group 5 accept
			ip6 daddr fd09:1::2 meta length > 65535 counter name big6 log prefix "big" group 5 accept
		}
	}
N
ip netns exec a ncat -k -l 5000 >/dev/null &
ip netns exec a ncat -k -l 5001 >/dev/null &
wait_for listening a 5000
wait_for listening a 5001
start -w 3600 -g 5 --no-conntrack
transfer() { head -c 20000000 /dev/zero | timeout 60 ncat --send-only "$1" 5000 || fail "ncat $1"; }
sent() { transfer "$1"; [ "$(counted inet filter "$2")" -gt 0 ]; }
wait_for sent 10.9.1.2 big
wait_for sent fd09:1::2 big6
# What is lost makes TCP slow: a connection is ended before it has sent all.
lost() {	# address, counter
	head -c 20000000 /dev/zero | timeout 2 ncat --send-only "$1" 5001
	[ "$(counted inet filter "$2")" -gt 0 ]
}
wait_for lost 10.9.1.2 lost
wait_for lost fd09:1::2 lost6
# The kernel goes on sending what a connection has been given.
nft insert rule inet filter output tcp dport 5001 drop
finish
check_output
logged() { jq -s "map(select(.type == \"flow\" and .dst_ip == \"$1\" and .proto == \"tcp\" and .dst_port == 5000) | .logged) | add // 0" out; }
equal "IPv4" "$(logged 10.9.1.2)" "$(counted inet filter big)"
equal "IPv6" "$(logged fd09:1::2)" "$(counted inet filter big6)"
equal "odd or lost" "$(total odd_drops)$(total lost_drops)" 00
of_lost() { jq -s -c "map(select(.type == \"flow\" and .dst_ip == \"$1\" and .log_prefix == \"lost\")) | map([.drops, .drop_bytes, .unsized_drops // 0])[]" out; }
packets=$(counted inet filter lost)
equal "dropped over IPv4" "$(of_lost 10.9.1.2)" "[$packets,null,$packets]"
packets=$(counted inet filter lost6)
if [ "$(of_lost fd09:1::2)" != "[$packets,null,$packets]" ]; then
	equal "dropped over IPv6" "$(of_lost fd09:1::2)" "[$packets,$(nft -j list counter inet filter lost6 | jq '.nftables[].counter // empty | .bytes'),0]"
fi
