#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --interim: what connections had carried before ctagg began is not counted, whatever happens to
# them while ctagg begins. The oracles are conntrack -L and what ctgen has made.
. "$(dirname "$0")/lib.sh"
# shellcheck source=interim-lib.sh
. "$E2E/interim-lib.sh"

# Connections to ten addresses, which have carried two packets each.
nft add rule inet track quiet udp sport 20000-20499 drop
addresses=() connections=5000
for ((i = 101; i <= 110; i++)); do
	addresses+=("10.9.1.$i")
	ip addr add "10.9.1.$i/32" dev to-a
done
send() {
	for address in "${addresses[@]}"; do
		ip netns exec a "$TOOLS/packets" --count 1000 --port 20000 --ports 500 --to "$address" >/dev/null
	done
}
there() { cat /proc/sys/net/netfilter/nf_conntrack_count; }
# Nothing was carried since the program began, and nothing is wrong.
expect_nothing() {	# what, table
	check_output "out.$2"
	for field in orig_packets reply_packets vanished lost_events uncounted_ends; do
		equal "$1, $2: $field" "$(total $field "out.$2")" 0
	done
	equal "$1, $2: status" "$(jq -r 'select(.type == "window") | .status' "out.$2" | sort -u)" ok
}

# --- connections that end while ctagg begins: before it subscribes to events, between this and
# its second reading of the table, during this, and later. Until ends came at the right time.
end_some() {	# five hundred at a time, until the program has begun
	for address in "${addresses[@]}"; do
		! ready || break
		conntrack -D -p udp -d "$address" >/dev/null 2>&1
	done
}
all_tables=$tables
for tables in $all_tables; do
	seen=0
	for ((round = 0; round < 20 && !seen; round++)); do
		conntrack -F 2>/dev/null
		send
		rm -f "out.$tables"
		: >err
		"$CTAGG" -v --table="$tables" --interim --no-align -w 1h -o "out.$tables" 2>err &
		PID=$!
		end_some
		wait_for ready
		conntrack -F 2>/dev/null
		finish
		expect_nothing "ended at the start" "$tables"
		# The program has read more connections first than those whose ends it read later.
		first=$(sed -n 's/^ctagg: read \([0-9]*\) connections .*/\1/p' err | head -n 1)
		second=$(sed -n 's/^ctagg: read \([0-9]*\) connections .*/\1/p' err | tail -n 1)
		ends=$(total ends "out.$tables")
		[ "$first" -le "$second" ] || [ "$ends" -le "$second" ] || seen=1
	done
	[ $seen = 1 ] || fail "$tables: in no round did connections end in the middle of the start"
done
tables=$all_tables

# --- connections that have expired: a reading of the table does not show them, and removes them
sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1
for tables in $all_tables; do
	send
	sleep 1.5	# so long is the timeout, which nothing shows without removing them
	before=$(there)
	start_interim
	finish_all
	[ "$before" -ge $connections ] || echo "only $before connections were left to expire"
	expect_nothing "expired" "$tables"
done
tables=$all_tables
sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600

# --- a connection that is not selected when the program begins
mark() { nft "flush chain inet track marks; add rule inet track marks udp dport 6000 ct mark set $1"; }
nft add chain inet track marks '{ type filter hook prerouting priority -150; }'
mark 2
talk 6000
say 6000 10
start_interim --mark=1
say 6000 3
end_window
mark 1
say 6000 4
end_window
say 6000 5
forget 6000
end_window
finish_all
expect "selected later" orig_packets "0 4 5 0"
hush 6000

# --- in another namespace
ip netns exec a nft add table inet track
ip netns exec a nft 'add chain inet track out { type filter hook output priority 0; }'
ip netns exec a nft add rule inet track out ct state new counter
ip netns exec a sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_udp_timeout=600
talk 6001
say 6001 10
start_interim --netns=a --dport 6001
say 6001 7
end_window
finish_all
expect "another namespace" orig_packets "7 0"
expect "another namespace" live "1 1"
hush 6001

# --- a large table, and many events while it is read: none is lost
gen --keys 1000 --events 30000 --live 30000 --timeout 3600 --hold
for table in $all_tables; do
	tables=$table
	"$TOOLS/ctgen" --keys 1000 --events 100000 --live 1000 --zone 7 --rate 40000 >gen.out &
	maker=$!
	grows() { [ "$(there)" -gt 30000 ]; }
	wait_for grows
	launched=$(date +%s%6N)
	start_interim
	[ "$(grep -c '^ctagg: read .* not counted' err)" = 2 ] || fail "$table: $(cat err)"
	kill -0 $maker 2>/dev/null || echo "$table: all events were over before the start"
	wait $maker
	finish_all
	equal "$table: lost" "$(total lost_events "out.$table")" 0
	equal "$table: status" "$(jq -r 'select(.type == "window") | .status' "out.$table" | sort -u)" ok
	equal "$table: vanished" "$(total vanished "out.$table")" 0
	# Events are not counted during the first reading, so no window has begun by then.
	took=$(sed -n 's/^ctagg: read .* in \([0-9]*\) us: .*/\1/p' err | head -n 1)
	begun=$(jq -s 'map(select(.type == "window"))[0].window_start |
		(.[:19] + "Z" | fromdate) * 1000000 + (.[20:26] | tonumber)' "out.$table")
	[ "$begun" -ge $((launched + took)) ] || fail "$table: the window began $((begun - launched)) us after the launch, the first reading took $took us"
done
