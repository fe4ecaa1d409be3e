#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Several levels: a long window names the right rule for each of its packets, whatever
# prefixes have come and whatever rules were deleted in the short windows meanwhile.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
closed() { [ "$(jq -s 'map(select(.type == "window" and .window_ms < 1000)) | length' out)" -ge "$1" ]; }
windows_pass() {	# so many more short windows
	wait_for closed $(($(jq -s 'map(select(.type == "window" and .window_ms < 1000)) | length' out) + $1))
}
# What the records of one type say of a prefix, for each level: its rules, its packets.
said() {
	jq -s -c "map(select(.type == \"$1\" and .log_prefix == \"$2\")) | group_by(.window_ms) |
		map([(map(.rule) | unique | .[]), (map(.drops + .logged) | add)])" out
}
levels_agree() {	# prefix, rule, packets: two levels say so, flows and totals
	for type in flow rule; do
		equal "$type of $1" "$(said $type "$1")" "[[\"$2\",$3],[\"$2\",$3]]"
	done
}

for deleted in no yes; do
	rm -f out
	nft delete table inet filter 2>/dev/null
	nft -f - <<-'N' || fail "the ruleset"
		table inet filter {
			counter of_a { }
			counter of_b { }
			chain input {
				type filter hook input priority 0; policy accept;
				udp dport 5000 counter name of_a jump first
				udp dport 5001 counter name of_b jump second
			}
			chain first { log prefix "A" group 5 drop; }
			chain second { log prefix "B" group 5 accept; }
		}
	N
	start -w 100ms,1h -g 5 --no-conntrack
	send_from_a 10 5000
	windows_pass 5
	first=$(handle_of first "log prefix")
	second=$(handle_of second "log prefix")
	[ $deleted = no ] || nft flush chain inet filter first
	send_from_a 3 5001
	windows_pass 5
	[ $deleted = no ] || nft add rule inet filter second log prefix '"C"' group 5 drop
	send_from_a 2 5001
	finish
	check_output
	levels_agree A "inet/filter/first/$first" "$(counted inet filter of_a)"
	levels_agree B "inet/filter/second/$second" "$(counted inet filter of_b)"
	equal "A" "$(counted inet filter of_a)" 10
	equal "B" "$(counted inet filter of_b)" 5
done

# The totals of rules do not need the rule in the key.
rm out
start -w 100ms,1h -g 5 --no-conntrack -k proto
send_from_a 4 5001
windows_pass 3
send_from_a 5 5001
finish
check_output
equal "totals without rules in the key" "$(said rule B)" \
	"[[\"inet/filter/second/$second\",9],[\"inet/filter/second/$second\",9]]"
