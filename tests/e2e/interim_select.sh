#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim with a selection that a connection meets at one time and not at another: what
# the connection has carried counts if it is selected when the window ends, and nothing
# counts twice. The oracle is conntrack -L at the end of each window.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

by_direction() {
	if [ "$1" = selected ]; then
		ip addr add 10.9.1.1/24 dev to-a
	else
		ip addr del 10.9.1.1/24 dev to-a
	fi
}
# The mark of the connection, from its next packet on.
nft add chain inet track marks '{ type filter hook prerouting priority -150; }'
by_mark() {
	local mark=1
	[ "$1" = selected ] || mark=2
	nft -f - <<-N || fail "the mark"
		flush chain inet track marks
		add rule inet track marks udp dport 6000 ct mark set $mark
	N
}

# What the windows have to say, by the kernel's counters: packets, and ends.
windows=() ends=() last=0
record() { # whether what has been carried counts, ends
	local now
	now=${3:-$(carried 6000)}
	windows+=($(($1 * (now - last))))
	ends+=("$2")
	last=$now
}
# What the connection has carried before it ends.
end_now() {
	now=$(carried 6000)
	forget 6000
}

changing() { # how it is selected, its option
	windows=() ends=() last=0
	talk 6000
	say 6000 3
	[ "$1" = by_direction ] || $1 selected
	start_interim "$2"
	last=$(carried 6000)	# the baseline
	say 6000 10
	end_window
	record 1 0
	$1 unselected
	for n in 20 0 30 0; do
		say 6000 $n
		end_window
		record 0 0
	done
	say 6000 2
	$1 selected
	say 6000 5
	end_window
	record 1 0
	say 6000 4
	$1 unselected
	say 6000 6
	end_window
	record 0 0
	say 6000 7
	$1 selected
	say 6000 1
	end_now
	end_window
	record 1 1 "$now"
	finish_all
	windows+=(0) ends+=(0)
	expect "$1" orig_packets "${windows[*]}"
	expect "$1" ends "${ends[*]}"
	expect "$1" vanished "0 0 0 0 0 0 0 0 0"
	expect "$1" status "ok ok ok ok ok ok ok ok ok"
	[ "${windows[*]}" = "10 0 0 0 0 7 0 8 0" ] || fail "the test itself: ${windows[*]}"
	hush 6000
}
changing by_direction --direction=in
changing by_mark --mark=1

# The connection ends while it is not selected: neither its end counts nor what it carried.
talk 6000
start_interim --direction=in
say 6000 10
end_window
by_direction unselected
say 6000 5
forget 6000
end_window
by_direction selected
finish_all
expect "ended while not selected" orig_packets "10 0 0"
expect "ended while not selected" ends "0 0 0"
expect "ended while not selected" unselected_events "0 1 0"
