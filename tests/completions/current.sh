#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion files are those that the table of options makes; $GENERATE is the
# program that makes them.
files=$(cd "$(dirname "$0")/../../completions" && pwd) || exit 1

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for shell in bash:ctagg.bash zsh:_ctagg fish:ctagg.fish; do
	file=$files/${shell#*:}
	"$GENERATE" "${shell%:*}" <"$file" >"$work/new" || { echo "FAIL: $GENERATE $shell"; exit 1; }
	diff -u "$file" "$work/new" || { echo "FAIL: run: make completions"; exit 1; }
done
