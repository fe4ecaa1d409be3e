#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples do what they say.
. "$(dirname "$0")/lib.sh"
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
nft delete table inet drops_example
conntrack -F >/dev/null 2>&1

# the entries of cron: each line's command, as cron would run it
mkdir -p log lib bin
ln -s "$CTAGG" bin/ctagg
grep -v '^#' "$examples/ctagg.cron" | sed "s#/var/log#$PWD/log#g; s#/var/lib#$PWD/lib#g" |
	sed -n 's/^[0-9*\/]* \* \* \* \* root //p' >commands
equal "commands" "$(wc -l <commands)" 2
track
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
for _ in 1 2; do
	while read -r command; do
		PATH=$PWD/bin:$PATH sh -c "$command" >mail 2>&1 || fail "$command: $(cat mail)"
		equal "mail from cron" "$(cat mail)" ""
	done <commands
done
equal "changes of two runs" "$(jq -s -c 'map(.type)' log/ctagg-changes.jsonl)" '["change","window","window"]'
equal "connections of two runs" "$(jq -s -c 'map(.type)' log/ctagg-connections.jsonl)" '["flow","window","flow","window"]'
