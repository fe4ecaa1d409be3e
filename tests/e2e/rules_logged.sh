#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --rules with --nflog-group: one record a rule, with what its counter says and what it logged; each
# level has its own; rules of iptables; and what --rules refuses.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
	table inet filter {
		chain input {
			type filter hook input priority 0; policy accept;
			udp dport 5000 counter log prefix "one" group 5 drop comment "logs"
			udp dport 5001 counter drop comment "silent"
			udp dport 5002 log prefix "two" group 5 drop comment "uncounted"
			udp dport 5003 log prefix "first" group 5 counter log prefix "second" group 5 drop comment "twice"
		}
	}
N

start -w 1h,2h -g 5 --rules --no-conntrack
send_from_a 3 5000
send_from_a 4 5001
send_from_a 5 5002
send_from_a 2 5003
close_window
send_from_a 6 5000
send_from_a 7 5001
finish
check_output
records() {	# filter of records: comment, prefix, drops, packets, each null where it is absent
	jq -s -c "map(select(.type == \"rule\" and ($1)) | [.rule_comment, .log_prefix, .drops, .packets]) | sort[]" out
}
first=$(jq -s 'map(select(.type == "window"))[0].window_start' out)
equal "one record a rule" "$(records ".window_start == $first and .window_ms == 3600000")" \
	"$(printf '%s\n' '["logs","one",3,3]' '["silent",null,null,4]' '["twice","first",2,2]' '["twice","second",2,null]' '["uncounted","two",5,null]')"
equal "the last window" "$(records ".window_start != $first and .window_ms == 3600000")" \
	"$(printf '%s\n' '["logs","one",6,6]' '["silent",null,null,7]')"
equal "the longer level has the sums" "$(records ".window_ms == 7200000")" \
	"$(printf '%s\n' '["logs","one",9,9]' '["silent",null,null,11]' '["twice","first",2,2]' '["twice","second",2,null]' '["uncounted","two",5,null]')"
equal "bytes are those that were logged" "$(jq -c 'select(.type == "rule" and .rule_comment == "logs" and .bytes != .drop_bytes)' out)" ""
equal "records are counted" "$(jq -s -c 'map(select(.type == "window" and .window_ms == 7200000).records)' out)" \
	"[$(jq -s 'map(select(.type != "window" and .window_ms == 7200000)) | length' out)]"

# --- connections are counted as ever, and a window in which only rules moved is not without data
rm out
start -w 1h --rules
send_from_a 1 5001
finish
check_output
equal "the rule" "$(records true)" '["silent",null,null,1]'
equal "something came" "$(window_records out | jq -r .status)" ok

# --- rules of iptables: with a comment, a target that rejects, a match of iptables
if command -v iptables-nft >/dev/null; then
	rm out
	iptables-nft -A INPUT -p udp --dport 6000 -m comment --comment "by iptables" -j DROP
	iptables-nft -A INPUT -p udp -m multiport --dports 6001,6002 -j REJECT
	start -w 1h --rules --no-conntrack
	send_from_a 2 6000
	send_from_a 3 6002
	close_window
	equal "rules of iptables" "$(jq -c 'select(.type == "rule") | [.packets, (.rule | sub("/[0-9]+$"; "")), .rule_comment]' out)" \
		"$(printf '%s\n' '[2,"ip/filter/INPUT","by iptables"]' '[3,"ip/filter/INPUT",null]')"
	iptables-nft -Z INPUT
	send_from_a 1 6000
	finish
	check_output
	equal "set to zero" "$(jq -s -c 'map(select(.type == "rule")) | .[-1] | [.packets, .reset]' out)" '[1,true]'
fi

# --- what it cannot be given with
for options in --events --snapshot --check "--read out"; do
	# shellcheck disable=SC2086 # options
	"$CTAGG" --rules $options >/dev/null 2>refused
	equal "$options" "$?" 2
	equal "$options: one line" "$(wc -l <refused)" 1
	grep -q -- "--rules" refused || fail "$(cat refused)"
done
