#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every protocol by its name or number, with ports only where it has some.
. "$(dirname "$0")/lib.sh"

start -w 3600
for proto in tcp udp udplite sctp dccp icmp gre 253; do
	gen --proto $proto --keys 10 --live 10 --events 40
	[ $proto = icmp ] || gen --proto $proto --keys 10 --live 10 --events 40 --ipv6
done
gen --proto icmpv6 --keys 10 --live 10 --events 40 --ipv6
gen --proto udp --keys 10 --live 10 --events 40 --zone 7 --mark 5
gen --proto tcp --keys 10 --live 10 --events 40 --nat
finish
check_output
equal events "$(($(total starts) + $(total ends)))" $((18 * 40))
equal protocols "$(jq -s -c '[.[].proto // empty] | unique' out)" \
	'["253","dccp","gre","icmp","icmpv6","sctp","tcp","udp","udplite"]'
# Whether dccp and udplite have a tracker, and so ports, depends on the kernel.
jq -s -e 'map(select(.type == "flow")) | all(
	(.proto == "tcp" or .proto == "udp" or .proto == "sctp") == has("dst_port")
	or (.proto == "dccp" or .proto == "udplite")) and
	all((.proto | startswith("icmp")) == has("icmp_type"))' out >/dev/null ||
	fail "ports or types where there are none"
