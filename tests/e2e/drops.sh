#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Dropped packets of every kind, in every hook, with the rule that dropped them. The
# oracle is nft's counters.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
host b 2
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
bridge

nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter in4 { }
		counter in6 { }
		counter forward { }
		counter output { }
		counter rejected { }
		counter accepted { }
		chain input {
			type filter hook input priority 0; policy accept;
			ip protocol udp udp dport 5000-5009 counter name in4 log prefix "input 4" group 5 drop comment "no udp"
			ip6 nexthdr udp udp dport 5000 counter name in6 log prefix "input 6" group 5 drop
			udp dport 5100 counter name rejected log prefix "rejected" group 5 reject
			udp dport 5200 counter name accepted log prefix "accepted" group 5 accept
			icmp type echo-request ip length 99 counter name in4 log prefix "ping" group 5 drop
			icmpv6 type echo-request ip6 length 64 counter name in6 log prefix "ping" group 5 drop
		}
		chain forward {
			type filter hook forward priority 0; policy accept;
			udp dport 5000 jump log_and_drop
		}
		chain log_and_drop {
			counter name forward log prefix "forward" group 6
			drop
		}
		chain output {
			type filter hook output priority 0; policy drop;
			udp dport != 5000 accept
			meta l4proto != udp accept
			counter name output log prefix "output" group 6
		}
	}
	table ip early {
		counter fragments { }
		chain early {
			type filter hook prerouting priority -450
			ip frag-off & 0x1fff != 0 counter name fragments log prefix "fragment" group 6 drop
		}
	}
	table bridge filter {
		counter tagged { }
		chain forward {
			type filter hook forward priority 0
			ether saddr 02:00:00:00:00:08 counter name tagged log prefix "bridge" group 6 drop
		}
	}
N

start -w 3600 -g 5 -g 6 --no-conntrack
a() { ip netns exec a "$@"; }
a "$TOOLS/packets" --count 500 --to 10.9.1.1 --port 5000 --ports 10 >/dev/null
a "$TOOLS/packets" --count 70 --to fd09:1::1 --port 5000 >/dev/null
a "$TOOLS/packets" --count 30 --to 10.9.1.1 --port 5100 >/dev/null
a "$TOOLS/packets" --count 20 --to 10.9.1.1 --port 5200 >/dev/null
a "$TOOLS/packets" --count 40 --to 10.9.2.2 --port 5000 >/dev/null
a "$TOOLS/packets" --count 50 --to fd09:2::2 --port 5000 >/dev/null
"$TOOLS/packets" --count 60 --to 10.9.2.2 --port 5000 >/dev/null
a ping -q -c3 -i 0.01 -s 71 10.9.1.1 >/dev/null
a ping -q -c3 -i 0.01 -s 56 fd09:1::1 >/dev/null
a ping -q -c2 -i 0.01 -s 4000 10.9.1.1 >/dev/null
"$TOOLS/packets" --count 11 --to 198.51.100.9 --port 5300 --device left-end --vlan 5 >/dev/null
"$TOOLS/packets" --count 12 --to 198.51.100.9 --port 5301 --device left-end --vlan 5 --vlan 6 >/dev/null
finish
check_output

of() { jq -s "map(select(.type == \"flow\" and ($1))) | map(.drops) | add // 0" out; }
equal "input, IPv4" "$(of '.log_prefix == "input 4"')" 500
equal "in ten flows" "$(jq -s 'map(select(.type == "flow" and .log_prefix == "input 4")) | length' out)" 10
equal "and pings" "$(of '.proto == "icmp" and .icmp_type == 8')" 3
equal "is what nft counts" "$(of '.log_prefix == "input 4" or .icmp_type == 8')" "$(counted inet filter in4)"
equal "input, IPv6" "$(of '.log_prefix == "input 6"')" 70
equal "input, IPv6, and pings" "$(of '.log_prefix == "input 6" or .icmp_type == 128')" "$(counted inet filter in6)"
equal "reject" "$(of '.log_prefix == "rejected"')" "$(counted inet filter rejected)"
equal "forward" "$(of '.log_prefix == "forward"')" "$(counted inet filter forward)"
equal "forward, both families" "$(of '.log_prefix == "forward"')" 90
equal "output" "$(of '.log_prefix == "output"')" "$(counted inet filter output)"
equal "output" "$(of '.log_prefix == "output"')" 60
fragments=$(counted ip early fragments)
[ "$fragments" -gt 0 ] || fail "no fragments"
equal "fragments" "$(of '.log_prefix == "fragment" and .proto == "icmp"')" "$fragments"
equal "fragments have no type" "$(jq -c 'select(.type == "flow" and .log_prefix == "fragment") | .icmp_type // empty' out)" ""
equal "bridge" "$(of '.log_prefix == "bridge"')" "$(counted bridge filter tagged)"
equal "one tag" "$(of '.log_prefix == "bridge" and .dst_port == 5300 and .src_ip == "198.51.100.7"')" 11
equal "two tags" "$(of '.log_prefix == "bridge" and .dst_port == 5301')" 12
equal "logged and accepted" "$(jq 'select(.type == "flow" and .log_prefix == "accepted") | [.drops, .logged] | @csv' out)" '"0,20"'
equal "accepted" "$(total logged)" "$(counted inet filter accepted)"
equal "nothing odd or lost" "$(total odd_drops)$(total lost_drops)$(total truncated_drops)" 000

equal "directions" "$(jq -r 'select(.type == "flow") | .log_prefix + " " + .direction' out | sort -u | tr '\n' ',')" \
	"accepted in,bridge forward,forward forward,fragment in,input 4 in,input 6 in,output out,ping in,rejected in,"

# the rule, as nft names it
handle=$(handle_of input '"input 4"')
equal "the rule" "$(jq -c 'select(.type == "flow" and .log_prefix == "input 4" and .dst_port == 5000) | [.rule, .rule_comment]' out)" \
	"[\"inet/filter/input/$handle\",\"no udp\"]"
equal "a prefix of two rules" "$(jq -c 'select(.log_prefix == "ping" and .proto == "icmp") | [.rule, .rule_candidates]' out)" "[null,2]"
equal "total by rule" "$(jq -c 'select(.type == "rule" and .log_prefix == "input 4") | [.rule, .drops]' out)" "[\"inet/filter/input/$handle\",500]"
