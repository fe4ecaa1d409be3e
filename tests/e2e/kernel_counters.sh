#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The `kernel' object of window records: what connection tracking counts of its own work. Packets that a
# full table drops are in it, and in nothing else; conntrack -S and counters of rules are the oracles.
. "$(dirname "$0")/lib.sh"
command -v strace >/dev/null || { echo "strace is missing"; exit 77; }

names="drop early_drop insert_failed invalid clash_resolve chaintoolong"
kernels() { window_records "${1:-out}" | jq -c "select(.window_ms == ${2:-3600000}).kernel"; }	# file, level
of_window() { kernels "out.$2" "${4:-}" | sed -n "$1p" | jq ".$3"; }	# number, table, value, level
# All of a counter that there has been in this namespace, all CPUs together.
kernel_has() { conntrack -S 2>/dev/null | grep -oE "\\b$1=[0-9]+" | awk -F= '{ n += $2 } END { print n }'; }
keep() {	# as which reading
	for name in $names; do
		kernel_has "$name" >"$name.$1"
	done
}
expect_grown() {	# window, readings of the oracle before and after, level
	for table in $tables; do
		for name in $names; do
			equal "$table: $name of window $1 of ${4:-3600000} ms" "$(of_window "$1" "$table" "$name" "${4:-}")" \
				$(($(cat "$name.$3") - $(cat "$name.$2")))
		done
	done
}

# Packets that conntrack drops pass the first rule and not the second.
track
nft -f - <<-'N'
	table inet around {
		counter before { }
		counter after { }
		chain before { type filter hook output priority -300; udp dport 4000-4999 counter name before; }
		chain after { type filter hook output priority -150; udp dport 4000-4999 counter name after; }
	}
N
counted() { nft -j list counter inet around "$1" | jq '.nftables[1].counter.packets'; }
send() { "$TOOLS/packets" --count "$1" --to 127.0.0.1 --port 4000 --ports 100 >/dev/null; }
# All of the machine has one limit, which only its first namespace can change: fill the table.
max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
[ "$max" -le 400000 ] || { echo "the connection table is too large to be filled: $max"; exit 77; }
gen --assured --keys 1000 --live "$max" --events "$max" --hold
send 7
before=$(counted after)
find_tables
keep start
start_all -w 1h,2h
send 100
keep first
kill -USR2 "${pids[@]}"
for table in $tables; do
	wait_for has_windows 1 "out.$table"
done
send 20
keep second
finish_all
dropped=$(($(counted before) - 7 - $(counted after) + before))
equal "packets that the full table has dropped, by the rules" $dropped 120
expect_grown 1 start first
expect_grown 2 first second
expect_grown 1 start second 7200000
for table in $tables; do
	equal "$table: drop of both windows" $(($(of_window 1 "$table" drop) + $(of_window 2 "$table" drop))) $dropped
	equal "$table: entries" "$(of_window 2 "$table" entries)" "$(cat /proc/sys/net/netfilter/nf_conntrack_count)"
	equal "$table: max of the level" "$(of_window 1 "$table" max 7200000)" "$max"
	# Nothing else in these windows tells of the packets.
	equal "$table: starts" "$(total starts "out.$table")" 0
	equal "$table: status" "$(jq -r 'select(.type == "window").status' "out.$table" | sort -u)" ok
done

# The counters of the namespace of --netns, also as another user, and in a user namespace.
ip netns add elsewhere
ip netns exec elsewhere conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1
"$CTAGG" --netns=elsewhere -w 1ms -c 1 >there 2>err || fail "--netns"
equal "entries elsewhere" "$(kernels there 1 | jq .entries)" 1
"$CTAGG" --user=nobody -w 1ms -c 1 >there 2>err || fail "--user"
equal "entries, for another user" "$(kernels there 1 | jq .entries)" "$max"
unshare --user --map-root-user --net "$CTAGG" -w 1ms -c 1 >there 2>err || fail "in a user namespace"
equal "in a user namespace" "$(kernels there 1 | jq -c '[.drop, .entries, .max]')" "[0,0,$max]"

# Where connections are not counted, the kernel is not asked.
asked() { window_records "$1" | jq 'has("kernel")' | sort -u; }
"$CTAGG" --no-conntrack -g 5 -w 1ms -c 1 >there 2>err || fail "--no-conntrack"
equal "with --no-conntrack" "$(asked there)" false
printf '%s\n' '{"type":"event","schema":1,"kind":"start","time":"2026-11-21T01:00:03Z","proto":"tcp","src_ip":"10.0.0.7","src_port":4,"dst_ip":"192.0.2.10","dst_port":5}' |
	"$CTAGG" --read=- >there 2>err || fail "--read"
equal "with --read" "$(asked there)" false
conntrack -F >/dev/null 2>&1
"$CTAGG" --snapshot >there 2>err || fail "--snapshot"
equal "in a snapshot" "$(asked there)" false

# TCP with SYN and FIN begins no connection.
send_invalid() {
	/usr/bin/python3 - "$1" <<-'P'
		import socket, struct, sys
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
		for port in range(int(sys.argv[1])):
		    raw.sendto(struct.pack("!HHIIBBHHH", 5000 + port, 6000, 1, 0, 5 << 4, 3, 1000, 0, 0), ("127.0.0.1", 0))
	P
}

# A window that cannot ask says null; the next one has what both have seen. --metrics has all.
rm -f out
start -w 1h,2h --metrics=prom
keep start
send_invalid 3
strace -qq -p "$PID" -o calls -e trace=sendto -e inject=sendto:error=EPERM 2>strace.err &
tracer=$!
traced() { grep -q '^TracerPid:.[1-9]' "/proc/$PID/status"; }
wait_for traced
close_window
kill $tracer
wait $tracer 2>/dev/null
untraced() { ! traced; }
wait_for untraced
grep -q 'GET_STATS_CPU.*INJECTED' calls || fail "nothing was refused: $(cat calls)"
equal "a window that cannot ask" "$(kernels)" null
wait_for grep -q 'cannot read the counters of connection tracking: Operation not permitted' err
send_invalid 4
close_window
keep first
wait_for grep -q 'the counters of connection tracking are read again' err
finish
invalid=$(($(cat invalid.first) - $(cat invalid.start)))
[ "$invalid" -ge 7 ] || fail "only $invalid invalid packets"
equal "what both windows have seen" "$(kernels | sed -n 2p | jq .invalid)" "$invalid"
equal "the level" "$(kernels out 7200000 | jq .invalid)" "$invalid"
equal "in the metrics" "$(awk '$1 == "ctagg_kernel_invalid_total" { print $2 }' prom)" "$invalid"
equal "in the metrics" "$(awk '$1 == "ctagg_kernel_max" { print $2 }' prom)" "$max"
check_output
