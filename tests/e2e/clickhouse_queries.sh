#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The queries and the roll-ups of examples/clickhouse answer what the lines say: by clickhouse_answers.py,
# which reads the lines itself. Lines come twice, a window comes late, and roll-ups are computed again.
. "$(dirname "$0")/lib.sh"
. "$E2E/clickhouse-lib.sh"

start_clickhouse 0
make_tables
make_fleet
insert() { curl -sS --fail-with-body --data-binary @"$1" "$(lines_url 0)" || fail "insert of $1"; }

sql_file 0 "$CLICKHOUSE/rollup.sql"	# of nothing
insert day.jsonl
sql_file 0 "$CLICKHOUSE/rollup.sql"
answers_are day.jsonl

# What was missing comes late, and all comes again. Rows are there twice, and then merged.
cat night.1 night.3 >late.jsonl
insert late.jsonl
insert day.jsonl
sql_file 0 "$CLICKHOUSE/rollup.sql"
answers_are day.jsonl late.jsonl
for table in flows rules windows addresses destinations; do
	sql "OPTIMIZE TABLE $table FINAL"
done
answers_are day.jsonl late.jsonl

# Records are removed by day and length of windows. Hours of which nothing has come since they were computed
# are left as they are: here all were computed an hour from now.
sql "INSERT INTO addresses SELECT address, window_ms, hour, host, netns, role, computed + 3600, records, starts, ends, unreplied,
	drops, sent_packets, sent_bytes, received_packets, received_bytes FROM addresses"
sql "OPTIMIZE TABLE addresses FINAL"
rows=$(sql "SELECT count() FROM addresses")
sql "ALTER TABLE flows DROP PARTITION (60000, 20261121)"
equal "flows left" "$(sql "SELECT DISTINCT window_ms, toDate(slot) FROM flows ORDER BY window_ms, slot FORMAT TSV")" \
	"$(printf '%s\t%s\n' 60000 2026-11-20 3600000 2026-11-20 3600000 2026-11-21)"
sql_file 0 "$CLICKHOUSE/rollup.sql"
equal "rows computed of nothing new" "$(($(sql "SELECT count() FROM addresses") - rows))" 0
sql_file 0 "$CLICKHOUSE/queries/top-talkers.sql" >top
cmp top expected/top-talkers.tsv || fail "the roll-up has lost the day"
