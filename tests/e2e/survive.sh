#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Large flows keep their records in a table that overflows, with both tables: flows that
# have ended before a scan comes; and, with --top=K,bytes, one transfer of two events in
# the middle of a scan whose sources have more events each. The generator and conntrack -E
# say what there was.
. "$(dirname "$0")/lib.sh"
find_tables
window() { jq -r "select(.type == \"window\").$1" "out.$table"; }

start_all -w 3600 -m 2000
gen --keys 100 --events 200000 --patient
events=$(($(did created) + $(did deleted)))
gen --keys 4000 --events 8000 --ipv6 --patient
events=$((events + $(did created) + $(did deleted)))
finish_all
for table in $tables; do
	equal "$table: large flows, whole" "$(jq -s 'map(select(.type == "flow" and .starts == 1000 and .ends == 1000)) | length' "out.$table")" 100
	equal "$table: counted" "$(($(total starts "out.$table") + $(total ends "out.$table")))" "$events"
	equal "$table: counter" "$(window max_error_counter)" events
	# The mean of a row: of the memory table, and once more of the kernel table.
	[ "$(window max_error)" -le $((2 * events / 2000)) ] || fail "$table: max_error $(window max_error)"
done

# --- by bytes
sysctl -qw net.netfilter.nf_conntrack_acct=1
track
ncat -l 7200 --recv-only >/dev/null &
wait_for listening "" 7200
start_all -w 3600 -m 100 --top=10,bytes
gen --keys 1000 --events 20000 --ipv6 --patient
# conntrack(8) would lose events of the scan.
start_oracle destroyed -e DESTROY -p tcp --orig-port-dst 7200
head -c 20000000 /dev/zero | ncat --send-only 127.0.0.1 7200 || fail "no transfer"
conntrack -D -p tcp --orig-port-dst 7200 >/dev/null 2>&1
wait_for test -s destroyed
end_oracle
gen --keys 1000 --events 20000 --ipv6 --patient
finish_all
bytes=$(grep -o 'bytes=[0-9]*' destroyed | grep -o '[0-9]*' | awk '{ s += $1 } END { printf "%d", s }')
[ "$bytes" -gt 20000000 ] || fail "transferred $bytes"
for table in $tables; do
	equal "$table: the largest" "$(jq -s -c 'map(select(.type == "flow"))[0] | [.dst_port, .ends, .orig_bytes + .reply_bytes]' "out.$table")" "[7200,1,$bytes]"
	equal "$table: counter" "$(window max_error_counter)" bytes
	[ "$(window max_error)" -lt "$bytes" ] || fail "$table: max_error $(window max_error)"
done
