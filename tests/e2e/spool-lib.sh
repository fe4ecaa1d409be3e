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
	local file
	for file in "${1:-s}"/new/*; do
		jq -s -e --arg name "${file##*/}" 'last as $w | $w.type == "window" and $w.records == length - 1
			and (map(select(.type == "window")) | length) == 1
			and (map([.run, .window_start, .window_end, .window_ms]) | unique | length) == 1
			and $name == ($w | '"$NAME"')' "$file" >/dev/null || fail "$file: $(tail -n 1 "$file")"
	done
}

# The sum of a field over the window records in a spool's new/, of windows of so many milliseconds
# (null: snapshots).
window_total() {
	cat "$1"/new/* | jq -s "map(select(.type == \"window\" and .window_ms == ${3:-1000}) | .$2) | add // 0"
}
