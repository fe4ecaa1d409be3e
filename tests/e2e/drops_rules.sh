#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules behind the drops: replaced while ctagg runs, with hostile prefixes, those of
# iptables, with verdicts that the ruleset shows and verdicts that depend on the packet.
# And a group that another program has.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
flushed() {	# close the window: whether so many drops and logged packets have come so far
	kill -USR2 "$PID"
	[ "$(($(total drops) + $(total logged)))" -ge "$1" ]
}

# --- replaced while running
drop_udp "same"
start -w 3600 -g 5 --no-conntrack
first=$(handle_of input same)
send_from_a 10 5000
wait_for flushed 10
nft replace rule inet filter input handle "$first" udp dport 5000 counter name dropped log prefix \"same\" group 5 drop comment \"new\"
second=$(handle_of input same)
nft add rule inet filter input udp dport 5001 log prefix \"later\" group 5 drop
moved() { send_from_a 1 5001; flushed 1 && [ -n "$(jq 'select(.log_prefix == "later") | .rule // empty' out)" ]; }
wait_for moved
send_from_a 7 5000
finish
check_output
equal "by the first rule" "$(jq -s "map(select(.log_prefix == \"same\" and .type == \"flow\" and .rule == \"inet/filter/input/$first\" and .rule_comment == null)) | map(.drops) | add" out)" 10
equal "by the second" "$(jq -s "map(select(.log_prefix == \"same\" and .rule == \"inet/filter/input/$second\" and .type == \"flow\" and .rule_comment == \"new\")) | map(.drops) | add" out)" 7

# --- prefixes that nobody would write, with every byte that there is but NUL
rm out
nft delete table inet filter
nft add table inet filter
nft add chain inet filter input '{ type filter hook input priority 0; }'
start -w 3600 -g 5 --no-conntrack
"$TOOLS/logrule" inet filter input 5002 5 "$(printf 'quote " back \\ tab \t escape \033[31m broken \377\300\257 caf\303\251')"
# shellcheck disable=SC2059 # bytes
"$TOOLS/logrule" inet filter input 5003 5 "$(for ((i = 1; i < 127; i++)); do printf "\\x$(printf %x $i)"; done)"
# shellcheck disable=SC2059 # bytes
"$TOOLS/logrule" inet filter input 5004 5 "$(for ((i = 127; i < 254; i++)); do printf "\\x$(printf %x $i)"; done)"
send_from_a 2 5002
send_from_a 3 5003
send_from_a 4 5004
finish
check_output
equal "hostile" "$(jq -r 'select(.dst_port == 5002) | .log_prefix' out | od -An -c | tr -d ' \n')" \
	"$(printf 'quote " back \\ tab \t escape \033[31m broken \357\277\275\357\277\275\357\277\275 caf\303\251\n' | od -An -c | tr -d ' \n')"
equal "every byte" "$(jq -s 'map(select(.type == "flow") | .drops) | add' out)" 9
equal "their rules are known" "$(jq -c 'select(.type == "flow" and .rule == null)' out)" ""

# --- whether a packet that was logged was dropped
rm out
nft -f - <<-'N'
	delete table inet filter
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			udp dport 6000 log prefix "accepts" group 5 accept
			udp dport 6001 log prefix "drops" group 5 drop
			udp dport 6002 log prefix "by a later rule" group 5
			udp dport 6002 udp length > 8 accept
			udp dport 6007 log prefix "by the next rule" group 5
			udp dport 6007 accept
			udp dport 6003 jump sub
			udp dport 6004 log prefix "depends" group 7
			udp dport 6004 udp length > 500 accept
			udp dport 6005 log prefix "drops here too" group 7 drop
			ct state established,related accept
			meta l4proto { icmp, icmpv6, tcp } accept
			log prefix "policy" group 5
		}
		chain sub {
			log prefix "sub" group 5
			accept
		}
	}
N
start -w 3600 -g 5,7=accept --no-conntrack
for ((port = 6000; port <= 6007; port++)); do
	send_from_a 3 $port
done
finish
check_output
fate() { jq -r "select(.type == \"flow\" and .log_prefix == \"$1\") | \"\(.drops) \(.logged)\"" out; }
equal "log and accept" "$(fate accepts)" "0 3"
equal "log and drop" "$(fate drops)" "3 0"
equal "a later rule may accept it" "$(fate 'by a later rule')" "3 0"
equal "the next rule accepts what this one logs" "$(fate 'by the next rule')" "0 3"
equal "a chain that accepts" "$(fate sub)" "0 3"
equal "it depends: the option says" "$(fate depends)" "0 3"
equal "but not where the rule does" "$(fate 'drops here too')" "3 0"
equal "the policy drops" "$(jq -r 'select(.type == "flow" and .log_prefix == "policy" and .dst_port == 6006) | .drops' out)" 3

# --- iptables
if command -v iptables-nft >/dev/null; then
	rm out
	nft delete table inet filter
	iptables-nft -A INPUT -p udp --dport 7000 -m comment --comment "by iptables" -j NFLOG --nflog-group 5 --nflog-prefix "ipt: "
	iptables-nft -A INPUT -p udp --dport 7000 -j DROP
	ip6tables-nft -A INPUT -p udp --dport 7000 -j NFLOG --nflog-group 5 --nflog-prefix "ipt: "
	ip6tables-nft -A INPUT -j DROP
	start -w 3600 -g 5 --no-conntrack
	send_from_a 4 7000
	finish
	check_output
	equal "a rule of iptables" "$(jq -c 'select(.type == "flow") | [.drops, (.rule | sub("/[0-9]+$"; "")), .rule_comment]' out)" \
		'[4,"ip/filter/INPUT","by iptables"]'
fi

# --- a group that another program holds
start -w 3600 -g 9 --no-conntrack
"$CTAGG" -g 8,9 --no-conntrack >/dev/null 2>taken && fail "a taken group was bound"
equal "lines" "$(wc -l <taken)" 1
grep -q "group 9 is held by ctagg, process $PID:" taken || fail "$(cat taken)"
finish
