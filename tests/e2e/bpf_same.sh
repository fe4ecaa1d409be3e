#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Both tables see the same events at the same time and write the same records, apart
# from ids, and from times where the kernel gives none and the reader's clock does.
. "$(dirname "$0")/bpf-lib.sh" || exit 1

both() {	# the jq filter that makes the records of the two comparable
	mkdir -p bpf hash
	cd bpf && TABLE="bpf" start -w 3600
	bpf=$PID
	cd ../hash && TABLE="hash" start -w 3600
	hash=$PID
	cd ..
	traffic
	cd bpf && PID=$bpf && finish && check_output
	equal passed "$(passed)" 0
	cd ../hash && PID=$hash && finish && check_output
	cd ..
	equal folded "$(folded bpf/out)" "$(($(total starts hash/out) + $(total ends hash/out)))"
	for table in bpf hash; do
		jq -S -c "del(.id, .run, .window_start, .window_end, .engine, .kernel_events, .passed_events,
			.rotate_us, .drain_us, .rows, .capacity) | $1" $table/out | sort >$table.txt
	done
	diff bpf.txt hash.txt >differences || fail "$(head -n 4 differences)"
	[ "$(wc -l <bpf.txt)" -gt 100 ] || fail "too few records to say anything"
	rm -r bpf hash
}
traffic() {
	for proto in tcp udp udplite sctp dccp gre 253; do
		gen --proto $proto --keys 10 --live 10 --events 40 --mixed
	done
	gen --proto icmp --keys 10 --live 10 --events 40
	gen --proto icmpv6 --keys 10 --live 10 --events 40 --ipv6
	gen --keys 10 --events 40 --zone 7 --mark 5
	gen --proto tcp --keys 10 --events 40 --nat
	# Real traffic: in, out, forwarded and local.
	ip netns exec left ping -q -c2 -i 0.1 10.9.2.2 >/dev/null
	ip netns exec left ping -q -c2 -i 0.1 fd09:2::2 >/dev/null
	ip netns exec left ping -q -c2 -i 0.1 10.9.1.1 >/dev/null
	ping -q -c2 -i 0.1 10.9.2.2 >/dev/null
	ping -q -c2 -i 0.1 127.0.0.1 >/dev/null
	ping -q -c2 -i 0.1 ::1 >/dev/null
	for n in 1 2 3 4 5; do
		echo "$n" | ip netns exec left ncat 10.9.2.2 7001 >/dev/null
		echo "$n" | ip netns exec left ncat fd09:2::2 7001 >/dev/null
		echo "$n" | ncat 10.9.2.2 7001 >/dev/null
	done
	conntrack -D >/dev/null 2>&1
	conntrack -D -f ipv6 >/dev/null 2>&1
}

host left 1
host right 2
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
track
serve right 7001

both 'del(.first_seen, .last_seen)'
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
# Since Linux 6.14 starts, too, carry a time of the kernel's.
if [ "$(printf '6.14\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 6.14 ]; then
	both .
else
	both 'del(.first_seen, .last_seen)'
fi
