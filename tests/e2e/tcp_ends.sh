#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How connections of TCP end, by both tables: closed, refused, reset, never answered, and open
# until their timeout ran out or somebody deleted them. The oracle is the state that conntrack -E
# shows of each end.
. "$(dirname "$0")/lib.sh"

timeout() {
	sysctl -qw "net.netfilter.nf_conntrack_tcp_timeout_$1=$2" || exit 77
}

host a 1
track
find_tables
serve a 8080
sysctl -qw net.netfilter.nf_conntrack_acct=1
for state in time_wait close syn_sent last_ack; do timeout $state 2; done
start_all -w 1h,2h --interim
interim=("${pids[@]}")
for table in $tables; do mv "out.$table" "interim.$table"; done
start_all -w 1h,2h
start_oracle truth -e DESTROY

for to in 10.9.1.2 fd09:1::2; do
	for _ in 1 2 3; do
		echo hello | ncat "$to" 8080 >/dev/null || fail "no exchange"
	done
	ncat "$to" 9 </dev/null 2>/dev/null && fail "nobody listens there"
	"$TOOLS/packets" --count 3 --to "$to" --port 53 >/dev/null	# no TCP
done
# Nobody answers: the host drops what comes.
ip netns exec a nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 4000-4009 drop; }; }' ||
	exit 77
for port in {4000..4009}; do
	ncat -w 20 10.9.1.2 $port </dev/null 2>/dev/null &
	scans+=($!)
done
sent() { [ "$(conntrack -L -p tcp --state SYN_SENT 2>/dev/null | grep -c 'dport=400[0-9]')" = 10 ]; }
wait_for sent
kill "${scans[@]}"
# One is reset by its client, one is deleted while it is open, and one is open for too long.
open() { exec {fd}<>/dev/tcp/10.9.1.2/8080 && echo there >&"$fd" && read -r _ <&"$fd"; }
reset() {
	python3 -c 'import socket, struct
s = socket.create_connection(("10.9.1.2", 8080))
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()'
}
reset || fail "no connection to reset"
open || fail "no connection to delete"
conntrack -D -p tcp --state ESTABLISHED >/dev/null 2>&1
timeout established 2
exec {fd}>&-

all_ended() { [ "$(conntrack -L -p tcp 2>/dev/null | wc -l)" = 0 ]; }
wait_for all_ended
end_oracle
plain=("${pids[@]}")
pids=("${interim[@]}")
for PID in "${interim[@]}"; do finish; done
pids=("${plain[@]}")
finish_all

# What the states of an end mean: the name of the counter, for each end of TCP in `truth`.
by_state() {	# a pattern that the ends match
	awk -v port="$1" '
		/ tcp / && $0 ~ port {
			n = ""
			if (/ SYN_SENT | SYN_RECV | SYN_SENT2 /) n = "tcp_unanswered"
			if (/ FIN_WAIT | CLOSE_WAIT | LAST_ACK | TIME_WAIT /) n = "tcp_closed"
			if (/ CLOSE /) n = "tcp_reset"
			if (/ ESTABLISHED /) n = "tcp_expired"
			if (n) ends[n]++
		}
		END {
			printf "[%d,%d,%d,%d]\n", ends["tcp_unanswered"], ends["tcp_closed"], ends["tcp_reset"], ends["tcp_expired"]
		}' truth
}
grep -q 'DESTROY.* TIME_WAIT ' truth || {
	echo "this kernel does not say in which state TCP was"
	exit 77
}
four='[.tcp_unanswered, .tcp_closed, .tcp_reset, .tcp_expired]'
sum='[.[] | '$four' | map(. // 0)] | transpose | map(add)'
for file in out interim; do
	for table in $tables; do
		check_output $file.$table
		of="$file, $table"
		jq -c 'select(.window_ms == 3600000)' $file.$table >shortest
		jq -c 'select(.window_ms == 7200000)' $file.$table >level
		for records in shortest level; do
			equal "$of: the window of $records" "$(jq -c "select(.type == \"window\") | $four" $records)" "$(by_state .)"
			for port in 9 8080 4003; do
				equal "$of: port $port of $records" "$(jq -s -c "map(select(.dst_port == $port)) | $sum" $records)" \
					"$(by_state "dport=$port ")"
			done
			equal "$of: not TCP" "$(jq -s -c "map(select(.type == \"flow\" and .proto == \"udp\") | $four) | unique" $records)" \
				'[[null,null,null,null]]'
		done
	done
done
# Each of the counters has been tried.
equal "kinds of ends that there were" "$(by_state . | jq -c 'map(. > 0)')" '[true,true,true,true]'
equal "ends in the records of ends of TCP" "$(jq -s 'map(select(.proto == "tcp").ends) | add' "out.${tables%% *}")" \
	"$(($(grep -c ' tcp ' truth) * 2))"
