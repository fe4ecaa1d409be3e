#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim and connections whose end is never reported: what they carried since ctagg last
# read them is lost, and the window says so (vanished). The oracles are conntrack -L and
# conntrack -E.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

events() { sysctl -qw "net.netfilter.nf_conntrack_events=$1"; }
# The windows have counted all that was carried just before the end, but for some packets.
finish_and_count() { # what is tested, packets carried, packets not counted
	finish_all
	for table in $tables; do
		equal "$1, $table: packets" "$(total orig_packets "out.$table")" "$(($2 - $3))"
	done
}

# --- a connection made while nf_conntrack_events was 0 never has an event
events 0
talk 6000
say 6000 3
events 1
talk 6001
say 6001 1
baseline=$(($(carried 6000) + $(carried 6001)))
start_interim
say 6000 7
say 6001 1
end_window
say 6000 5
say 6001 5
before=$(($(carried 6000) + $(carried 6001)))
forget 6000
forget 6001
end_window
end_window
end_window
finish_and_count "no events" $((before - baseline)) 5
expect "no events" vanished "0 0 1 0 0"
expect "no events" status "ok ok partial ok ok"
expect "no events" ends "0 1 0 0 0"

# --- a connection older than the listener, with nf_conntrack_events=2: whether its end is
# reported depends on listeners in other namespaces of this machine. conntrack -E says.
if events 2 2>/dev/null; then
	talk 6002
	say 6002 3
	start_oracle destroyed -e DESTROY -p udp --orig-port-dst 6002
	first=$oracle
	baseline=$(carried 6002)
	start_interim
	say 6002 7
	end_window
	say 6002 5
	before=$(carried 6002)
	# The end of a connection that is made now is reported.
	talk 6003
	say 6003 1
	start_oracle destroyed.3 -e DESTROY -p udp --orig-port-dst 6003
	forget 6002
	forget 6003
	other_ended() { [ -s destroyed.3 ]; }
	wait_for other_ended
	end_oracle
	oracle=$first
	end_oracle
	lost=$((1 - $(wc -l <destroyed)))
	end_window
	end_window
	finish_and_count "auto" $((before + 1 - baseline)) $((5 * lost))
	expect "auto" vanished "0 0 $lost 0"
	expect "auto" ends "0 $((2 - lost)) 0 0"
	echo "nf_conntrack_events=2: $lost of 1 older connections had no end"
	events 1
fi

# --- a rule lets only starts be reported; a long window has the sum of its short ones
nft -f - <<-N || fail "ct event set"
	table inet silent {
		chain first {
			type filter hook prerouting priority -150
			udp dport { 6004, 6005, 6006 } ct event set new
		}
	}
N
for port in 6004 6005 6006; do
	talk $port
done
start_interim -w 1h,2h
say 6004 4
say 6005 5
end_window
forget 6004
end_window
forget 6005
end_window
say 6006 6
finish_and_count "ct event set" 30 0	# both levels
for table in $tables; do
	equal "levels, $table" "$(jq -c 'select(.type == "window") | [.window_ms, .status, .vanished]' "out.$table" | paste -sd ' ')" \
		'[3600000,"ok",0] [3600000,"ok",0] [3600000,"partial",1] [3600000,"partial",1] [7200000,"partial",2]'
done
forget 6006

# --- the last window does not wait for one more reading to be sure
for port in 6004 6003; do
	start_interim
	say $port 4
	end_window
	forget $port
	finish_all
	silent=$((port == 6004))
	expect "last window, port $port" vanished "0 $silent"
	expect "last window, port $port" status "ok $([ $silent = 1 ] && echo partial || echo ok)"
	expect "last window, port $port" ends "0 $((1 - silent))"
done

# --- a connection that is not selected is not missed
start_interim --proto tcp
say 6004 4
end_window
forget 6004
end_window
end_window
finish_all
expect "not selected" vanished "0 0 0 0"
expect "not selected" status "ok ok ok ok"
