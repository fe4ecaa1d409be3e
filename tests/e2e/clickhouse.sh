#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tables of examples/clickhouse on one server: every field has its column, and a value in the
# table is the one in the line; lines that come twice, and a server that ends in the middle of
# a delivery, change nothing.
. "$(dirname "$0")/lib.sh"
. "$E2E/clickhouse-lib.sh"
. "$E2E/deliver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }

start_clickhouse 0
DATABASE=nowhere sql_of 0 "SELECT 1" >/dev/null 2>&1 && fail "a question to a database that is not there has an answer"
make_tables
sql_file 0 "$CLICKHOUSE/schema.sql"	# changes nothing

# Each field of these records is a column, but for marks that a text was cut, estimates of different
# values, the version of the schema, and an object.
columns=$(sql "SELECT name FROM system.columns WHERE database = 'ctagg' AND table = 'lines' FORMAT TSV" | LC_ALL=C sort)
fields=$("$CTAGG" --schema | jq -r '[.["$defs"] | (.flow, .other, .rule, .window).properties | keys[]] | unique[]
	| select(test("_cut$|^distinct_|^schema$|^kernel$") | not)' | LC_ALL=C sort)
equal "fields without a column" "$(LC_ALL=C comm -23 <(echo "$fields") <(echo "$columns"))" ""

# Two hosts, and one record of each type with all that a record can have.
for h in 0 1; do
	make_records $h 3 200 1440 "$h.jsonl" --top=150
done
cat >full.jq <<'J'
# A line of each type with a value for each field, as the schema describes it: no two numbers, times or
# texts of a line are equal.
def digits: tostring | "0" * (6 - length) + .;
.["$defs"] | [.flow, .other, .rule, .window] | to_entries[] | .key as $number
| .value.properties | with_entries(select(.key | test("^distinct_|_cut$|^kernel$") | not))
| to_entries | to_entries | map(.key as $n | .value | .key as $name | .value
	| {key: $name, value: (
		if .const != null then .const
		elif $name == "id" then "0193a0b0-0000-7000-8000-00000000000\($number)"
		elif .format == "date-time" then "2026-11-21T01:02:0\($n % 10).\($n | digits)Z"
		elif [.type] | flatten | index("boolean") then true
		elif [.type] | flatten | index("integer") then 1000 + $n
		elif .enum then .enum[-1]
		else "text of \($name)" end)})
| from_entries
J
"$CTAGG" --schema | jq -c -f full.jq >full.jsonl
equal "made records" "$(wc -l <full.jsonl)" 4

# What is delivered is in the tables; delivered again, it is there once.
insert() { curl -sS --fail-with-body --data-binary @"$1" "$(lines_url 0)" || fail "insert of $1"; }
insert full.jsonl
tables_have full.jsonl
equal "unknown counters" "$(sql "SELECT count() FROM flows FINAL WHERE reply_bytes IS NULL")" 0
insert 0.jsonl
insert 0.jsonl
tables_have full.jsonl 0.jsonl
sql "OPTIMIZE TABLE flows FINAL"
equal "rows after the server has merged them" "$(sql "SELECT count() FROM flows")" \
	"$(grep -hcE '^\{"type":"(flow|other)"' full.jsonl 0.jsonl | jq -s add)"
tables_have full.jsonl 0.jsonl
equal "unknown counters" "$(sql "SELECT count() FROM flows FINAL WHERE reply_bytes IS NULL")" \
	"$(cat full.jsonl 0.jsonl | jq -s 'map(select((.type | IN("flow", "other")) and .reply_bytes == null)) | length')"

# Windows through ctagg-deliver. The server ends while they come, and another one begins with the same data.
make_spool spool
split -l 50 -d -a 4 1.jsonl part.
n=0
for part in part.*; do
	n=$((n + 1))
	mv "$part" "spool/new/$(window_name $n)"
done
[ $n -ge 5 ] || fail "$n files"
start_deliver --retry=1ms,50ms --gzip --url="$(lines_url 0)"
some_are_there() { [ "$(sql "SELECT count() FROM flows WHERE host = 'gw01'")" -gt 0 ]; }
wait_for some_are_there
kill -KILL $CH_PID
wait $CH_PID 2>/dev/null
start_clickhouse 0
wait_for is_empty spool/new
finish
tables_have full.jsonl 0.jsonl 1.jsonl

# A table that adds up while it merges (SummingMergeTree) counts a record as often as it comes: that is
# why none of the tables is one.
sql "CREATE TABLE sums (host String, starts UInt64) ENGINE = SummingMergeTree ORDER BY host"
sql "CREATE MATERIALIZED VIEW sums_lines TO sums AS SELECT assumeNotNull(host) AS host, ifNull(starts, 0) AS starts FROM lines WHERE type = 'window'"
window_records 0.jsonl | tail -n 1 | jq -c '.host = "gw99" | .starts = 150' >twice.jsonl
insert twice.jsonl
insert twice.jsonl
equal "starts, delivered twice" "$(sql "SELECT sum(starts) FROM sums WHERE host = 'gw99'"),$(sql "SELECT sum(starts) FROM windows FINAL WHERE host = 'gw99'")" 300,150
