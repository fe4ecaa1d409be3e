#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim together with a selection by zone, levels, --top, a table with little room and
# --early-close. The oracle is what ctgen has made.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

# --- sums of both levels; events that are not selected count as such, starts and ends
start_all --interim -w 200ms,1s --zone 3 -t 5 -m 100
created=0
for ((i = 0; i < 3; i++)); do
	gen --keys 500 --events 6000 --live 1000 --zone 3 --patient
	created=$((created + $(did created)))
	gen --keys 500 --events 4000 --live 1000 --zone 4 --patient
done
finish_all
for table in $tables; do
	equal "$table: starts" "$(total starts "out.$table")" $((2 * created))
	equal "$table: ends" "$(total ends "out.$table")" $((2 * created))
	equal "$table: not selected" "$(total unselected_events "out.$table")" $((2 * 3 * 4000))
	equal "$table: lost" "$(total lost_events "out.$table")" 0
	equal "$table: vanished" "$(total vanished "out.$table")" 0
done

# --- live connections in a zone that is selected, and in others; each run counts anew
gen --keys 300 --events 300 --live 300 --zone 3 --hold
gen --keys 200 --events 200 --live 200 --zone 4 --hold
for run in first second; do
	start_interim --zone 3
	end_window
	finish_all
	expect "$run run" live "300 300"
done
start_interim --zone '!3'
end_window
gen --keys 200 --events 200 --live 200 --zone 4 --delete-only
gen --keys 300 --events 300 --live 300 --zone 3 --delete-only
end_window
finish_all
expect "another zone" live "200 0 0"
expect "another zone" ends "0 200 0"
expect "another zone" unselected_events "0 300 0"
expect "another zone" vanished "0 0 0"
expect "another zone" status "ok ok ok"

# --- nothing but ends, which the filter passes on: they fill the memory table
gen --keys 3000 --events 3000 --live 3000 --hold
start_interim -m 4000 --early-close 25
gen --keys 3000 --events 3000 --live 3000 --delete-only --rate 3000
finish_all
for table in $tables; do
	equal "full, $table: ends" "$(total ends "out.$table")" 3000
	jq -e -s 'any(.[]; .closed_by == "full")' "out.$table" >/dev/null ||
		fail "$table: no window was closed for being full"
done
