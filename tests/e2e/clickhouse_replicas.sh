#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables that two servers keep (examples/clickhouse/replicated.awk): what was delivered to one is at the other,
# also when the first is gone, and a window that is delivered to both is there once.
. "$(dirname "$0")/lib.sh"
. "$E2E/clickhouse-lib.sh"
ZOOKEEPER=/usr/share/java/zookeeper.jar
[ -e $ZOOKEEPER ] && command -v java >/dev/null || { echo "no zookeeper here"; exit 77; }

cat >zoo.cfg <<-Z
	tickTime=500
	dataDir=$PWD/zookeeper
	clientPortAddress=127.0.0.1
	clientPort=2181
	admin.enableServer=false
	4lw.commands.whitelist=srvr
Z
java -Xmx128m -XX:TieredStopAtLevel=1 -cp $ZOOKEEPER org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >zoo.out 2>&1 &
serves_clients() { ncat 127.0.0.1 2181 <<<srvr 2>/dev/null | grep -q '^Mode: '; }
wait_for serves_clients

keeper="<zookeeper><node><host>127.0.0.1</host><port>2181</port></node></zookeeper>"
replica() { echo "$keeper<macros><shard>1</shard><replica>$1</replica></macros>"; }
awk -f "$CLICKHOUSE/replicated.awk" "$CLICKHOUSE/schema.sql" >replicated.sql
servers=()
for server in 0 1; do
	start_clickhouse $server "$(replica $server)"
	servers+=("$CH_PID")
	DATABASE=default sql_of $server "CREATE DATABASE ctagg"
	sql_file $server replicated.sql
done
insert() { curl -sS --fail-with-body --data-binary @"$2" "$(lines_url "$1")" || fail "insert of $2 at $1"; }
rows_at() { sql_of "$1" "SELECT count() FROM $2 FINAL"; }
have_the_same() {
	local table
	for table in flows rules windows destinations; do
		[ "$(rows_at 0 $table)" = "$(rows_at 1 $table)" ] || return
	done
	[ "$(rows_at 0 windows)" -ge "$1" ]
}

make_records 0 2 200 1440 first
make_records 1 2 200 1440 second
insert 0 first
wait_for have_the_same "$(windows first)"
insert 1 first
insert 0 first
wait_for have_the_same "$(windows first)"
tables_have first
sql "OPTIMIZE TABLE flows FINAL"
equal "rows of what was delivered three times" "$(sql "SELECT count() FROM flows")" "$(grep -cE '^\{"type":"(flow|other)"' first)"

# A replica that was gone catches up.
stop_clickhouse "${servers[0]}"
insert 1 second
start_clickhouse 0 "$(replica 0)"
wait_for have_the_same $(($(windows first) + $(windows second)))
tables_have first second
