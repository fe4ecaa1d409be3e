#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# More rules than ctagg keeps apart, and names as long and as hostile as the kernel takes:
# nothing is miscounted, no line is too long, and a name that was cut is marked.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
send() { ip netns exec a "$TOOLS/packets" "$@" --to 10.9.1.1 >/dev/null; }

windows() { [ "$(grep -c '"window","schema' out)" -ge "$1" ]; }

# --- many rules, each with a port and a prefix of its own, from port 10000 on
many_rules() {	# how many
	nft delete table inet filter 2>/dev/null
	{
		echo 'table inet filter { counter dropped { }
			chain input { type filter hook input priority 0; policy accept;
				udp dport >= 10000 counter name dropped jump many; }
			chain many {'
		seq 10000 $((9999 + $1)) |
			sed 's/.*/udp dport & log prefix "port &" group 5 drop/'
		echo '}'; echo '}'
	} | nft -f - || fail "$1 rules"
}
send_many() {	# a packet to each of so many ports
	local port
	for ((port = 10000; port < 10000 + $1; port += 4000)); do
		local n=$((10000 + $1 - port))
		[ $n -le 4000 ] || n=4000
		send --count $n --port $port --ports $n
	done
}
wrong='map(select(.type == "rule" and .log_prefix != null)) | map(select(.drops != $each)) | length'

# 1,100 prefixes are kept apart, also when the rule is not in the key.
many_rules 1100
for key in src,rule src; do
	rm -f out
	start -w 3600 -g 5 --no-conntrack -k $key
	send_many 1100
	send_many 1100
	finish
	check_output
	equal "packets, key $key" "$(total drops)" "$(counted inet filter dropped)"
	equal "rules, key $key" "$(jq -s 'map(select(.type == "rule")) | length' out)" 1100
	equal "wrong totals, key $key" "$(jq -s --argjson each 2 "$wrong" out)" 0
	equal "prefixes of other rules" "$(jq -s 'map(select(.type == "rule")) | sort_by(.log_prefix) |
		[.[].rule | split("/")[3] | tonumber] | . != sort' out)" false
	equal "status" "$(jq -r 'select(.type == "window") | .status' out)" ok
	nft reset counters >/dev/null
done

# More prefixes than ctagg keeps apart: the rest has one total, and the window is partial.
limit=$(sed -n 's/^#define LABELS_MAX //p' "$E2E/../../src/rule/labels.h")
many_rules $((limit + 200))
rm out
start -w 3600,7200 --no-align -g 5 --no-conntrack -k rule
send_many $((limit + 200))
all_came() { kill -USR1 "$PID"; grep -q "logged packets $((limit + 200))," err; }
wait_for all_came
kill -USR2 "$PID"
wait_for windows 1
send_many 1
kill -USR2 "$PID"
wait_for windows 2
finish
check_output
# For each level: how many rules are named, the packets of the rest, and all packets.
equal "rules of each level" "$(jq -s -c 'map(select(.type == "rule")) | group_by(.window_ms)[] |
	[(map(select(.log_prefix) | .rule) | unique | length), (.[] | select(.log_prefix == null) | [.rule, .drops]),
	(map(.drops) | add)]' out | sort -u)" "[$limit,[null,200],$(counted inet filter dropped)]"
equal "status" "$(grep '"type":"window"' out | jq -s -c 'map([.window_ms, .status])')" \
	'[[3600000,"partial"],[3600000,"ok"],[3600000,"ok"],[7200000,"partial"]]'

# --- the longest names, prefix and comment, plain and of bytes that need escapes
long() {	# n times a character
	local i
	for ((i = 0; i < $1; i++)); do
		printf '%b' "$2"
	done
}
port=7000
for character in x '\1' '\377'; do
	rm -f out
	nft delete table inet filter 2>/dev/null
	"$TOOLS/logrule" new "$(long 255 "$character")" "$(long 255 "$character")" $port 5 \
		"$(long 127 "$character")" "$(long 250 "$character")" || fail "a rule of $character"
	start -w 3600 -g 5 --no-conntrack -k src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark,rule
	send --count 7 --port $port
	finish
	check_output
	equal "packets of $character" "$(total drops)" 7
	handle=$(nft -j list ruleset 2>/dev/null | jq '.nftables[].rule // empty | .handle' 2>/dev/null)
	equal "types of $character" "$(jq -s -c 'map(.type)' out)" '["flow","rule","window"]'
	what=$(jq -c 'select(.log_prefix) | [.rule_cut, .log_prefix_cut, .rule_comment_cut]' out | sort -u)
	if [ "$character" = x ]; then
		name=$(long 255 x)
		equal "the rule" "$(jq -r 'select(.type == "rule") | .rule' out)" "inet/$name/$name/${handle:?}"
		equal "the prefix" "$(jq -r 'select(.type == "rule") | .log_prefix' out)" "$(long 127 x)"
		equal "the comment" "$(jq -r 'select(.type == "rule") | .rule_comment' out)" "$(long 250 x)"
		equal "cut" "$what" '[null,null,null]'
	else
		equal "the rule's parts" "$(jq -c 'select(.type == "rule") | .rule | split("/") | [.[0], (.[1:3][] | length), (.[3] | length > 0)]' out)" \
			'["inet",42,42,true]'
		equal "cut" "$what" '[true,true,true]'
	fi
	nft flush ruleset
done
