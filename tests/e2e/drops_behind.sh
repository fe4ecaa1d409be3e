#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules that change faster than ctagg can read them: packets that are logged meanwhile are
# counted, the window is partial because they may have the wrong rule, and as soon as the
# rules stand still ctagg knows them. A set whose elements change is no change of rules.
# The oracle is nft's counter.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

ip route add 198.51.100.0/24 dev lo
send() { "$TOOLS/packets" --count "$1" --to 198.51.100.9 --port "${2-5000}" >/dev/null; }
{
	echo "table inet filter {
		counter logged { }
		set busy { type ipv4_addr; }
		chain output {
			type filter hook output priority 0; policy accept;
			udp dport 5000 counter name logged log prefix \"let go\" group 5 accept
			udp dport 5001 counter name logged log prefix \"of old\" group 5 accept
		}
	}
	table inet many {
		chain c {"
	for ((i = 0; i < 2000; i++)); do
		echo "udp dport $i counter"
	done
	echo "	}
	}"
} >rules
nft -f rules || fail "the ruleset"

# --- rules that change all the time, since before ctagg started
while nft add rule inet many c counter; do :; done &
storm=$!
start -w 1h -g 5 --no-conntrack
for ((i = 0; i < 5; i++)); do
	send 64
	close_window
done
kill $storm
wait $storm 2>/dev/null
# ctagg can read the rules now: a window comes that is not partial.
whole() {
	send 64
	close_window
	[ "$(jq -r 'select(.type == "window") | .status' out | tail -n 1)" = ok ]
}
wait_for whole
finish
check_output
equal "drops and logged" $(($(total drops) + $(total logged))) "$(counted inet filter logged)"
equal "drops that were none, in a window that is ok" \
	"$(jq -c 'select(.type == "window" and .drops > 0 and .status == "ok")' out)" ""
equal "messages" "$(grep -c '^ctagg: the rules of nftables change faster than they can be read' err)" \
	"$(jq -s 'if any(.[]; .type == "window" and .status == "partial") then 1 else 0 end' out)"

# --- a set that changes all the time, and a rule that changes once
rm out
nft reset counters >/dev/null
start -w 1h -g 5 --no-conntrack
while nft add element inet filter busy "{ 10.0.0.1 }" && nft delete element inet filter busy "{ 10.0.0.1 }"; do :; done &
storm=$!
send 64 5001
close_window
handle=$(handle_of output '"of old"')
nft replace rule inet filter output handle "$handle" udp dport 5001 counter name logged log prefix '"of new"' group 5 accept
renamed() {
	send 64 5001
	close_window
	[ "$(jq -r 'select(.type == "flow" and .log_prefix == "of new") | .rule // empty' out)" ]
}
wait_for renamed
kill $storm
wait $storm 2>/dev/null
finish
check_output
equal "logged" "$(total logged)" "$(counted inet filter logged)"
equal "drops" "$(total drops)" 0
