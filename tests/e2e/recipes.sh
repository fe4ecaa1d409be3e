#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes for jq, on recorded output.
recipes=$(cd "$(dirname "$0")/../../examples/recipes" && pwd) || exit 1
recorded=$(cd "$(dirname "$0")" && pwd)/recorded.jsonl
command -v jq >/dev/null || exit 77

is() {	# recipe, the text that it has to make of the recorded output
	local said
	said=$(jq -s -r -f "$recipes/$1.jq" "$recorded") || { echo "FAIL: $1"; exit 1; }
	[ "$said" = "$2" ] || { printf 'FAIL: %s:\n%s\nexpected:\n%s\n' "$1" "$said" "$2"; exit 1; }
}

is top-talkers "$(printf '315000\t10.0.0.7\n2000\t2001:db8::7\n0\t10.0.0.8')"
is failed-connections "$(printf '4 of 5\ttcp 192.0.2.9 port 22\tfrom 2 sources\n1 of 1\ticmp 192.0.2.1\tfrom 1 sources')"
is drops-by-rule "$(printf '12\trefused\tinet/filter/input/7\n2\told\tno single rule')"
is reduction '66 events in 12 records: 5.5 to one, 3 lost'
# Of several levels a recipe counts the shortest, which has everything.
levels=$(mktemp) && trap 'rm -f "$levels"' EXIT
for recipe in "$recipes"/*.jq; do
	cp "$recorded" "$levels"
	once=$(jq -s -r -f "$recipe" "$levels")
	jq -c ".window_ms = 3600000" "$recorded" >>"$levels"
	said=$(jq -s -r -f "$recipe" "$levels")
	[ "$said" = "$once" ] || { printf 'FAIL: two levels: %s:\n%s\nexpected:\n%s\n' "$recipe" "$said" "$once"; exit 1; }
done
# A number of lost drops that is not known yet.
said=$(jq -c 'if .type == "window" then .lost_drops = null else . end' "$recorded" |
	jq -s -r -f "$recipes/reduction.jq")
[ "$said" = '66 events in 12 records: 5.5 to one, more than 2 lost' ] || { echo "FAIL: lost_drops null: $said"; exit 1; }
for recipe in "$recipes"/*.jq; do	# no input is no error
	jq -s -r -f "$recipe" </dev/null >/dev/null || { echo "FAIL: $recipe on nothing"; exit 1; }
	grep -q "is $(basename "$recipe" .jq) " "$0" || { echo "FAIL: $recipe has no test"; exit 1; }
done
