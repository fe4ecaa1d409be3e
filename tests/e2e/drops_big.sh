#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TCP segments of more than 65535 bytes (BIG TCP), for whose length an IP header has no
# room: they are packets like others. The oracle is nft's counter of such packets.
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
		chain output {
			type filter hook output priority 0; policy accept;
			ip daddr 10.9.1.2 meta length > 65535 counter name big log prefix "big" group 5 accept
			ip6 daddr fd09:1::2 meta length > 65535 counter name big6 log prefix "big" group 5 accept
		}
	}
N
ip netns exec a timeout 60 ncat -k -l 5000 >/dev/null &
wait_for listening a 5000
start -w 3600 -g 5 --no-conntrack
transfer() { head -c 20000000 /dev/zero | timeout 60 ncat --send-only "$1" 5000 || fail "ncat $1"; }
sent() { transfer "$1"; [ "$(counted inet filter "$2")" -gt 0 ]; }
wait_for sent 10.9.1.2 big
wait_for sent fd09:1::2 big6
finish
check_output
logged() { jq -s "map(select(.type == \"flow\" and .dst_ip == \"$1\" and .proto == \"tcp\" and .dst_port == 5000) | .logged) | add // 0" out; }
equal "IPv4" "$(logged 10.9.1.2)" "$(counted inet filter big)"
equal "IPv6" "$(logged fd09:1::2)" "$(counted inet filter big6)"
equal "odd or lost" "$(total odd_drops)$(total lost_drops)" 00
