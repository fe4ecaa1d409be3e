# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of spools share. Sourced after lib.sh.

# The name that a window record's file must have, in jq: an oracle beside src/spool/name.c.
# shellcheck disable=SC2034 # tests use it
NAME='((.window_start[0:23] | gsub("[-:]"; "")) + "Z-"
	+ (if .window_ms == null then "snapshot"
	   elif .window_ms % 1000 == 0 then "\(.window_ms / 1000)s" else "\(.window_ms)ms" end)
	+ "-" + (.host[0:64] | gsub("[^A-Za-z0-9._-]"; "_")) + "-" + .run + "-"
	+ ("000000000\(.seq)" | .[([length - 10, 0] | max):]) + ".jsonl")'

has_files() { [ "$(find "$2" -type f | wc -l)" -ge "$1" ]; }

# Every file in new/ of a spool (s) is one whole window under its name.
check_spool() {
	jq -n -r 'reduce inputs as $r ({}; .[input_filename] += [$r]) | to_entries[]
		| (.value | last) as $w
		| select(($w.type == "window" and $w.records == (.value | length) - 1
			and (.value | map(select(.type == "window")) | length) == 1
			and (.value | map([.run, .window_start, .window_end, .window_ms]) | unique | length) == 1
			and (.key | sub(".*/"; "")) == ($w | '"$NAME"')) | not)
		| .key' "${1:-s}"/new/* >wrong || fail "a file of ${1:-s} is no JSON"
	[ ! -s wrong ] || fail "no whole window, or not under its name: $(cat wrong)"
	find "${1:-s}/new" -type f -size 0 >wrong
	[ ! -s wrong ] || fail "empty: $(cat wrong)"
}

# The sum of a field over the window records in a spool's new/, of windows of so many milliseconds
# (null: snapshots).
window_total() {
	cat "$1"/new/* | jq -s "map(select(.type == \"window\" and .window_ms == ${3:-1000}) | .$2) | add // 0"
}
