#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --sockets: what the TCP sockets of this host carried, window by window, against ss(8) and against the
# bytes that were sent.
. "$(dirname "$0")/lib.sh"

command -v ss >/dev/null || { echo "there is no ss"; exit 77; }
host a 1
ip netns exec a nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
	table inet hold {
		chain in {
			type filter hook input priority 0
		}
	}
N

# Connections to other hosts: a line for each command. connect NAME ADDRESS PORT; send NAME BYTES, by
# 5,000 at a time, and wait for the same bytes from the other end; write NAME BYTES, and do not; close NAME.
cat >client.py <<'P'
import socket, sys
names = {}
for line in sys.stdin:
    what, name, *rest = line.split()
    if what == "connect":
        names[name] = socket.create_connection((rest[0], int(rest[1])), 60)
    elif what == "send":
        for at in range(0, int(rest[0]), 5000):
            names[name].sendall(bytes(5000))
            left = 5000
            while left:
                left -= len(names[name].recv(left))
    elif what == "write":
        names[name].sendall(bytes(int(rest[0])))
    elif what == "close":
        names.pop(name).close()
    print("done", flush=True)
P
coproc CLIENT { exec /usr/bin/python3 client.py; }
client() {
	local answer
	echo "$*" >&"${CLIENT[1]}"
	read -r -t 60 answer <&"${CLIENT[0]}" && [ "$answer" = "done" ] || fail "the client: $*"
}

# What ss says of all sockets: own port, cookie, and the four counters; one line each. ss gives uids of
# other users than root only, and times with a fraction.
of_ss() {
	ss -tinHe | awk '
		/^[A-Z]/ { n = split($4, local, ":"); port = local[n]; state = $1; uid = 0; next_of = $0
			uid = match($0, /uid:[0-9]+/) ? substr($0, RSTART + 4, RLENGTH - 4) : 0
			match($0, /sk:[0-9a-f]+/); cookie = substr($0, RSTART + 3, RLENGTH - 3)
			next }
		{ sent = received = retrans = bytes = 0
			for (i = 1; i <= NF; i++) {
				split($i, pair, ":")
				if (pair[1] == "bytes_sent") sent = pair[2]
				else if (pair[1] == "bytes_received") received = pair[2]
				else if (pair[1] == "bytes_retrans") bytes = pair[2]
				else if (pair[1] == "retrans") { split(pair[2], parts, "/"); retrans = parts[2] }
			}
			print port, state, uid, cookie, sent, received, retrans, bytes }' | sort
}
# The same of the records of the window before last or last, with counters of all windows.
of_ctagg() {
	jq -s -r 'map(select(.window_ms == 3600000)) | .[-1].window_start as $last
		| ({"established": "ESTAB", "close_wait": "CLOSE-WAIT", "fin_wait2": "FIN-WAIT-2", "fin_wait1": "FIN-WAIT-1"}) as $states
		| map(select(.type == "socket" and .cookie)) | group_by(.cookie)[] | select(.[-1].window_start == $last)
		| "\(.[-1].local_port) \($states[.[-1].state]) \(.[-1].uid // 0) \(.[-1].cookie) \(map(.sent_bytes) | add) \(map(.received_bytes) | add) \(map(.retrans_segments) | add) \(map(.retrans_bytes) | add)"' out |
		while read -r port state uid cookie rest; do
			printf '%s %s %s %x %s\n' "$port" "$state" "$uid" "$cookie" "$rest"
		done | sort
}
# Of the last window, the sockets with this peer port: the fields, or their sum.
last() {
	jq -s -r "map(select(.window_ms == 3600000)) | .[-1].window_start as \$last
		| map(select(.type == \"socket\" and .window_start == \$last))[] | $1" out
}
is_acknowledged() { ! ss -tnH "dport = :$1" | awk '{ exit $3 == 0 }'; }
quiet() { wait_for is_acknowledged "$1"; }

# No socket: no record.
start -w 1h,2h --sockets --max-flows=100
close_window
equal "no sockets" "$(jq -s 'map(select(.type == "socket")) | length' out)" 0
equal "no sockets, so many records" "$(window_records out | tail -n 1 | jq .records)" 0

serve a 5000
client connect one 10.9.1.2 5000
client send one 1000000
client connect six fd09:1::2 5000
client send six 70000
quiet 5000
close_window
equal "as ss has them" "$(of_ctagg)" "$(of_ss)"
equal "a known size" "$(last 'select(.peer_ip == "10.9.1.2") | "\(.sent_bytes - .retrans_bytes) \(.received_bytes) \(.state) \(.uid) \(.local_ip) \(.peer_port)"')" \
	"1000000 1000000 established $(id -u) 10.9.1.1 5000"
equal "IPv6" "$(last 'select(.peer_ip == "fd09:1::2") | "\(.sent_bytes - .retrans_bytes) \(.received_bytes) \(.local_ip)"')" "70000 70000 fd09:1::1"
equal "round trips are measured" "$(last 'select(.rtt_us > 0 | not)')" ""

# Only the difference; a socket that is idle has a record, too.
client send one 5000
quiet 5000
close_window
equal "the difference" "$(last '"\(.peer_ip) \(.sent_bytes) \(.received_bytes)"' | sort)" $'10.9.1.2 5000 5000\nfd09:1::2 0 0'
equal "as ss has them, later" "$(of_ctagg)" "$(of_ss)"

# --- retransmissions: a rule of the other host drops what comes, until it has been sent again
ip netns exec a nft add rule inet hold in ip protocol tcp tcp dport 5000 drop
client write one 3000
sent_again() { ss -tinH "dst 10.9.1.2" | grep -qE 'retrans:[0-9]+/[3-9]'; }
wait_for sent_again
ip netns exec a nft flush chain inet hold in
wait_for is_acknowledged 5000
close_window
equal "sent again" "$(last 'select(.peer_ip == "10.9.1.2") | .retrans_segments >= 3 and .retrans_bytes > 0 and .sent_bytes - .retrans_bytes == 3000')" true
equal "sent again, as ss has it" "$(of_ctagg)" "$(of_ss)"

# --- a socket that is gone; a server's socket of IPv6, which takes a connection of IPv4
client close six
ncat -k -l 5001 --exec /bin/cat >/dev/null 2>&1 &
wait_for listening "" 5001
ip netns exec a ncat 10.9.1.1 5001 < <(echo hello; exec sleep 100) >/dev/null 2>&1 &
is_answered() { ss -tinH "sport = :5001" | grep -q bytes_acked:6; }
wait_for is_answered
close_window
equal "a server's socket" "$(last 'select(.local_port == 5001) | "\(.local_ip) \(.peer_ip) \(.received_bytes) \(.sent_bytes)"')" "10.9.1.1 10.9.1.2 6 6"
equal "one is gone" "$(last 'select(.peer_port == 5000) | .peer_ip')" 10.9.1.2
equal "the others, as ss has them" "$(of_ctagg)" "$(of_ss)"
finish
check_output
# The level has the sums of its windows, a record each socket.
sums() {
	jq -s -c "map(select(.type == \"socket\" and .window_ms == $1)) | group_by(.cookie) | map(
		[.[0].cookie, (map(.sent_bytes) | add), (map(.received_bytes) | add), (map(.retrans_segments) | add), (map(.retrans_bytes) | add)])" out
}
equal "the level" "$(sums 7200000)" "$(sums 3600000)"
