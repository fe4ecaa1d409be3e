#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets and bytes are the kernel's for connections that it counted (accounting was on
# when they began), else null and never 0. Durations are there for connections of which
# it kept the time. The oracle is conntrack -E.
. "$(dirname "$0")/lib.sh"

netfilter() {
	sysctl -qw "net.netfilter.$1=$2" || exit 77
}
one_exchange() {	# to port $1
	head -c 5000 /dev/zero | ncat 10.9.1.2 "$1" >/dev/null || fail "no exchange"
}
flow() {	# the record of port $1
	jq -c "select(.type == \"flow\" and .dst_port == $1) | $2" out
}

host peer 1
track
serve peer 7001
serve peer 7002
serve peer 7003
netfilter nf_conntrack_acct 0
start -w 3600
start_oracle truth -e DESTROY -p tcp

one_exchange 7001	# without counters
one_exchange 7003	# one without, later one with them
netfilter nf_conntrack_acct 1
one_exchange 7002
one_exchange 7003
conntrack -D -p tcp >/dev/null 2>&1
all_ended() { [ "$(grep -c DESTROY truth)" = 4 ]; }
wait_for all_ended
end_oracle
finish
check_output

null='[null,null,null,null]'
equal "uncounted traffic" "$(flow 7001 '[.orig_packets,.orig_bytes,.reply_packets,.reply_bytes]')" "$null"
equal "uncounted ends" "$(flow 7001 '[.ends,.uncounted_ends]')" "[1,1]"
equal "of two ends one counted" "$(flow 7003 '[.ends,.uncounted_ends]')" "[2,1]"
equal "no uncounted_ends" "$(flow 7002 'has("uncounted_ends")')" false
for port in 7002 7003; do
	kernel=$(sed -n "s/.*dport=$port packets=\([0-9]*\) bytes=\([0-9]*\).* packets=\([0-9]*\) bytes=\([0-9]*\).*/[\1,\2,\3,\4]/p" truth)
	[ -n "$kernel" ] || fail "conntrack -E showed no counters for port $port"
	equal "traffic to port $port" "$(flow $port '[.orig_packets,.orig_bytes,.reply_packets,.reply_bytes]')" "$kernel"
done
equal "durations while the kernel keeps no time" "$(flow 7002 'has("duration_ms_sum")')" false
equal "what the window says of accounting" "$(jq -c 'select(.type == "window") | [.accounting,.timestamps]' out)" "[true,false]"

: >out
netfilter nf_conntrack_timestamp 1
start -w 3600
one_exchange 7002
conntrack -D -p tcp >/dev/null 2>&1
finish
check_output
flow 7002 'select(.duration_ms_sum == .duration_ms_max and .duration_ms_sum < 60000)' | grep -q . ||
	fail "no duration: $(cat out)"
