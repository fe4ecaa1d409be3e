#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A receive buffer of 16 KiB, a stopped reader and a burst: the events that were received
# and those that were lost are all that the generator made, and the kernel counted as many
# lost.
. "$(dirname "$0")/lib.sh"

start -w 1h --buffer-size 16384 --table=hash
kill -STOP "$PID"
gen --keys 500 --events 20000
drops=$(awk '$2 == 12 && $4 != "00000000" { d += $9 } END { print d }' /proc/net/netlink)
kill -CONT "$PID"
gen --keys 500 --events 20
finish
check_output
equal "starts + ends + lost" "$(($(total starts) + $(total ends) + $(total lost_events)))" 20020
[ "$drops" -gt 0 ] || fail "the kernel dropped nothing: this test shows nothing"
[ "$(total lost_events)" -ge "$drops" ] || fail "lost $(total lost_events), the socket dropped $drops"
equal status "$(jq -r 'select(.type == "window").status' out)" partial
