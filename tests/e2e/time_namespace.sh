#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a time namespace the monotonic clocks differ from the kernel's: times in records are
# right all the same. With both tables.
. "$(dirname "$0")/lib.sh"
unshare --time --fork --boottime 864000 --monotonic 432000 true 2>/dev/null ||
	{ echo "no time namespace can be made here"; exit 77; }
find_tables

# Start ctagg as the child of unshare(1): PID is that of unshare, which ends with ctagg's
# status.
shifted() {
	: >err
	unshare --time --fork --kill-child=TERM --monotonic "$1" --boottime "$2" \
		"$CTAGG" -v --table="$TABLE" -w 3600 >>out 2>err &
	PID=$!
	wait_for ready
}
later() { [ "$(date +%s)" -ge "$1" ]; }
for TABLE in $tables; do
	for offsets in "432000 864000" "-10 -20"; do
		rm -f out
		# shellcheck disable=SC2086 # two numbers
		shifted $offsets
		# Times that are too early are moved to the beginning of the window: three seconds
		# into the window that shows.
		begun=$(date +%s)
		wait_for later $((begun + 3))
		before=$(date -u +%Y-%m-%dT%H:%M:%S)
		gen --keys 100 --events 400
		after=$(date -u -d "+1 second" +%Y-%m-%dT%H:%M:%S)
		child=$(pgrep -P "$PID") || fail "no child of unshare"
		kill "$child"
		wait "$PID"
		equal "exit status" $? 0
		check_output
		equal "$TABLE: starts" "$(total starts)" "$(did created)"
		# The kernel's coarse clock is up to a tick behind date(1): maybe in the second before.
		early=$(date -u -d "$before UTC - 1 second" +%Y-%m-%dT%H:%M:%S)
		equal "$TABLE, $offsets: records with times that are not between $early and $after" "$(jq -s \
			--arg from "$early" --arg to "$after" 'map(select(.type == "flow" and
			(.first_seen < $from or .last_seen > $to))) | length' out)" 0
	done
done
