#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many drops: each is counted once, in the window in which it happened; drops for which the
# receive buffer has no room are counted as lost.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
drop_udp "flood"
known() { total drops; total lost_drops; }

# The buffer has room for all of them: the reader may be slower than the sender.
start -w 1 -g 5 --buffer-size 256M
windows_with_drops() { jq -s 'map(select(.type == "window" and .drops > 0)) | length' out; }
one_is_written() { [ "$(windows_with_drops)" -gt 0 ]; }
send_from_a 250000 5000
wait_for one_is_written
send_from_a 250000 5000
finish
check_output
equal "500,000 drops" "$(total drops)" "$(counted inet filter dropped)"
equal "sent" "$(total drops)" 500000
equal "lost" "$(total lost_drops)" 0
[ "$(windows_with_drops)" -gt 1 ] || fail "only one window"

# --- a receive buffer that is much too small, and a reader that is stopped
rm out
nft reset counters >/dev/null
start -w 1 -g 5 --buffer-size 16384
kill -STOP "$PID"
send_from_a 20000 5000
kill -CONT "$PID"
# The sequence number of a later packet shows how many were lost, if that packet finds room.
until_seen() { send_from_a 1 5000; [ "$(known | jq -s add)" -gt 20000 ]; }
wait_for until_seen
all_counted() { kill -USR2 "$PID"; [ "$(known | jq -s add)" = "$(counted inet filter dropped)" ]; }
wait_for all_counted
finish
check_output
[ "$(total lost_drops)" -gt 0 ] || fail "nothing was lost"
equal "drops and lost" "$(known | jq -s add)" "$(counted inet filter dropped)"
equal "status" "$(jq -r 'select(.lost_drops > 0) | .status' out | sort -u)" partial

# --- a packet belongs to the window of its own time, also when it is read later
rm out
nft reset counters >/dev/null
start -w 1 -g 5
for ((i = 0; i < 60; i++)); do
	send_from_a 5 5000
done
finish
check_output
equal "bursts" "$(total drops)" 300
equal "outside of their window" "$(jq -c 'select(.type == "flow") | select(.first_seen < .window_start or .last_seen >= .window_end)' out)" ""
