# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of ctagg-view share. Sourced after lib.sh.

VIEW=$(dirname "$CTAGG")/ctagg-view
[ -x "$VIEW" ] || { echo "no ctagg-view: built with --disable-view"; exit 77; }
# Characters beyond ASCII are shown where the locale has them; every glibc has this one.
export LC_ALL=C.UTF-8

# The lines that ctagg makes of a vector's events (tests/vectors), in the file `lines'; 1: there are
# none.
vectors=$(cd "$E2E/../vectors" && pwd)
of_vector() {	# name
	local options
	mapfile -t options < <(grep -v '^#' "$vectors/$1/options")
	[[ " ${options[*]} " != *" --anonymize"* ]] || return
	"$CTAGG" --read="$vectors/$1/input.jsonl" "${options[@]}" >lines 2>/dev/null
	[ -s lines ]
}
