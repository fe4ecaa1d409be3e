#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules that change while packets wait to be read. The oracle is nft's counter.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

host a 1
none_kept_back() { [ "$(awk '{ n += $3 } END { print n + 0 }' /proc/net/netfilter/nfnetlink_log)" = 0 ]; }
# Send one packet more and close the window; whether ctagg knows that packets are let go.
one_more_is_logged() {
	send_from_a 1 5000
	sent=$((sent + 1))
	kill -USR2 "$PID"
	[ "$(total logged)" -gt 0 ]
}

# --- packets that a rule has dropped wait to be read; meanwhile a rule that accepts takes
# its place
drop_udp "same"
start -w 3600 -g 5 --no-conntrack
kill -STOP "$PID"
send_from_a 20000 5000
wait_for none_kept_back
nft replace rule inet filter input handle "$(handle_of input same)" \
	udp dport 5000 log prefix \"same\" group 5 accept
kill -CONT "$PID"
sent=0
wait_for one_more_is_logged
finish
check_output
equal "dropped" "$(($(total drops) + $(total lost_drops) + $(total logged) - sent))" "$(counted inet filter dropped)"
[ "$(total logged)" -le "$sent" ] || fail "logged: $(total logged), at most $sent were let go"
