#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets dropped in the hooks of devices: in egress the logged bytes begin with the
# link header, if the device has one. What nft's counters say must come out, in the
# flows that were sent.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

# A neighbour whose MAC address could be the beginning of an IPv4 header.
mac=46:11:22:33:44:55
device() {	# name, network
	ip addr add "10.$2.0.1/24" dev "$1"
	ip link set "$1" up
}
ip link add veth type veth peer name end
ip link set end up
device veth 1
ip link add bridge type bridge
device bridge 2
ip neigh add 10.1.0.2 lladdr $mac dev veth
ip neigh add 10.2.0.2 lladdr $mac dev bridge
tun=
if ip tuntap add tun mode tun 2>/dev/null && ip tuntap add gone mode tun; then
	tun=yes
	device tun 3
	device gone 4
fi
devices="veth bridge lo ${tun:+tun gone}"

ruleset() {
	local dev way ports
	echo "table netdev hooks {"
	for dev in $devices; do
		for way in egress ingress; do
			ports=5000-5009
			[ $way = ingress ] && ports=6000-6009
			echo "counter ${dev}_$way { }
				chain ${dev}_$way {
					type filter hook $way device \"$dev\" priority 0
					udp dport $ports counter name ${dev}_$way log prefix \"$dev $way\" group 5 drop
					ether saddr 02:00:00:00:00:08 counter name ${dev}_$way log prefix \"$dev $way\" group 5 drop
				}"
		done
	done
	echo "}"
}
ruleset >rules
nft -f rules 2>nft.err || { echo "no egress hook in this kernel: $(head -n 1 nft.err)"; exit 77; }
send() { "$TOOLS/packets" "$@" >/dev/null; }

start -w 3600 -g 5 --no-conntrack
send --count 11 --to 10.1.0.2 --port 5000
send --count 12 --to 10.2.0.2 --port 5000
send --count 13 --to 127.0.0.1 --port 5000
send --count 14 --to 127.0.0.1 --port 6000
send --count 15 --to 198.51.100.9 --port 6001 --device end
send --count 16 --to 198.51.100.9 --port 6002 --device end --vlan 5
send --count 17 --to 198.51.100.9 --port 6003 --device end --vlan 5 --vlan 6
send --count 18 --to 198.51.100.9 --port 5001 --device veth
send --count 19 --to 198.51.100.9 --port 5002 --device veth --vlan 5
send --count 20 --to 198.51.100.9 --port 5003 --device veth --vlan 5 --vlan 6
if [ "$tun" ]; then
	send --count 21 --to 10.3.0.2 --port 5000
	send --count 22 --to 10.4.0.2 --port 5000
	# a device that was seen, and is gone when its packets are read
	seen() {
		kill -USR2 "$PID"
		[ "$(total drops)" = $((11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 + 20 + 21 + 22)) ]
	}
	wait_for seen
	kill -STOP "$PID"
	send --count 23 --to 10.4.0.2 --port 5001
	counted netdev hooks gone_egress >gone_egress
	ip link del gone
	kill -CONT "$PID"
fi
finish
check_output

# each flow: its prefix, protocol, addresses, port and drops
flows() {
	jq -r -s 'map(select(.type == "flow")) | group_by([.log_prefix, .dst_ip, .dst_port])[]
		| "\(.[0].log_prefix) \(.[0].proto) \(.[0].src_ip) \(.[0].dst_ip) \(.[0].dst_port) \(map(.drops) | add)"' out
}
of() { jq -s "map(select(.type == \"flow\" and .log_prefix == \"$1\") | .drops) | add // 0" out; }
for dev in veth bridge lo ${tun:+tun}; do
	for way in egress ingress; do
		equal "$dev $way" "$(of "$dev $way")" "$(counted netdev hooks ${dev}_$way)"
	done
done
[ -z "$tun" ] || equal "gone egress" "$(of "gone egress")" "$(cat gone_egress)"
cat >expected <<-'E'
	bridge egress udp 10.2.0.1 10.2.0.2 5000 12
	lo egress udp 127.0.0.1 127.0.0.1 5000 13
	lo ingress udp 127.0.0.1 127.0.0.1 6000 14
	veth egress udp 10.1.0.1 10.1.0.2 5000 11
	veth egress udp 198.51.100.7 198.51.100.9 5001 18
	veth egress udp 198.51.100.7 198.51.100.9 5002 19
	veth egress udp 198.51.100.7 198.51.100.9 5003 20
	veth ingress udp 198.51.100.7 198.51.100.9 6001 15
	veth ingress udp 198.51.100.7 198.51.100.9 6002 16
	veth ingress udp 198.51.100.7 198.51.100.9 6003 17
E
[ -z "$tun" ] || cat >>expected <<-'E'
	gone egress udp 10.4.0.1 10.4.0.2 5000 22
	gone egress udp 10.4.0.1 10.4.0.2 5001 23
	tun egress udp 10.3.0.1 10.3.0.2 5000 21
E
flows | sort >flows
sort expected | diff - flows >differ || fail "expected (<) and counted (>): $(cat differ)"
equal "odd" "$(total odd_drops)" 0
