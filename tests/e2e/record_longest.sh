#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 200 rules with names, prefixes and comments as long and as hostile as the kernel takes them, on a
# host with a long name, in a namespace with a long name, with as many tags as there may be: no
# line is longer than 4,096 bytes, each rule has a record in each level, and is called by its
# handle. The oracles are nft, which lists the handles, and the packets that were sent.
. "$(dirname "$0")/lib.sh"

RULES=200
export LC_ALL=C	# lengths are bytes
# A text of $2 bytes at most, whole characters, in `text`.
text() {
	printf -v text "$1%.0s" $(seq "$2")
	text=${text:0:$(($2 / ${#1} * ${#1}))}
}

text $'\x01' 255
name=$text
ip netns add "$name" || fail "the namespace"
inside() { ip netns exec "$name" "$@"; }
inside ip link set lo up
# Bytes that take one, two, three or six bytes in a line. Each prefix begins with a number: by its
# prefix a packet is known to be a rule's. nft(8) does not take all names, but makes many rules at
# once: five tables have one rule each, whose names are hostile, the sixth has all other rules.
port=5000
for kind in $'\x01' '"' $'\xff' $'\xc3\xa9' n; do
	text "$kind" 255; long=$text
	text "$kind" 123; prefix=$text
	text "$kind" 240
	inside "$TOOLS/logrule" new "$long" "$long" $port 5 "$port$prefix" "$text" || fail "a hostile rule"
	((port++))
done
text p 255
plain=$text
more_rules() {
	echo "table inet $plain { chain $plain { type filter hook input priority 1;"
	while :; do
		for kind in $'\x01' $'\xff' $'\xc3\xa9' n; do
			[ $port -lt $((5000 + RULES)) ] || break 2
			text "$kind" 123; prefix=$text
			text "$kind" 128
			echo "udp dport $port log prefix \"$port$prefix\" group 5 drop comment \"$text\""
			((port++))
		done
	done
	echo '}'
	echo '}'
}
more_rules | inside nft -f - || fail "the rules"

KEY=src/31/127,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark,rule
text $'\xff' 64
host=$text
text $'\x01' 81
origin=(--host="$host" --netns="$name" --tag a= --tag "b=$text")
start -w 1h,1d --no-align -g 5 -k $KEY --interim "${origin[@]}"
inside "$TOOLS/packets" --count $((RULES * 3)) --to 127.0.0.1 --port 5000 --ports $RULES >/dev/null
finish
check_output
equal "longest line" "$(awk 'length($0) + 1 > 4096 { print length($0) }' out)" ""

for ms in 3600000 86400000; do
	jq -c "select(.window_ms == $ms)" out >level
	equal "rules of $ms" "$(jq -r 'select(.type == "rule") | .rule' level | sort -u | wc -l)" $RULES
	equal "packets of a rule of $ms" "$(jq 'select(.type == "rule") | .drops' level | sort -u)" 3
	equal "bytes of a rule of $ms" "$(jq 'select(.type == "rule") | .drop_bytes' level | sort -u)" \
		"$(jq 'select(.type == "flow") | .drop_bytes' level | sort -u)"
	equal "drops of $ms" "$(jq 'select(.type == "window") | .drops' level)" $((3 * RULES))
	equal "handles of $ms" "$(jq -r 'select(.type == "rule") | .rule | split("/")[-1]' level | sort -n)" \
		"$(inside nft -a list ruleset | grep -a 'log prefix' | sed 's/.*# handle //' | sort -n)"
	equal "names in flows of $ms" "$(jq -r 'select(.type == "flow") | .rule' level | sort -u | md5sum)" \
		"$(jq -r 'select(.type == "rule") | .rule' level | sort -u | md5sum)"
done

# What is cut says so. Beside such an origin the line has no room for all that it has otherwise.
equal "namespace" "$(jq -c '[(.netns | length), .netns_cut]' out | sort -u)" "[85,true]"
equal "host" "$(jq -r '.host | length' out | sort -u)" 64
equal "tags" "$(jq -r '.tag_a + .tag_b | length' out | sort -u)" 81
jq -e -s 'map(select(.type == "rule" and (.log_prefix | test("^500[0-3]")))) | length == 8 and all(.rule_cut)' \
	out >/dev/null || fail "a hostile name is whole"
# Of the rule whose texts are all plain: what is shorter than it was, and what says that it was cut.
short='select(.type == "rule" and (.log_prefix | test("^5004n"))) | [
	(.log_prefix | length < 127), (.rule | split("/")[1:3] | any(length < 255)), (.rule_comment | length < 240)]'
cut='select(.type == "rule" and (.log_prefix | test("^5004n"))) |
	[.log_prefix_cut, .rule_cut, .rule_comment_cut] | map(. == true)'
equal "plain texts, a long origin" "$(jq -c "$cut" out)" "$(jq -c "$short" out)"
equal "cut names" "$(jq -c "$cut" out | jq '.[1]' | sort -u)" true

# With a plain origin, plain texts are whole.
rm out
start -w 1h -g 5 --no-conntrack --netns="$name" --host=gw1
inside "$TOOLS/packets" --count $RULES --to 127.0.0.1 --port 5000 --ports $RULES >/dev/null
finish
check_output
equal "longest line" "$(awk 'length($0) + 1 > 4096 { print length($0) }' out)" ""
equal "plain texts" "$(jq -c "($short), ($cut)" out | sort -u)" "[false,false,false]"
exit 0
