#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim: what happens while ctagg reads the connections of a window that has ended.
# The oracles are conntrack -L and what ctgen has made.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

# 40,000 connections: reading them takes a while.
many() { gen --keys 1000 --events 40000 --live 40000 --timeout 3600 "$@"; }
netlink_sockets() { awk '$2 == 12' /proc/net/netlink | wc -l; }
# Wait until ctagg reads connections, for which it opens a socket, or has ended.
reading() {	# how many netlink sockets there are without that one
	until [ "$(netlink_sockets)" -gt "$1" ] || ! kill -0 "$PID" 2>/dev/null; do :; done
}
held() { sed -n 's/.* and held \([0-9]*\) events meanwhile/\1/p' err | tail -n 1; }

# --- the last window: connections that end before ctagg has read them were alive when the
# window ended, and what they had carried counts
nft add rule inet track quiet udp sport 20000-20199 drop
send() { ip netns exec a "$TOOLS/packets" --count "$1" --port 20000 --ports 200 --to 10.9.1.1 >/dev/null; }
ours() { conntrack -L -p udp -d 10.9.1.1 2>/dev/null | grep ' dport=20[01]'; }
counted_packets() { ours | sed -n 's/.*packets=\([0-9]*\).*packets=.*/\1/p' | awk '{ n += $1 } END { print n + 0 }'; }
all_tables=$tables
for tables in $all_tables; do
	for ((round = 0; round < 10; round++)); do
		many --hold
		send 400
		baseline=$(counted_packets)
		start_interim
		end_window
		send 2000
		connections=$(($(ours | wc -l) + 40000))
		packets=$(($(counted_packets) - baseline))
		sockets=$(netlink_sockets)
		kill -TERM "$PID"
		reading "$sockets"
		conntrack -F 2>/dev/null
		wait "$PID" || fail "exit status $?"
		check_output "out.$tables"
		# On a busy machine all at once can be too much; then another round is tried.
		[ "$(total lost_events "out.$tables")" = 0 ] || continue
		equal "$tables: packets" "$(total orig_packets "out.$tables")" "$packets"
		equal "$tables: alive or ended" "$(jq -s 'map(select(.type == "window"))[1] | .live + .closing + .ends' "out.$tables")" "$connections"
		equal "$tables: status" "$(jq -r 'select(.type == "window") | .status' "out.$tables" | sort -u)" ok
		[ "$(held)" -lt 20000 ] || break
	done
	[ $round -lt 10 ] || fail "$tables: few connections ended while they were read"
done
tables=$all_tables

# --- events that are lost meanwhile count as lost in the next window
many --hold
for table in $all_tables; do
	tables=$table
	gen --keys 2000 --events 2000 --live 2000 --hold --zone 7
	start_interim --buffer-size 4096
	end_window
	sockets=$(netlink_sockets)
	kill -USR2 "$PID"
	reading "$sockets"
	gen --keys 2000 --events 2000 --live 2000 --delete-only --zone 7
	wait_for has_windows 2 "out.$table"
	end_window
	finish_all
	equal "$table: second window" "$(jq -c 'select(.type == "window" and .seq == 2) | [.ends, .lost_events, .status]' "out.$table")" '[0,0,"ok"]'
	equal "$table: third window" "$(jq -c 'select(.type == "window" and .seq == 3) | [.ends + .lost_events, .lost_events > 0, .status]' "out.$table")" '[2000,true,"partial"]'
done
