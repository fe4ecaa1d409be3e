#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The file that ctagg writes reaches the tables of examples/clickhouse through rsyslog and through
# syslog-ng, also when shippers are killed and the server is away meanwhile; lines that come twice are there once.
. "$(dirname "$0")/lib.sh"
. "$E2E/clickhouse-lib.sh"
. "$E2E/shippers-lib.sh"

start_clickhouse 0
make_tables

# Host 1's records go through rsyslog, those of host 2 through syslog-ng. Each shipper reads one half,
# is killed, and reads the other half while no server is there.
configure_rsyslog one "$(lines_url 0)"
configure_syslog_ng two "$(lines_url 0)"
for h in 1 2; do
	make_records $h 4 300 0 "$h.jsonl"
	split -n l/2 -d "$h.jsonl" "$h."
done
window_rows() { sql "SELECT count() FROM windows FINAL WHERE host = '$1'"; }
rows_of() {	# host, at least so many windows
	[ "$(window_rows "$1")" -ge "$2" ]
}
windows_in() { grep -c '^{"type":"window"' "$1"; }

cp 1.00 one/log/ctagg.jsonl
cp 2.00 two/log/ctagg.jsonl
start_rsyslog one
rsyslog=$SHIPPER
start_syslog_ng two
syslog_ng=$SHIPPER
wait_for rows_of gw01 "$(windows_in 1.00)"
wait_for rows_of gw02 "$(windows_in 2.00)"
kill -KILL "$rsyslog" "$syslog_ng"
wait "$rsyslog" "$syslog_ng" 2>/dev/null
stop_clickhouse "$CH_PID"
start_rsyslog one
rsyslog=$SHIPPER
start_syslog_ng two
syslog_ng=$SHIPPER
cat 1.01 >>one/log/ctagg.jsonl
cat 2.01 >>two/log/ctagg.jsonl
wait_for grep -qs 'trying again' one/log/ctagg-post.log
wait_for grep -q 'trying again' two/said
start_clickhouse 0
wait_for rows_of gw01 "$(windows_in 1.jsonl)"
wait_for rows_of gw02 "$(windows_in 2.jsonl)"
tables_have 1.jsonl 2.jsonl

kill "$rsyslog" "$syslog_ng"
wait "$rsyslog" "$syslog_ng" 2>/dev/null
