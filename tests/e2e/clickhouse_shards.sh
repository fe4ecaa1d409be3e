#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two servers, each with the records of some hosts: ctagg-deliver delivers to either, also the same window
# to both, and while one of them is away; the queries answer as those of one server do, by the same oracle.
. "$(dirname "$0")/lib.sh"
. "$E2E/clickhouse-lib.sh"
. "$E2E/deliver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }

shard() { echo "<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>$1</port></replica></shard>"; }
cluster="<remote_servers><ctagg>$(shard 8124)$(shard 8134)</ctagg></remote_servers>"
start_clickhouse 1 "$cluster"
second=$CH_PID
start_clickhouse 0 "$cluster"
for server in 0 1; do
	for database in ctagg_local ctagg; do
		DATABASE=default sql_of $server "CREATE DATABASE $database"
	done
	DATABASE=ctagg_local sql_file $server "$CLICKHOUSE/schema.sql"
	sql_file $server "$CLICKHOUSE/cluster.sql"
done

# A spool with five windows in a file.
make_fleet
make_spool spool
awk '{ print > sprintf("part.%04d", n / 5) } /^\{"type":"window"/ { n++ }' day.jsonl
n=0
for part in part.*; do
	n=$((n + 1))
	mv "$part" "spool/new/$(window_name $n)"
done
cp -r spool twice

# One server is away when delivery begins, and comes back.
kill -KILL $second
wait $second 2>/dev/null
start_deliver --retry=1ms,50ms --url="$(lines_url 0)&insert_distributed_sync=1"
wait_for grep -q 'HTTP 500' err
start_clickhouse 1 "$cluster"
wait_for is_empty spool/new
finish
# The same windows to the other server.
mv spool once
mv twice spool
deliver 0 --once --url="$(lines_url 1)&insert_distributed_sync=1"

for server in 0 1; do
	[ "$(DATABASE=ctagg_local sql_of $server "SELECT count() FROM flows")" -gt 0 ] || fail "server $server has nothing"
	DATABASE=ctagg_local sql_file $server "$CLICKHOUSE/rollup.sql"
done
equal "hosts that both servers have" "$(for server in 0 1; do
	DATABASE=ctagg_local sql_of $server "SELECT DISTINCT host FROM flows"
done | sort | uniq -d)" ""
tables_have day.jsonl
for SERVER in 0 1; do
	answers_are day.jsonl
done
