#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes for jq, on recorded output.
recipes=$(cd "$(dirname "$0")/../../examples/recipes" && pwd) || exit 1
recorded=$(cd "$(dirname "$0")" && pwd)/recorded.jsonl
command -v jq >/dev/null || exit 77

is() {	# recipe, what it says of the recorded output
	local said
	said=$(jq -s -r -f "$recipes/$1.jq" "$recorded") || { echo "FAIL: $1"; exit 1; }
	[ "$said" = "$2" ] || { printf 'FAIL: %s:\n%s\nexpected:\n%s\n' "$1" "$said" "$2"; exit 1; }
}

is top-talkers "$(printf '315000\t10.0.0.7\n2000\t2001:db8::7\n0\t10.0.0.8')"
is failed-connections "$(printf '4 of 5\ttcp 192.0.2.9 port 22\tfrom 2 sources\n1 of 1\ticmp 192.0.2.1\tfrom 1 sources')"
is drops-by-rule "$(printf '12\trefused\tinet/filter/input/7\n2\told\tno single rule')"
is reduction '66 events in 12 records: 5.5 to one, 3 lost'
# of several levels the shortest has all packets
equal_levels=$(for level in 60 3600; do jq -c ".level = $level" "$recorded"; done |
	jq -s -r -f "$recipes/drops-by-rule.jq" | head -n 1)
[ "$equal_levels" = "$(printf '12\trefused\tinet/filter/input/7')" ] ||
	{ echo "FAIL: two levels: $equal_levels"; exit 1; }
for recipe in "$recipes"/*.jq; do	# and what there is to say of nothing is no error
	jq -s -r -f "$recipe" </dev/null >/dev/null || { echo "FAIL: $recipe on nothing"; exit 1; }
	grep -q "is $(basename "$recipe" .jq) " "$0" || { echo "FAIL: $recipe has no test"; exit 1; }
done
