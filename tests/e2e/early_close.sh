#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --early-close, with both tables: a window ends when so much of the table is used, but
# not before it is 100 ms long.
. "$(dirname "$0")/lib.sh"
tables="bpf hash"
"$CTAGG" --table=bpf -c 1 -w 1ms >/dev/null 2>&1 || tables="hash"
lengths_ms() {
	jq -r 'select(.type == "window" and .closed_by == "full")
		| [.window_start, .window_end][] | sub("\\..*"; "Z") as $s
		| ($s | fromdate) * 1000 + (capture("\\.(?<f>...)").f | tonumber)' out | paste - - |
		awk '{ print $2 - $1 }'
}

for TABLE in $tables; do
	rm -f out
	start -w 3600 -m 1000 --early-close 50
	gen --keys 40000 --events 40000 --rate 20000 --hold
	created=$(did created)
	gen --keys 40000 --events 40000 --rate 20000 --delete-only
	finish
	check_output
	equal "$TABLE: starts" "$(total starts)" "$created"
	equal "$TABLE: ends" "$(total ends)" "$(did deleted)"
	[ "$(lengths_ms | wc -l)" -ge 3 ] || fail "$TABLE: not closed early: $(jq -c .closed_by out)"
	short=$(lengths_ms | awk '$1 < 99') # it is cut off to milliseconds
	[ -z "$short" ] || fail "$TABLE: too short: $short"
done

# a table with room enough is left alone
rm -f out
start -w 3600 -m 1000 --early-close 50
gen --keys 400 --events 4000
finish
equal "closed by" "$(jq -r 'select(.type == "window").closed_by' out)" stop
