#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Entries that the kernel makes without a start, because two packets open the same connection at the same moment
# and are translated to different servers: their ends, by both tables, as records and as events that are read
# back. The oracles are conntrack -E and -S.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
[ "$(nproc)" -ge 2 ] || { echo "two packets at a time need two processors"; exit 77; }

# Servers in turn, and then so many rules that the second packet is on its way before the first one's entry is
# in the table. Nobody answers.
{
	cat <<-'N'
		table ip clash {
			chain servers {
				type nat hook output priority -100
				ip daddr 127.0.0.9 dnat to numgen inc mod 2 map { 0 : 127.0.0.2, 1 : 127.0.0.3 }
			}
			chain in {
				type filter hook input priority 0
				udp dport 7000 drop
			}
			chain slow {
				type filter hook output priority 0
	N
	for mark in $(seq 1000); do echo "meta mark $mark counter"; done
	printf "}\n}\n"
} >rules
nft -f rules || { echo "nft has no NAT here"; exit 77; }
find_tables
start_all -w 1h,2h
tables_pids=("${pids[@]}")
start -o other -w 1h --dst '!127.0.0.9'
other=$PID
TABLE="hash" start -o events --events
events=$PID
start_oracle truth -e NEW,DESTROY

clashes() { conntrack -S | grep -o 'clash_resolve=[0-9]*' | awk -F= '{ s += $2 } END { print s }'; }
for _ in {1..400}; do
	"$TOOLS/clash" --rounds 50 --to 127.0.0.9 --port 7000 >taken || fail "clash"
	conntrack -F 2>/dev/null
	[ "$(clashes)" -ge 20 ] && break
	wait_for oracle_has_read
done
[ "$(clashes)" -gt 0 ] || fail "no clash in 20,000 tries"
equal "entries that are left" "$(conntrack -C)" 0
end_oracle
pids=("${tables_pids[@]}")
finish_all
PID=$other finish
PID=$events finish

started=$(grep -c '\[NEW\]' truth)
ended=$(grep -c '\[DESTROY\]' truth)
clash=$((ended - started))
echo "$(clashes) clashes, $started starts, $ended ends"
[ "$clash" -gt 0 ] || fail "no end without a start"
[ "$clash" -le "$(clashes)" ] || fail "more ends without a start than clashes: $clash of $(clashes)"
for table in $tables; do
	jq -c 'select(.type == "window") | [.window_ms, .starts, .ends, .clash_ends]' "out.$table" >said
	equal "$table: starts, ends, and those after a clash" "$(cat said)" \
		"$(printf '[%d,%d,%d,%d]\n' 3600000 "$started" "$ended" "$clash" 7200000 "$started" "$ended" "$clash")"
done
equal "those that are not selected" "$(jq -c 'select(.type == "window") | [.ends, .clash_ends, .unselected_events]' other)" "[0,0,$((started + ended))]"
equal "events" "$(jq -s 'map(select(.clash)) | length' events)" "$clash"
equal "events that are no ends" "$(jq -s 'map(select(.clash and .kind != "end")) | length' events)" 0
"$CTAGG" -w 1h --read=events >again || fail "--read: $?"
equal "events that are read back" "$(total clash_ends again)" "$clash"
