#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The direction of real traffic of every kind, and of a port forward. ctagg runs on the
# host between a and b.
. "$(dirname "$0")/lib.sh"

host a 1
host b 2
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
track
nft -f - <<-'N'
	table ip nat {
		chain pre { type nat hook prerouting priority -100
			ip daddr 10.9.1.1 tcp dport 8080 dnat to 10.9.2.2:7000
		}
	}
N
serve b 7000
serve "" 7100
serve a 7200
start -w 3600
a() { ip netns exec a "$@"; }
talk() { echo hello | "$@" >/dev/null || fail "no exchange: $*"; }

talk a ncat 10.9.2.2 7000	# forward
talk a ncat fd09:2::2 7000
talk a ncat 10.9.1.1 8080	# port forward
talk a ncat 10.9.1.1 7100	# in
talk ncat 10.9.1.2 7200		# out
talk ncat 127.0.0.5 7100	# local
talk ncat ::1 7100
echo x | a ncat -u --send-only 10.9.1.1 9 || fail "udp"
a ping -q -c1 10.9.2.2 >/dev/null || fail "ping"
a ping -q -c1 fd09:2::2 >/dev/null || fail "ping"
ip addr add 10.9.1.77/24 dev to-a	# an address that comes while ctagg runs
wait_for a ping -q -c1 -W1 10.9.1.77 >/dev/null
talk a ncat 10.9.1.77 7100
finish
check_output

dir() {	# of flows with proto $1, source $2, destination $3 and port or type $4
	jq -r "select(.proto == \"$1\" and .src_ip == \"$2\" and .dst_ip == \"$3\"
		and (.dst_port // .icmp_type) == $4) | .direction" out
}
equal "forward" "$(dir tcp 10.9.1.2 10.9.2.2 7000)" forward
equal "forward, IPv6" "$(dir tcp fd09:1::2 fd09:2::2 7000)" forward
equal "port forward" "$(dir tcp 10.9.1.2 10.9.1.1 8080)" forward
equal "in" "$(dir tcp 10.9.1.2 10.9.1.1 7100)" in
equal "udp in" "$(dir udp 10.9.1.2 10.9.1.1 9)" in
equal "out" "$(dir tcp 10.9.1.1 10.9.1.2 7200)" out
equal "local" "$(dir tcp 127.0.0.1 127.0.0.5 7100)" local
equal "local, IPv6" "$(dir tcp ::1 ::1 7100)" local
equal "icmp" "$(dir icmp 10.9.1.2 10.9.2.2 8)" forward
equal "icmpv6" "$(dir icmpv6 fd09:1::2 fd09:2::2 128)" forward
equal "to an address that came later" "$(dir tcp 10.9.1.2 10.9.1.77 7100)" in
equal "records with both kinds of port" "$(jq -c 'select(.icmp_type and .dst_port)' out)" ""
