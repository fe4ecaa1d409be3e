#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Drops that found no room in the receive buffer: lost_drops is null until the sequence
# number of a later packet shows how many they were, and then exact. The oracle is nft's
# counter.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

nft -f - <<-'N' || fail "the ruleset"
	table inet filter {
		counter dropped { }
		chain output {
			type filter hook output priority 0; policy accept;
			udp dport 5000 counter name dropped log prefix "five" group 5 drop
			udp dport 6000 counter name dropped log prefix "six" group 6 drop
		}
	}
N
ip route add 198.51.100.0/24 dev lo
send() { "$TOOLS/packets" --count "$1" --to 198.51.100.9 --port "$2" >/dev/null; }
kept_back() { awk '{ n += $3 } END { print n + 0 }' /proc/net/netfilter/nfnetlink_log; }
none_kept_back() { [ "$(kept_back)" = 0 ]; }
# Send 47 batches of 64 packets, for which a stopped reader has no room, and wait until the
# kernel holds no packet for a batch to come.
overrun() {
	kill -STOP "$PID"
	send 3008 5000
	wait_for none_kept_back
}
all() { echo $(($(total drops "${1:-out}") + $(total lost_drops "${1:-out}"))); }
small="--no-conntrack --buffer-size 4096"

# --- no packet comes afterwards: neither the window nor its level knows
# shellcheck disable=SC2086 # options
start -w 1h,2h -g 5 $small
overrun
kill -TERM "$PID"
kill -CONT "$PID"
finish CONT
check_output
[ "$(total drops)" -lt "$(counted inet filter dropped)" ] || fail "nothing was lost"
equal "lost" "$(jq -c 'select(.type == "window") | [.lost_drops, .status]' out | sort -u)" '[null,"partial"]'

# --- a later packet shows how many, in the same window
rm out
nft reset counters >/dev/null
# shellcheck disable=SC2086 # options
start -w 1h,2h -g 5 $small
overrun
kill -CONT "$PID"
# The reader answers a signal when it has emptied its queue; then one packet is enough.
answered() { kill -USR1 "$PID"; grep -q ' 46 refused messages' err; }
wait_for answered
settled() { kill -USR1 "$PID"; tail -n 1 err | grep -q ' 0 refused messages'; }
again() { send 1 5000; settled; }
wait_for again
finish
check_output
equal "windows" "$(windows)" 2
equal "lost" "$(jq -c 'select(.type == "window") | .drops + .lost_drops' out | sort -u)" "$(counted inet filter dropped)"
equal "status" "$(jq -r 'select(.type == "window") | .status' out | sort -u)" partial

# --- or in a later window: the level knows what its first window did not
rm out
nft reset counters >/dev/null
# shellcheck disable=SC2086 # options
start -w 1h,2h -g 5 $small
overrun
kill -CONT "$PID"
wait_for answered
close_window
equal "lost, first window" "$(jq -c 'select(.type == "window") | .lost_drops' out)" null
close_window
equal "lost, a window in which nothing was" "$(jq -c 'select(.seq == 2) | [.lost_drops, .status]' out)" '[0,"ok"]'
wait_for again
finish
check_output
jq -c 'select(.window_ms == 3600000)' out >short
jq -c 'select(.window_ms == 7200000)' out >long
equal "all windows" "$(all short)" "$(counted inet filter dropped)"
equal "their level" "$(all long)" "$(counted inet filter dropped)"
equal "the level knows" "$(jq 'select(.type == "window") | .lost_drops | type' long)" '"number"'

# --- two groups: until a packet of each has come, the lost ones may be of either
rm out
nft reset counters >/dev/null
# shellcheck disable=SC2086 # options
start -w 1h -g 5,6 $small
overrun
kill -CONT "$PID"
wait_for answered
send 64 5000
close_window
equal "lost, one group" "$(jq -c 'select(.type == "window") | [.lost_drops, .status]' out)" '[null,"partial"]'
both() { send 1 5000; send 1 6000; settled; }
wait_for both
finish
check_output
equal "two groups" "$(all)" "$(counted inet filter dropped)"
