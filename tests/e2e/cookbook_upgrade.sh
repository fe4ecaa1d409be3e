#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): upgrade. While connections come all the time, the old ctagg ends and the new
# one begins: every connection that is in no window began in the gap that the records state; and
# with a second ctagg beside, no connection is in no window.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
install_all
track

# The service: ends the old ctagg, then begins the new one, as the manager of services does, which
# is not here.
begin_service() {
	: >service.err
	ctagg -v -w 1s --interim --spool=/var/spool/ctagg 2>service.err &
	service=$!
	wait_for grep -q '^ctagg: ready' service.err
}
systemctl() {
	equal "what is asked of systemctl" "$*" "restart ctagg"
	kill "$service"
	wait "$service" || fail "the old ctagg ended with status $?"
	begin_service
}
all_windows() { cat /var/spool/ctagg/new/*.jsonl; }
# How many connections the records of standard input tell of, which a filter chooses.
starts() { jq -s "map(select(.type == \"window\" and ($1)).starts) | add // 0"; }
of_service='.tag_bridge == null'
# Connections come while a command of the page is typed, and go on a little.
under_load() {	# pattern
	local load
	"$TOOLS/ctgen" --keys 50 --rate 20000 --duration 2 --patient >load.out &
	load=$!
	wait_for has_begun
	types "$1"
	wait $load || fail "ctgen"
	tail -n 1 load.out >gen.json
	equal "what ctgen failed to do" "$(did failed)" 0
}
has_begun() { [ "$(conntrack -C)" -gt 0 ]; }

procedure "UPGRADE"
begin_service
under_load "systemctl restart ctagg"
types "cat /var/spool/ctagg/new/*.jsonl | jq -s -r -f *gaps.jq"
equal "gaps of one restart" "$(wc -l <said)" 1
sees 1
kill -USR2 "$service"
has_counted() { [ -n "$(all_windows | jq "select(.type == \"window\" and .closed_by == \"signal\").seq")" ]; }
wait_for has_counted
before=$(all_windows | starts "$of_service")
first=$(($(did created) - before))
[ $first -gt 0 ] || fail "no connection began in the first gap: $first"

types "ctagg -v -w 1s *--tag=bridge=yes *&"
wait_for grep -q '^ctagg: ready' said
types 'bridge=$!'
under_load "systemctl restart ctagg"
types 'kill $bridge'
wait $bridge || fail "the bridge ended with status $?"
kill "$service"
wait "$service"
types "cat * | jq -c 'select(.tag_bridge == null)' | jq -s -r -f *gaps.jq"
equal "gaps of two restarts" "$(wc -l <said)" 2
cp said gaps
types "cat * | jq -s -r -f *gaps.jq"
equal "gaps beside the bridge" "$(cat said)" "$(head -n 1 gaps)"
procedure_ends

# The gap is from the end of the last window of the one run to the beginning of the next one.
all_windows | jq -s -r 'map(select(.type == "window" and .tag_bridge == null)) | group_by(.run) | map(sort_by(.seq))
	| sort_by(.[0].window_start) | [.[:-1], .[1:]] | transpose[]
	| "\(.[0][-1].window_end) \(.[1][0].window_start) \(.[0][-1].closed_by)"' >expected
awk -F '\t' '{ sub(/.*, /, "", $5); sub(/ .*/, "", $5); print $2, $3, $5 }' gaps | diff expected - >differ ||
	fail "bounds of the runs (<) and gaps (>): $(cat differ)"

# What is in no window of the service began in a gap. The other one's windows have all, those that
# were open in the gap at least as much as is missing.
gap=$(tail -n 1 expected)
second=$(($(did created) + before - $(all_windows | starts "$of_service")))
[ $second -gt 0 ] || fail "no connection began in the second gap: $second"
equal "connections in the windows of the bridge" "$(all_windows | starts .tag_bridge)" "$(did created)"
read -r from until _ <<<"$gap"
open=$(all_windows | starts ".tag_bridge and .window_start < \"$until\" and .window_end > \"$from\"")
[ "$open" -ge $second ] || fail "$second connections began in the second gap, and the bridge has only $open"
echo "$first and $second connections began in the gaps"
