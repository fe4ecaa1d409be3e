#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -g auto takes every free group to which a rule that drops logs, of nftables and of both kinds of
# iptables. The oracles are the kernel's list of bound groups and the counters of the rules.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
# the groups that a process has bound
bound() { awk -v port="$1" '$2 == port { print $1 }' /proc/net/netfilter/nfnetlink_log | sort -n | tr '\n' ' '; }

# --- no rule that drops logs
nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		chain input {
			type filter hook input priority 0; policy accept;
			udp dport 5100 log prefix "let go" group 4 accept
			ct state new log prefix "who knows" group 3
			udp dport 5101 drop
		}
	}
N
"$CTAGG" -g auto --no-conntrack -w 1h >out 2>err
equal "status without such a rule" $? 1
grep -q -- '-g auto: no rule that drops logs to an NFLOG group' err || fail "$(cat err)"
"$CTAGG" --check=json -g auto --no-conntrack >out 2>err
equal "--check" "$(jq -r .cause out)" group_unused
rm out

# --- rules of all kinds
nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter nft { }
		chain input {
			udp dport 5000 counter name nft log prefix "nft" group 5 drop
			udp dport 5007 log prefix "held" group 7 drop
			udp dport 5008 jump log_and_drop
			udp dport 5009 log prefix "pair" group 9
			udp dport 5009 drop
			udp dport 5010 log prefix "no pair" group 10
			udp dport 5000-5010 limit rate 1/hour drop
		}
		chain log_and_drop {
			log prefix "chain" group 8
			drop
		}
	}
N
expected="5 8 9 "
sent=5
if iptables-nft -A INPUT -p udp --dport 5020 -m comment --comment "one" -j NFLOG --nflog-group 20 --nflog-prefix ipt; then
	iptables-nft -A INPUT -p udp --dport 5020 -m comment --comment "two" -j DROP
	iptables-nft -A INPUT -p udp --dport 5021 -j NFLOG --nflog-group 21
	iptables-nft -A INPUT -p udp --dport 5022 -j DROP
	expected="$expected"'20 '
fi 2>err
if iptables-legacy -S >/dev/null 2>&1 && ip6tables-legacy -S >/dev/null 2>&1; then
	for ipt in iptables-legacy ip6tables-legacy; do
		[ $ipt = iptables-legacy ] && g=3 || g=4
		$ipt -A INPUT -p udp --dport 50${g}0 -m comment --comment "one" -j NFLOG --nflog-group ${g}0
		$ipt -A INPUT -p udp --dport 50${g}0 -m comment --comment "two" -j DROP
		$ipt -A INPUT -p udp --dport 50${g}1 -j NFLOG --nflog-group ${g}1
		$ipt -A INPUT -p udp --dport 50${g}9 -j DROP
		$ipt -N LOGDROP
		$ipt -A LOGDROP -m limit --limit 1/s -j NFLOG --nflog-group ${g}2
		$ipt -A LOGDROP -j DROP
		$ipt -A INPUT -p udp --dport 50${g}2 -j LOGDROP
		$ipt -A INPUT -p udp --dport 50${g}3 -j NFLOG --nflog-group ${g}3
		$ipt -A INPUT -p udp --dport 50${g}3 -j ACCEPT
		$ipt -N LOGS
		$ipt -A LOGS -j NFLOG --nflog-group ${g}4
		$ipt -A INPUT -p udp --dport 50${g}4 -j LOGS
		$ipt -A INPUT -p udp --dport 50${g}4 -j DROP
		$ipt -P FORWARD DROP
		$ipt -A FORWARD -j NFLOG --nflog-group ${g}5
		expected="$expected${g}0 ${g}2 ${g}5 "
	done
fi
cp "$CTAGG" holder
./holder -g 7 --no-conntrack -w 1h -v >held 2>held.err &
holder=$!
is_held() { grep -q ready held.err; }
wait_for is_held

start -w 100ms,1h -g auto --no-conntrack
equal "groups" "$(bound "$PID")" "$expected"
equal "one message about held groups" "$(grep -c 'held\|hold' err)" 1
grep -q -- "-g auto: left out NFLOG groups that other programs hold: 7 (holder, process $holder):" err || fail "$(cat err)"
send_from_a $sent 5000
send_from_a 6 5008
send_from_a 7 5009
case $expected in *" 30 "*) send_from_a 8 5030 ;; esac
finish
check_output
drops() { jq -s "map(select(.type == \"flow\" and .window_ms == $1 and .dst_port == $2) | .drops) | add // 0" out; }
for level in 100 3600000; do
	equal "nft" "$(drops $level 5000)" "$(counted inet filter nft)"
	equal "two rules" "$(drops $level 5008)$(drops $level 5009)" 67
	case $expected in *" 30 "*) equal "legacy" "$(drops $level 5030)" 8 ;; esac
done
equal "the second of two rules drops" "$(jq -s -c 'map(select(.type == "rule" and .window_ms == 3600000 and .log_prefix == "pair"))[0] | [.drops, .logged]' out)" "[7,0]"

# --- beside a group that is named, which must be free; and held by name
start -w 1h -g auto -g 4,5 --no-conntrack -o /dev/null
equal "with others" "$(bound "$PID")" "4 $expected"
finish
"$CTAGG" -g auto,5 >out 2>err
equal "auto in a list" $? 2
"$CTAGG" -g auto -g 7 --no-conntrack -w 1h >out 2>err
equal "status with a held group that is named" $? 1
grep -q "NFLOG group 7 is held by holder, process $holder:" err || fail "$(cat err)"
rm out

# --- --check tells which are held
"$CTAGG" --check=json -g auto --no-conntrack >out 2>err
equal "--check" "$(jq -r '.cause + " " + .severity' out | tr '\n' ' ')" "group_taken warning "
jq -r '.message // .text // tostring' out | grep -q 'group 7' || fail "$(cat out)"
rm out

# --- all held
nft flush chain inet filter log_and_drop
nft flush chain inet filter input
nft add rule inet filter input udp dport 5007 log prefix held group 7 drop
for ipt in iptables-nft iptables-legacy ip6tables-legacy; do
	$ipt -P FORWARD ACCEPT
	$ipt -F
done 2>/dev/null
"$CTAGG" -g auto --no-conntrack -w 1h >out 2>err
equal "status when all are held" $? 1
grep -q -- "-g auto: other programs hold all NFLOG groups to which rules that drop log: 7 (holder, process $holder):" err || fail "$(cat err)"
"$CTAGG" --check=json -g auto --no-conntrack >out
equal "status of --check when all are held" $? 3
equal "--check when all are held" "$(jq -r '.cause + " " + .severity' out | tr '\n' ' ')" "group_taken error "
rm out
kill $holder
wait $holder

# --- in another namespace
ip netns exec a nft -f - <<-'N' || fail "the ruleset of a"
	table inet filter {
		counter dropped { }
		chain input {
			type filter hook input priority 0; policy accept;
			udp dport 5000 counter name dropped log prefix "in a" group 77 drop
		}
	}
N
rm -f out
start -w 1h -g auto --netns a
"$TOOLS/packets" --count 9 --to 10.9.1.2 --port 5000 >/dev/null
finish
check_output
equal "in a namespace" "$(jq -c 'select(.type == "rule") | [.log_prefix, .drops]' out)" '["in a",9]'
equal "as nft counts" "$(total drops)" "$(ip netns exec a nft -j list counter inet filter dropped | jq '.nftables[].counter // empty | .packets')"

# --- more groups than there is room for: the message says so
for ((group = 101; group <= 165; group++)); do
	echo "add rule inet filter input udp dport 5000 log group $group drop"
done | ip netns exec a nft -f -
start -w 1h -g auto --netns a
finish
grep -q -- "-g auto: rules that drop log to more than 64 NFLOG groups: " err || fail "$(cat err)"
ip netns exec a nft flush chain inet filter input
for ((group = 101; group <= 164; group++)); do
	echo "add rule inet filter input udp dport 5000 log group $group drop"
done | ip netns exec a nft -f -
start -w 1h -g auto --netns a
finish
! grep -q "more than 64" err || fail "$(cat err)"
