#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --sockets: whose sockets they are, against ss(8); which of many have records, and that nothing is missing
# from the sums; after a change to another user, confined, in another network namespace.
. "$(dirname "$0")/lib.sh"

command -v ss >/dev/null || { echo "there is no ss"; exit 77; }
[ "$(id -u)" = 0 ] && id nobody >/dev/null || { echo "needs root, and a user nobody"; exit 77; }
ip netns add other || { echo "no namespace"; exit 77; }
ip -n other link set lo up

# 20 connections from one end to the other; number i sends i * 1,000 bytes: as nobody, in `other`.
cat >pairs.py <<'P'
import os, socket, sys
os.setuid(65534)
server = socket.create_server(("127.0.0.1", 5000), backlog=64)
clients = [socket.create_connection(("127.0.0.1", 5000)) for i in range(20)]
ends = [server.accept()[0] for client in clients]
print("ready", flush=True)
sys.stdin.readline()
for i, client in enumerate(clients):
    client.sendall(bytes(i * 1000))
    left = i * 1000
    while left:
        left -= len(ends[i].recv(left))
print("ready", flush=True)
sys.stdin.readline()
P
# A cgroup of the test's own, where cgroup2 lets us make one.
unified=$(findmnt -n -t cgroup2 -o TARGET | head -n 1) path=/
own=
[ -n "$unified" ] && own=$(mktemp -d "$unified/ctagg-test.XXXXXX" 2>/dev/null) && chmod 755 "$own" && mkdir "$own/b  c" && path="/${own##*/}/b  c"
leave() {
	local status=$?
	kill "${PAIRS_PID-}" 2>/dev/null && wait "$PAIRS_PID"
	[ -z "$own" ] || rmdir "$own/b  c" "$own"
	(exit $status)
	at_exit
}
trap leave EXIT
into_cgroup() { [ -z "$own" ] || echo 0 >"$own/b  c/cgroup.procs"; }
coproc PAIRS { into_cgroup && exec ip netns exec other /usr/bin/python3 pairs.py; }
answered() { read -r -t 60 -u "${PAIRS[0]}" answer && [ "$answer" = ready ] || fail "no connections"; }
answered

chmod 755 /run/work
echo '127.0.0.0/8,the loop' >labels.csv
start -w 1h --sockets=5 --labels=labels.csv --netns=other --user=nobody --no-conntrack
close_window
echo go >&"${PAIRS[1]}"
answered
inside() { ip netns exec other "$@"; }
settled() { inside ss -tnH 2>ss.err | awk '$2 || $3 { exit 1 }'; }
wait_for settled
close_window

# By ss: of each socket its cookie, sent and received bytes, the largest sum first.
inside ss -tinHe 2>ss.err | awk '
	/^[A-Z]/ { match($0, /sk:[0-9a-f]+/); cookie = substr($0, RSTART + 3, RLENGTH - 3); next }
	{ sent = received = 0
		for (i = 1; i <= NF; i++) {
			split($i, pair, ":")
			if (pair[1] == "bytes_sent") sent = pair[2]
			else if (pair[1] == "bytes_received") received = pair[2]
		}
		print cookie, sent, received, sent + received }' >by_ss
equal "so many sockets" "$(wc -l <by_ss)" 40
last() {
	jq -s -r "map(select(.type == \"window\")) as \$w | map(select(.type == \"socket\" and .window_start == \$w[1].window_start))[] | $1" out
}
equal "the five with most bytes" "$(last 'select(.cookie) | "\(.cookie) \(.sent_bytes) \(.received_bytes)"' |
	while read -r cookie rest; do printf '%x %s\n' "$cookie" "$rest"; done)" \
	"$(while read -r cookie rest; do echo "$((16#$cookie)) $cookie $rest"; done <by_ss | sort -k5,5rn -k1,1n | head -n 5 | awk '{ print $2, $3, $4 }')"
equal "the others" "$(last 'select(.reason) | "\(.reason) \(.folded_sockets)"')" "top 35"
equal "all together" "$(jq -s -r 'map(select(.type == "socket")) | "\(map(.sent_bytes) | add) \(map(.received_bytes) | add)"' out)" \
	"$(awk '{ s += $2; r += $3 } END { print s, r }' by_ss)"
equal "the owner" "$(last 'select(.cookie).uid' | sort -u)" "$(id -u nobody)"
equal "by ss" "$(inside ss -tnHe 2>ss.err | grep -o 'uid:[0-9]*' | sort -u)" "uid:$(id -u nobody)"
equal "labels" "$(last 'select(.cookie) | "\(.local_label), \(.peer_label)"' | sort -u)" "the loop, the loop"
[ -z "$own" ] || equal "the cgroup" "$(last 'select(.cookie).cgroup' | sort -u)" "$path"

# What is removed has no path any more; who is known keeps it. All of a server that is gone is gone.
echo end >&"${PAIRS[1]}"
gone() { ! inside ss -tnH 2>ss.err | grep -q ESTAB; }
wait_for gone
close_window
equal "none is left" "$(jq -s -r '(map(select(.type == "window"))[2].window_start) as $s | map(select(.type == "socket" and .window_start == $s and .state == "established")) | length' out)" 0
equal "the status" "$(window_records out | jq -r .status | sort -u)" ok
finish
check_output

# --- more sockets than there is room for
coproc PAIRS { exec ip netns exec other /usr/bin/python3 pairs.py; }
answered
rm out
start -w 1h --sockets --netns=other --max-flows=10
finish
equal "no room" "$(window_records out | jq -r '"\(.status) \(.unread_sockets)"')" "partial 30"
equal "those with room" "$(jq -s 'map(select(.type == "socket")) | length' out)" 10
equal "it is said once" "$(grep -c 'more sockets than --max-flows' err)" 1
check_output
