#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --rules: what nftables rules with a counter dropped, window by window, against what nft shows of the
# same counters, and against the packets that were sent.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
	table inet filter {
		counter named { }
		counter shared { }
		counter before { packets 7 bytes 700 }
		chain input {
			type filter hook input priority 0; policy accept;
			udp dport 5000 counter drop comment "plain"
			udp dport 5001 counter packets 40 bytes 4000 reject comment "older"
			udp dport 5002 counter name named drop comment "named"
			udp dport 5003 counter log prefix "between" drop comment "between"
			udp dport 5004 counter limit rate 1/hour drop comment "limited"
			counter udp dport 5005 drop comment "condition"
			udp dport 5006 counter name shared drop comment "shared one"
			udp dport 5007 counter name shared drop comment "shared two"
			udp dport 5008 counter accept comment "accepts"
			udp dport 5009 counter jump sub comment "jumps"
			udp dport 5011 counter drop comment "never"
			udp dport 5012 counter name before drop comment "named before"
		}
		chain sub {
			counter drop comment "sub"
		}
	}
N
send_to_all() {	# count: so many packets to each port
	local port
	for ((port = 5000; port <= 5012; port++)); do
		[ $port = 5011 ] || send_from_a "$1" $port
	done
}
# The last window's rules: comment, packets, bytes, reset.
said() {
	jq -s -r '.[-1].window_start as $start | .[] | select(.type == "rule" and .window_start == $start)
		| "\(.rule_comment) \(.packets) \(.bytes)\(if .reset then " reset" else "" end)"' out | sort
}
status_of_last() { window_records out | tail -n 1 | jq -r "$1"; }

send_to_all 2
start -w 1h --rules --no-conntrack --metrics=ctagg.prom
equal "no receive buffer in the line that says ready" "$(grep -o '^ctagg: ready.*' err)" \
	"$(grep -oE '^ctagg: ready: table [a-z]+, up to 65536 flows' err)"
# What was counted before the start is not said.
send_to_all 3
close_window
packet=$(nft -j list chain inet filter input | jq '[.nftables[].rule // empty | select(.comment == "plain").expr[].counter // empty][0] | .bytes / .packets')
three=$((3 * packet))
equal "exact counters" "$(said)" "$(printf '%s\n' "between 3 $three" "named 3 $three" "named before 3 $three" \
	"older 3 $three" "plain 3 $three" "sub 3 $three" | sort)"
equal "status" "$(status_of_last .status)" ok
equal "none is missing" "$(status_of_last .unread_rules)" 0

# Nothing moved.
close_window
equal "no counter moved" "$(said)" ""

# Every counter says in its records what nft shows that it counted since the start.
send_to_all 4
close_window
send_to_all 1
close_window
since_start() {
	nft -j list ruleset | jq -r '[.nftables[].counter // empty] as $named | .nftables[].rule // empty | .comment as $c
		| [.expr[].counter // empty | if type == "string" then . as $n | $named[] | select(.name == $n) else . end][0]
		| "\($c) \(.packets)"' | awk '
			BEGIN { before["older"] = 42; before["named before"] = 9; before["plain"] = before["between"] = before["named"] = before["sub"] = 2 }
			{ n = $NF; sub(/ [0-9]+$/, "") } $0 in before { print $0, n - before[$0] }' | sort
}
equal "sums over windows" "$(jq -s -r 'map(select(.type == "rule")) | group_by(.rule_comment)[] | "\(.[0].rule_comment) \(map(.packets) | add)"' out)" "$(since_start)"
equal "names" "$(jq -s -r 'map(select(.rule_comment == "plain").rule) | unique[]' out)" "inet/filter/input/$(handle_of input plain)"
equal "names in a chain" "$(jq -s -r 'map(select(.rule_comment == "sub").rule) | unique[]' out)" "inet/filter/sub/$(handle_of sub '"sub"')"
equal "no fields of logging" "$(jq -c 'select(.type == "rule" and (has("drops") or has("log_prefix")))' out)" ""

# --- a rule that is added counts from 0; counters set back, rules replaced, a table loaded anew
nft add rule inet filter sub udp dport 1 counter drop comment '"added"'
nft insert rule inet filter input udp dport 5010 counter drop comment '"new"'
send_from_a 5 5010
close_window
equal "a new rule" "$(said)" "new 5 $((5 * packet))"

send_from_a 2 5002
nft reset counter inet filter named >/dev/null
send_from_a 1 5002
close_window
equal "set back" "$(said)" "named 1 $packet reset"
equal "set back: nothing else" "$(status_of_last .status)" ok

send_from_a 2 5000
nft replace rule inet filter input handle "$(handle_of input plain)" udp dport 5000 counter drop comment '"other"'
send_from_a 4 5000
close_window
equal "replaced" "$(said)" "other 4 $((4 * packet)) reset"
equal "replaced: what the old one counted is not known" "$(status_of_last '"\(.status) \(.unread_rules)"')" "partial 1"
send_from_a 1 5000
close_window
equal "replaced, later" "$(said)" "other 1 $packet"

# The rules of the new table have the handles of the old ones, and their counters show more.
nft -s list ruleset >saved
reload() { nft -f - <<<"flush ruleset; $(cat saved)"; }
reload || fail "the ruleset is not loaded"
close_window
handle=$(handle_of input '"other"')
send_from_a 3 5000
close_window
equal "loaded" "$(said)" "other 3 $((3 * packet)) reset"
reload
equal "the handle is the same" "$(handle_of input '"other"')" "$handle"
send_from_a 9 5000
close_window
equal "loaded again, and counted more than before" "$(said)" "other 9 $((9 * packet)) reset"

# A listing with what counters show, loaded again: they begin there.
nft list ruleset >saved
reload
send_from_a 2 5000
close_window
equal "loaded with what it had counted" "$(said)" "other 2 $((2 * packet)) reset"

# --- a counter with a name that a rule which lets packets go has used: what it has counted is not known
# to have been dropped
nft -f - <<-'N' || fail "the ruleset"
	add counter inet filter both
	add rule inet filter input udp dport 5013 counter name both accept comment "lets go"
	add rule inet filter input udp dport 5014 counter name both drop comment "shares"
N
send_from_a 3 5014
close_window
equal "shared" "$(said)" ""
send_from_a 7 5013
nft delete rule inet filter input handle "$(handle_of input '"lets go"')"
send_from_a 2 5014
close_window
equal "no longer shared" "$(said) $(status_of_last '"\(.status) \(.unread_rules)"')" " partial 1"
send_from_a 4 5014
close_window
equal "the rule's alone" "$(said)" "shares 4 $((4 * packet))"

# --- the last window, when it is told to stop
send_from_a 6 5003
finish
equal "unread rules in the metrics" "$(awk '$1 == "ctagg_unread_rules_total" { print $2 }' ctagg.prom)" "$(total unread_rules)"
check_output
equal "the last window" "$(said)" "between 6 $((6 * packet)) reset"
