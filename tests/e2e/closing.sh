#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `live` and `closing`: connections that are open, and those that TCP has closed and conntrack has
# not forgotten yet; with --interim and in snapshots. The oracle is conntrack -L, which prints the
# state of TCP.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

listed() { conntrack -L 2>/dev/null; }
count_closed() { listed | grep -cE ' (LAST_ACK|TIME_WAIT|CLOSE) '; }
count_open() { echo $(($(listed | wc -l) - $(count_closed))); }
in_state() { listed | grep -q " $2 .*dport=$1 .*dport="; }
of_port() { jq -c "select(.type == \"flow\" and .dst_port == $1) | [.live, .closing]" "$2"; }

# What a snapshot and the window that ends now say is what conntrack says.
compare() {	# what
	local open closed
	open=$(count_open) closed=$(count_closed)
	"$CTAGG" --snapshot >snap || fail "$1: --snapshot"
	equal "$1, snapshot" "$(jq -c 'select(.type == "window") | [.live, .closing]' snap)" "[$open,$closed]"
	equal "$1, flows" "$(jq -s -c 'map(select(.type == "flow")) | [(map(.live) | add), (map(.closing) | add)]' snap)" "[$open,$closed]"
	end_window
	for table in $tables; do
		equal "$1, $table" "$(jq -c 'select(.type == "window") | [.live, .closing]' "out.$table" | tail -n 1)" "[$open,$closed]"
	done
}

# --- an entry in each state that conntrack(8) can make, and some without TCP
start_interim
port=1000
for state in SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE; do
	conntrack -I -p tcp -s 10.0.0.1 -d 192.0.2.1 --sport 1 --dport $((++port)) --state $state -t 600 >/dev/null 2>&1 ||
		fail "no entry in state $state"
	in_state $port $state || fail "not in state $state: $(listed)"
done
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1 --dport 53 -t 600 >/dev/null 2>&1
ping -q -c 1 10.9.1.2 >/dev/null
[ "$(count_closed)" = 3 ] || fail "the test itself: $(listed)"
compare "entries"
equal "FIN of one side" "$(of_port 1004 snap)$(of_port 1005 snap)" "[1,0][1,0]"
equal "FIN of both sides" "$(of_port 1006 snap)$(of_port 1007 snap)" "[0,1][0,1]"

# --- that TCP has closed a connection is a change
snap_changes() { "$CTAGG" --snapshot --state state --dport 1003 >snap || fail "--state"; }
snap_changes
snap_changes
equal "no change" "$(jq -c 'select(.type == "window") | .unchanged' snap)" true
conntrack -U -p tcp -s 10.0.0.1 -d 192.0.2.1 --sport 1 --dport 1003 --state TIME_WAIT >/dev/null 2>&1
in_state 1003 TIME_WAIT || fail "the state has not changed: $(listed)"
snap_changes
equal "closed" "$(jq -c 'select(.type == "window") | [.live, .closing, .changed]' snap)" '[0,1,1]'

# --- real connections: one that is closed on one side, one that stays open until it is closed
serve a 7200
ip netns exec a ncat -k -l 7300 --sh-exec 'sleep 600' >/dev/null 2>&1 &
wait_for listening a 7300
ncat 10.9.1.2 7300 </dev/null >/dev/null 2>&1 &
# Whoever is started later would inherit the pipe, and keep it open.
talk_to() {	# port
	rm -f say answer
	mkfifo say
	ncat 10.9.1.2 "$1" <say >answer &
	exec {say}>say
	echo hello >&"$say"
	wait_for test -s answer
}
hang_up() {	# port
	exec {say}>&-
	wait_for in_state "$1" TIME_WAIT
}
talk_to 7200
wait_for in_state 7300 CLOSE_WAIT
compare "real connections"
equal "open" "$(of_port 7200 snap)" "[1,0]"
equal "closed on one side" "$(of_port 7300 snap)" "[1,0]"
hang_up 7200
compare "after the close"
equal "closed" "$(of_port 7200 snap)" "[0,1]"
equal "counters of what is closed" "$(jq 'select(.type == "flow" and .dst_port == 7200) | .reply_bytes > 6' snap)" true
finish_all

# --- a longer window says what its last window says
serve a 7201
start_all --interim --no-align -w 1h,2h --dport 7201
talk_to 7201
end_window
hang_up 7201
finish_all
for table in $tables; do
	equal "levels, $table" "$(jq -c 'select(.type == "window") | [.window_ms / 3600000, .live, .closing]' "out.$table" | paste -sd ' ')" "[1,1,0] [1,0,1] [2,0,1]"
done
