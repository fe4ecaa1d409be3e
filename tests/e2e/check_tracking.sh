#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check tells for which IP versions a rule makes the kernel track connections. The oracle
# is the kernel: a ping of each version, and whether conntrack(8) shows it.
. "$(dirname "$0")/lib.sh"

causes() { "$CTAGG" --check=json "$@" 2>err | jq -r .cause | grep -E "^(no_tracking|group_unused)" | tr '\n' ' '; }
severity() { "$CTAGG" --check=json 2>/dev/null | jq -r "select(.cause == \"$1\") | .severity"; }
tracked() {
	ping -q -c1 127.0.0.1 >/dev/null || fail "ping 127.0.0.1"
	ping -q -c1 ::1 >/dev/null || fail "ping ::1"
	[ "$(conntrack -L -f ipv4 2>/dev/null | wc -l)" = 0 ] || printf 'ipv4 '
	[ "$(conntrack -L -f ipv6 2>/dev/null | wc -l)" = 0 ] || printf 'ipv6 '
	conntrack -F 2>/dev/null
}
expect() {	# what the rules are, which versions are tracked, what --check says
	equal "tracked by $1" "$(tracked)" "$2"
	equal "said of $1" "$(causes)" "$3"
}
mend() {
	eval "$("$CTAGG" --check=json 2>/dev/null | jq -r "select(.cause == \"$1\") | .command")" || fail "the command for $1"
	expect "the command for $1" "ipv4 ipv6 " ""
	nft flush ruleset
}
# Without a ping of IPv6 there is no oracle.
ping -q -c1 ::1 >/dev/null 2>&1 || { echo "no IPv6 here"; exit 77; }

expect "no rule" "" "no_tracking "
equal "severity" "$(severity no_tracking)" error
mend no_tracking

# one IP version
nft 'table ip6 t { chain in { type filter hook input priority 0; ct state new counter; }; }' || exit 77
expect "an ip6 table" "ipv6 " "no_tracking_ipv4 "
equal "severity" "$(severity no_tracking_ipv4)" error
mend no_tracking_ipv4
nft 'table ip t { chain in { type filter hook input priority 0; ct state new counter; }; }'
expect "an ip table" "ipv4 " "no_tracking_ipv6 "
equal "severity" "$(severity no_tracking_ipv6)" note
mend no_tracking_ipv6
nft 'table inet t { chain pre { type nat hook prerouting priority -100; udp dport 9 dnat ip to 192.0.2.1; }; }'
expect "dnat ip in an inet table" "ipv4 " "no_tracking_ipv6 "
nft flush ruleset
nft 'table inet t { chain in { type filter hook input priority 0; ct state new counter; }; }'
expect "an inet table" "ipv4 ipv6 " ""
nft flush ruleset
if nft 'table bridge t { chain in { type filter hook input priority 0; ct state new counter; }; }' 2>/dev/null; then
	expect "a bridge table" "ipv4 ipv6 " ""
	nft flush ruleset
fi

# In a namespace without IPv6 --check does not speak of IPv6.
nft 'table ip t { chain in { type filter hook input priority 0; ct state new counter; }; }'
sysctl -qw net.ipv6.conf.all.disable_ipv6=1
equal "said without IPv6" "$(causes)" ""
sysctl -qw net.ipv6.conf.all.disable_ipv6=0
nft flush ruleset

# Connections that no rule has tracked.
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"
equal "said of connections without a rule" "$(causes)" "no_tracking_ipv6 "
conntrack -I -p udp -s fd00::1 -d fd00::2 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"
equal "said of connections without a rule" "$(causes)" ""
conntrack -F 2>/dev/null

# iptables, over nf_tables
if iptables-nft -t raw -A OUTPUT -p udp --dport 9 -j CT --notrack 2>/dev/null; then
	expect "iptables-nft CT --notrack" "" "no_tracking "
	iptables-nft -t nat -A OUTPUT -p udp --dport 9 -j DNAT --to 192.0.2.1
	expect "iptables-nft DNAT" "ipv4 " "no_tracking_ipv6 "
	nft flush ruleset
fi

# The old iptables: a table that is loaded holds no rule yet.
if iptables-legacy -t nat -S >/dev/null 2>&1 && ip6tables-legacy -S >/dev/null 2>&1; then
	iptables-legacy -S >/dev/null
	[ "$(sort /proc/self/net/ip_tables_names | tr '\n' ' ')" = "filter nat " ] || fail "no table is loaded"
	expect "empty old tables" "" "no_tracking "
	"$CTAGG" -w 200ms -c 1 >out 2>err || fail "status $?"
	equal "status of a window" "$(jq -r 'select(.type == "window") | .status' out)" nodata
	equal "tables are not made by looking" "$(sort /proc/self/net/ip_tables_names | tr '\n' ' ')" "filter nat "
	iptables-legacy -A INPUT -p udp --dport 9 -j ACCEPT
	expect "an old rule without conntrack" "" "no_tracking "
	iptables-legacy -A INPUT -m conntrack --ctstate NEW -p udp --dport 9 -j ACCEPT
	expect "an old match" "ipv4 " "no_tracking_ipv6 "
	iptables-legacy -F
	expect "flushed" "" "no_tracking "
	iptables-legacy -t nat -A POSTROUTING -p udp --dport 9 -j MASQUERADE
	expect "an old target" "ipv4 " "no_tracking_ipv6 "
	ip6tables-legacy -A INPUT -m conntrack --ctstate NEW -p udp --dport 9 -j ACCEPT
	expect "old rules of both" "ipv4 ipv6 " ""
	iptables-legacy -t nat -F
	expect "old rules of IPv6" "ipv6 " "no_tracking_ipv4 "
	ip6tables-legacy -F
	iptables-legacy -t raw -A OUTPUT -p udp --dport 9 -j CT --notrack
	expect "an old CT --notrack" "" "no_tracking "
	# what logs to a group
	iptables-legacy -A INPUT -p udp --dport 9 -j NFLOG --nflog-group 7
	equal "a group that an old rule logs to" "$(causes --no-conntrack -g 7)" ""
	equal "one that none logs to" "$(causes --no-conntrack -g 8)" "group_unused "
	ip6tables-legacy -A INPUT -p udp --dport 9 -j NFLOG --nflog-group 8
	equal "a group that an old rule of IPv6 logs to" "$(causes --no-conntrack -g 8)" ""
fi
