#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --key iif,oif: the devices of logged packets, by the names that they had when the packets came. The
# oracle is a counter for each pair of devices, in a rule that matches the names.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

track
host a 1
host b 2
sysctl -qw net.ipv4.ip_forward=1
bridge
nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter in_a { }
		counter in_b { }
		counter a_b { }
		counter out_b { }
		chain input {
			type filter hook input priority 0; policy accept;
			iifname "to-a" udp dport 5000 counter name in_a log prefix "in" group 5 drop
			iifname "to-b" udp dport 5000 counter name in_b log prefix "in" group 5 drop
		}
		chain forward {
			type filter hook forward priority 0; policy accept;
			iifname "to-a" oifname "to-b" udp dport 5000 counter name a_b log prefix "through" group 5 drop
		}
		chain output {
			type filter hook output priority 0; policy accept;
			oifname "to-b" udp dport 5000 counter name out_b log prefix "out" group 5 drop
		}
	}
	table bridge filter {
		counter bridged { }
		chain forward {
			type filter hook forward priority 0
			iifname "left" oifname "right" vlan id 5 counter name bridged log prefix "bridge" group 5 drop
		}
	}
N
send() { "$TOOLS/packets" "$@" >/dev/null; }
of() { jq -s -c "map(select(.type == \"flow\" and .log_prefix == \"$1\" and .window_ms == ${4-3600000})) | map(select(.iif == $2 and .oif == $3) | .drops) | add // 0" out; }

find_tables
for TABLE in $tables; do
	rm -f out
	nft reset counters >/dev/null
	start -w 100ms,1h -g 5 -k iif,oif,rule,nat-src,src/0/0
	send_from_a 10 5000
	ip netns exec b "$TOOLS/packets" --count 20 --to 10.9.2.1 --port 5000 >/dev/null
	ip netns exec a "$TOOLS/packets" --count 30 --to 10.9.2.2 --port 5000 >/dev/null
	send --count 40 --to 10.9.2.2 --port 5000
	send --count 50 --to 198.51.100.9 --port 5000 --device left-end --vlan 5
	ping -q -c 1 10.9.2.2 >/dev/null
	finish
	check_output
	for level in 100 3600000; do
		equal "input from a" "$(of in '"to-a"' null $level)" "$(counted inet filter in_a)"
		equal "input from b" "$(of in '"to-b"' null $level)" "$(counted inet filter in_b)"
		equal "forward" "$(of through '"to-a"' '"to-b"' $level)" "$(counted inet filter a_b)"
		equal "output" "$(of out null '"to-b"' $level)" "$(counted inet filter out_b)"
		equal "bridge" "$(of bridge '"left"' '"right"' $level)" "$(counted bridge filter bridged)"
	done
	equal "sent" "$(total drops)" 300
	equal "absent where there is none" "$(jq -c 'select(.log_prefix == "in" and has("oif") or .log_prefix == "out" and has("iif"))' out)" ""
	equal "connections have none" "$(jq -c 'select(.starts > 0 and .type == "flow" and (has("iif") or has("oif")))' out)" ""
	[ "$(total starts)" -gt 0 ] || fail "no connection"
done

TABLE="hash"

# --- a device gets another name, goes, and another one gets its index
rm -f out
nft flush chain inet filter input
nft add rule inet filter input udp dport 6000 log prefix named group 5 drop
ip link set to-a down
ip link set to-a name first
ip link set first up
wait_for ping -q -c1 -W1 10.9.1.2 >/dev/null
start -w 1h -g 5 --no-conntrack -k iif
send_from_a 3 6000
seen() { kill -USR2 "$PID"; [ "$(total drops)" = "$1" ]; }
wait_for seen 3
ip link set first down
ip link set first name second
ip link set second up
ip addr replace 10.9.1.1/24 dev second
wait_for ping -q -c1 -W1 10.9.1.2 >/dev/null
send_from_a 4 6000
wait_for seen 7
# It is stopped while packets come by two names: then nobody knows which came by which.
kill -STOP "$PID"
send_from_a 5 6000
ip link set second down
ip link set second name third
ip link set third up
ip addr replace 10.9.1.1/24 dev third
wait_for ping -q -c1 -W1 10.9.1.2 >/dev/null
send_from_a 6 6000
kill -CONT "$PID"
wait_for seen 18
# A device that has gone when its packets are read.
index=$(cat /sys/class/net/third/ifindex 2>/dev/null || ip -o link show third | cut -d: -f1)
kill -STOP "$PID"
send_from_a 7 6000
ip link del third
kill -CONT "$PID"
wait_for seen 25
# Another device with the same index.
ip link add fourth index "$index" type veth peer name eth0 netns a
ip addr add 10.9.1.1/24 dev fourth
ip link set fourth up
ip -n a addr add 10.9.1.2/24 dev eth0
ip -n a link set eth0 up
wait_for ping -q -c1 -W1 10.9.1.2 >/dev/null
send_from_a 8 6000
wait_for seen 33
finish
check_output
equal "each by its name" "$(jq -s -c 'map(select(.type == "flow")) | group_by(.iif) | map({(.[0].iif | tostring): (map(.drops) | add)}) | add' out)" \
	'{"null":11,"first":3,"fourth":8,"second":4,"third":7}'
