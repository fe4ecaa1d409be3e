#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A receiver that comes back after a long time gets everything, in order, without a storm: while it is
# away few connections are tried, and when it is back each file is sent once, over one connection.
# The oracle of what is tried is a counter of nft. Waits are shortened: 1 s to 5 min are 20 to 200 ms.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/receiver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }

make_spool spool
start_receiver r
port=${ADDRESS#*:}
stop_receiver
nft "add table inet oracle; add counter inet oracle tried;
	add chain inet oracle out { type filter hook output priority 0; };
	add rule inet oracle out tcp dport $port tcp flags syn / syn,ack counter name tried" ||
	{ echo "nft does not work here"; exit 77; }
tried() { nft -j list counter inet oracle tried | jq '.nftables[] | .counter // empty | .packets'; }
has_tried() { [ "$(tried)" -ge "$1" ]; }
now_ms() { date +%s%3N; }

# Away. Windows come all the time; the oldest alone is tried, and the waits grow: from the tenth try
# on each is 200 ms, perhaps shortened by half, however many files wait.
put_windows spool 1
began=$(now_ms)
start_deliver --retry=20ms,200ms --url="$URL"
n=1
for i in {1..15}; do
	wait_for has_tried $((i * 2))
	put_windows spool $((n + 1)) $((n + 2)) $((n + 3)) $((n + 4))
	n=$((n + 4))
done
tries=$(tried)
took=$(($(now_ms) - began))
[ "$tries" -le $((10 + took / 100 + 1)) ] || fail "$tries connections tried in $took ms"
equal "files tried" "$(grep -oE '2026[^ ]*jsonl: later' err | sort -u)" "$(window_name 1): later"
equal "words of the failure" "$(grep -c 'files wait' err)" 1

# Back, and busy: one file asks whether it still is, none before the time that the receiver named.
answer r "503 retry-after=1" "503 retry-after=1" 200
start_receiver r --port="$port"
wait_for is_empty spool/new
finish
mapfile -t all < <(seq 1 "$n")
equal "lines" "$(cat r/taken)" "$(lines_of "${all[@]}")"
equal "order of what was sent" "$(names_sent r)" "$(names_of 1 1 "${all[@]}")"
equal "connections" "$(jq .connection r/requests | sort -u | wc -l)" 1
jq -s -e '.[1].time - .[0].time >= 1 and .[2].time - .[1].time >= 1' r/requests >/dev/null ||
	fail "the receiver was asked before the time that it named"

# Back without such a wait: it serves each file once, and nothing else.
command rm -f r/requests r/taken
put_windows spool "${all[@]}"
stop_receiver
answer r 200
start_deliver --retry=20ms,200ms --url="$URL"
before=$(tried)
wait_for has_tried $((before + 5))
start_receiver r --port="$port"
wait_for is_empty spool/new
finish
equal "requests" "$(requests r)" "$n"
equal "order" "$(cat r/taken)" "$(lines_of "${all[@]}")"
