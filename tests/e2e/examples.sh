#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples do what they say.
. "$(dirname "$0")/lib.sh"
. "$E2E/cron-lib.sh"
examples=$E2E/../../examples

# the ruleset: drops by rule, at ctagg and at nft's own counters
host a 1
nft -f "$examples/drops.nft" || fail "drops.nft"
start -g 5 --no-conntrack -w 3600
ip netns exec a "$TOOLS/packets" --count 25 --to 10.9.1.1 --port 5000 >/dev/null
ip netns exec a "$TOOLS/packets" --count 5 --to fd09:1::1 --port 5000 >/dev/null
ip netns exec a ping -q -c1 10.9.1.1 >/dev/null || fail "ping is let in"
finish
check_output
equal "drops" "$(total drops)" "$(nft -j list ruleset | jq '[.nftables[].rule // empty | .expr[] | .counter // empty | .packets] | add')"
equal "by rule" "$(jq -c 'select(.type == "rule") | [.log_prefix, (.rule | split("/")[2]), .rule_comment, .drops]' out)" \
	'["refused","refused","no service here",30]'
equal "bytes of drops" "$(total drop_bytes)" "$(nft -j list ruleset | jq '[.nftables[].rule // empty | .expr[] | .counter // empty | .bytes] | add')"
nft delete table inet drops_example
conntrack -F >/dev/null 2>&1

# the entries of cron
mount -t tmpfs tmpfs /var/log
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /usr/local/bin
ln -s "$CTAGG" /usr/local/bin/ctagg
insert() {	# source port and destination port of a connection that lasts
	conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport "$1" --dport "$2" -t 600 >/dev/null 2>&1
}
in_table() {	# which records of a log, in the order of time: how many connections
	jq -s -c "map(select($2) | .live)" "$1"
}
track
insert 1000 53
insert 1001 53
run_cron "$examples/ctagg.cron"
before=$(conntrack -C)
insert 1002 5353
run_cron "$examples/ctagg.cron"
equal "connections, twice" "$(in_table /var/log/ctagg-connections.jsonl '.type == "window"')" "[$before,$(conntrack -C)]"
equal "what came, twice" "$(in_table /var/log/ctagg-changes.jsonl '.change == "appeared"')" "[$before,$(($(conntrack -C) - before))]"
