#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Windows of 100 ms under load: no gap, nothing counted twice, and events that a reader in
# user space had no time for are counted as lost. The filter in the kernel loses nothing.
. "$(dirname "$0")/lib.sh"

start -w 100ms
"$TOOLS/ctgen" --keys 500 --duration 5 --mixed >gen1 &
one=$!
"$TOOLS/ctgen" --keys 200 --duration 5 --proto tcp >gen2 &
two=$!
wait "$one" || fail "ctgen"
wait "$two" || fail "ctgen"
cat gen1 gen2 >made
# More load, until there have been enough windows.
generate() {
	gen --keys 100 --events 100000
	cat gen.json >>made
	has_windows 50
}
wait_for generate
finish
check_output
created=$(jq -s 'map(.created) | add' made) deleted=$(jq -s 'map(.deleted) | add' made)
lost=$(total lost_events)
equal "starts, ends and lost" "$(($(total starts) + $(total ends) + lost))" "$((created + deleted))"
if [ "$lost" = 0 ] || jq -e 'select(.type == "window" and .engine == "bpf")' out >/dev/null; then
	equal lost "$lost" 0
	equal starts "$(total starts)" "$created"
	equal ends "$(total ends)" "$deleted"
fi
# All windows but the first and the last are aligned to the tenth of a second.
jq -s -e 'map(select(.type == "window" and .closed_by == "timer"))[1:]
	| all(.window_start | test("\\.[0-9]00000Z$"))' out >/dev/null || fail "bounds are not aligned"
