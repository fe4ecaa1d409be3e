#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ends that the kernel reports late: the time is that of the expiry, the window says
# how many there were. With both tables.
. "$(dirname "$0")/lib.sh"

sysctl -qw net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_acct=1
for TABLE in auto hash; do
	rm -f out
	start -w 250ms
	for ((i = 1; i <= 5; i++)); do
		conntrack -I -p udp -s 10.0.0.$i -d 192.0.2.1 --sport 1000 --dport 53 -t 1 >/dev/null 2>&1 || fail "conntrack -I"
	done
	# Nothing looks at them when they expire, but for the garbage collector; then a dump does.
	old() { [ "$(jq -s 'map(select(.type == "window")) | length' out)" -ge 10 ]; }
	wait_for old
	conntrack -L >/dev/null 2>&1
	ended() { [ "$(total ends)" = 5 ]; }
	wait_for ended
	finish
	equal "ends, $TABLE" "$(total ends)" 5
	[ "$(total late_ends)" -gt 0 ] || fail "$TABLE: none was late: $(jq -c 'select(.ends > 0)' out)"
	equal "late: last_seen before the window, $TABLE" "$(total late_ends)" \
		"$(jq -s 'map(select(.type == "flow" and .ends > 0 and .last_seen < .window_start)) | map(.ends) | add' out)"
	# a second of life, however late it was noticed
	equal "durations, $TABLE" "$(jq -s 'map(select(.type == "flow" and .ends > 0) | select(.duration_ms_max > 1500)) | length' out)" 0
done
