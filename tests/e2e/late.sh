#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ends that the kernel reports long after the connection expired: their time is that of
# the expiry, and the window says how many were late. With both tables.
. "$(dirname "$0")/lib.sh"

sysctl -qw net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_acct=1
for TABLE in auto hash; do
	rm -f out
	start -w 250ms
	# Nothing looks at connections when they expire, but for the garbage collector; then a
	# dump does. The collector may come in time, the more often the more connections end on the
	# whole machine: then others are made.
	ended() { [ "$(total ends)" = "$made" ]; }
	for ((made = 5; made <= 200; made += 5)); do
		for ((i = made - 4; i <= made; i++)); do
			conntrack -I -p udp -s 10.0.0.$i -d 192.0.2.1 --sport 1000 --dport 53 -t 1 >/dev/null 2>&1 || fail "conntrack -I"
		done
		wait_for has_windows $(($(windows) + 10))
		conntrack -L >/dev/null 2>&1
		wait_for ended
		[ "$(total late_ends)" = 0 ] || break
	done
	finish
	equal "ends, $TABLE" "$(total ends)" "$made"
	[ "$(total late_ends)" -gt 0 ] || fail "$TABLE: none was late: $(jq -c 'select(.ends > 0)' out)"
	equal "late: last_seen before the window, $TABLE" "$(total late_ends)" \
		"$(jq -s 'map(select(.type == "flow" and .ends > 0 and .last_seen < .window_start)) | map(.ends) | add' out)"
	# A connection lived for a second, however late the kernel noticed.
	equal "durations, $TABLE" "$(jq -s 'map(select(.type == "flow" and .ends > 0) | select(.duration_ms_max > 1500)) | length' out)" 0
done

# With a record for each connection, a window's late ends are as many as its records whose
# last_seen lies before the window. An end is not late because ctagg closes the window
# while the end waits to be read, or because ctagg slept across the boundary.
own="src,dst,sport,dport,proto"
late_by_records() {
	jq -s -c 'map(select(.window_ms == 3600000 | not)) | group_by(.window_start)[] | {
		said: (map(select(.type == "window").late_ends) | add),
		seen: (map(select(.type == "flow" and .ends > 0 and .last_seen < .window_start).ends) | add // 0)
	} | select(.said != .seen)' out
}
count() { jq -s "map(select(.type == \"window\" and .window_ms == $1).late_ends) | add" out; }
for TABLE in auto hash; do
	rm -f out
	start -w 200ms,3600 -k $own
	gen --keys 6000 --events 12000 --rate 10000 --patient
	finish
	check_output
	differ=$(late_by_records)
	[ -z "$differ" ] || fail "$TABLE: late ends by the window and by its records: $differ"
	equal "$TABLE: late for the hour" "$(count 3600000)" 0

	rm -f out
	start -w 1s -k $own
	gen --keys 10 --events 20
	wait_for has_windows 1
	kill -STOP "$PID"
	gen --keys 1000 --events 2000
	now=$(date +%s)
	next_second() { [ "$(date +%s)" -gt "$now" ]; }
	wait_for next_second
	kill -CONT "$PID"
	finish
	check_output
	equal "$TABLE: ends" "$(total ends)" 1010
	equal "$TABLE: not late although the reader was" "$(total late_ends)" "$(jq -s \
		'map(select(.type == "flow" and .ends > 0 and .last_seen < .window_start).ends) | add // 0' out)"
done

# Ends that are late for a short window, and not for the long window in which the
# connections expired. The kernel may notice one in time: then another one is made.
for TABLE in auto hash; do
	rm -f out
	start -w 250ms,3600
	wait_for has_windows 1
	for ((made = 1; made <= 10; made++)); do
		conntrack -I -p udp -s 10.0.0.9 -d 192.0.2.$made --sport 1000 --dport 53 -t 1 >/dev/null 2>&1 || fail "conntrack -I"
		wait_for has_windows $(($(windows) + 8))
		conntrack -L >/dev/null 2>&1
		ended() { [ "$(jq -s 'map(select(.type == "window" and .window_ms == 250).ends) | add' out)" = "$made" ]; }
		wait_for ended
		[ "$(count 250)" = 0 ] || break
	done
	finish
	check_output
	[ "$(count 250)" -gt 0 ] || fail "$TABLE: none was late"
	equal "$TABLE: late for 250 ms" "$(count 250)" "$(jq -s 'map(select(.window_ms == 250 and .type == "flow"
		and .ends > 0 and .last_seen < .window_start).ends) | add' out)"
	equal "$TABLE: late for an hour" "$(count 3600000)" 0
	equal "$TABLE: ends of the hour" "$(jq -s 'map(select(.type == "window" and .window_ms == 3600000).ends) | add' out)" "$made"
done
