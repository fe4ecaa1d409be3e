#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 200,000 events, IPv4 and IPv6: every key's starts and ends are those of the generator.
. "$(dirname "$0")/lib.sh"

by_key() {
	jq -s -c 'map(select(.src_ip and .type != "window"))
		| group_by([.proto, .src_ip, .dst_ip, .dst_port])
		| map({k: [.[0].proto, .[0].src_ip, .[0].dst_ip, .[0].dst_port],
			s: (map(.starts) | add), e: (map(.ends) | add)}) | .[]' "$1"
}

start -w 1
gen --mixed --keys 1000 --events 200000 --per-key --patient
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal ends "$(total ends)" "$(did deleted)"
equal lost "$(total lost_events)" 0
by_key out >ours
by_key gen.out >truth
cmp ours truth || fail "keys differ: $(diff ours truth | head -n 4)"
equal "the window's direction" "$(jq -s -c '[.[].direction // empty] | unique' out)" '["forward"]'
