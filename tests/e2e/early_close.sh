#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --early-close=PERCENT, with both tables: a window ends when that part of the table is
# used, but not before the window is 100 ms long.
. "$(dirname "$0")/lib.sh"
find_tables
lengths_ms() {
	window_records out | jq -r 'select(.closed_by == "full")
		| [.window_start, .window_end][] | sub("\\..*"; "Z") as $s
		| ($s | fromdate) * 1000 + (capture("\\.(?<f>...)").f | tonumber)' | paste - - |
		awk '{ print $2 - $1 }'
}

for TABLE in $tables; do
	rm -f out
	start -w 3600 -m 1000 --early-close 50
	gen --keys 40000 --events 40000 --rate 20000 --hold --patient
	created=$(did created)
	gen --keys 40000 --events 40000 --rate 20000 --delete-only --patient
	finish
	check_output
	equal "$TABLE: starts" "$(total starts)" "$created"
	equal "$TABLE: ends" "$(total ends)" "$(did deleted)"
	[ "$(lengths_ms | wc -l)" -ge 3 ] || fail "$TABLE: not closed early: $(jq -c .closed_by out)"
	short=$(lengths_ms | awk '$1 < 99') # both bounds are cut to milliseconds
	[ -z "$short" ] || fail "$TABLE: too short: $short"
done

# However fast new keys come, the starts that are in no window closed early are fewer than
# would have closed one more. The rows of a window count from its beginning on, also the
# rows that were made while the window before was being read.
windows() { window_records out; }
left() { # fewer than $1 of $2 starts are in no window closed early
	[ $(($2 - $(windows | jq -s 'map(select(.closed_by == "full").starts) | add // 0'))) -lt "$1" ]
}
for TABLE in $tables; do
	for room in 500 65536; do
		rm -f out
		start -w 3600 -m $room --early-close 80
		if [ $room = 500 ]; then
			gen --keys 24000 --events 24000 --rate 8000 --hold --patient
		else
			gen --keys 200000 --events 200000 --hold --patient
		fi
		wait_for left $((room * 80 / 100)) "$(did created)"
		finish
		[ $room = 65536 ] || check_output
		equal "$TABLE: starts" "$(windows | jq -s 'map(.starts) | add')" "$(did created)"
		few=$(windows | jq -c --argjson room $room 'select(.type == "window" and .closed_by == "full" and .table_rows * 100 < $room * 80).table_rows')
		[ -z "$few" ] || fail "$TABLE: closed with $few of $room rows"
		conntrack -F >/dev/null 2>&1
	done
done

# A window whose table has room enough is left open.
rm -f out
start -w 3600 -m 1000 --early-close 50
gen --keys 400 --events 4000
finish
equal "closed by" "$(jq -r 'select(.type == "window").closed_by' out)" stop
