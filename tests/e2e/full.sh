#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# More flows than the table has room for: one `other` record has the rest, and the sums
# hold.
. "$(dirname "$0")/lib.sh"

for room in 1 16; do
	: >out
	start -w 1h --max-flows $room
	gen --keys 10000 --events 40000 --patient
	finish
	check_output
	equal starts "$(total starts)" "$(did created)"
	equal ends "$(total ends)" "$(did deleted)"
	equal flows "$(jq -s 'map(select(.type == "flow")) | length' out)" $room
	[ -n "$(jq "select(.reason == \"table_full\" and .folded_flows >= 10000 - $room and .folded_flows <= 10000)" out)" ] || fail "other: $(jq -c "select(.type == \"other\")" out)"
	equal status "$(jq -r 'select(.type == "window").status' out)" partial
done
