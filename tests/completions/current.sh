#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion files are those that the tables of options make; $GENERATE is the
# program that makes them.
files=$(cd "$(dirname "$0")/../../completions" && pwd) || exit 1

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for program in ctagg ctagg-deliver ctagg-view; do
	for shell in bash:$program.bash zsh:_$program fish:$program.fish; do
		file=$files/${shell#*:}
		"$GENERATE" $program "${shell%:*}" <"$file" >"$work/new" ||
			{ echo "FAIL: $GENERATE $program $shell"; exit 1; }
		diff -u "$file" "$work/new" || { echo "FAIL: run: make completions"; exit 1; }
	done
done
