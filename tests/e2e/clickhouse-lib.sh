# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# ClickHouse servers of the test's own: each has its data, its log and its ports, and ends with the
# test. Sourced after lib.sh.
for program in clickhouse-server clickhouse-client; do
	command -v $program >/dev/null || { echo "no $program here"; exit 77; }
done
[ -x "$TOOLS/fleet" ] || { echo "no $TOOLS/fleet: make check builds it"; exit 77; }
CLICKHOUSE=$E2E/../../examples/clickhouse

# Start server number $1 in the folder ch$1, on 127.0.0.1: HTTP at port 8123 + 10 times the number, the
# client's protocol one higher. Further arguments are elements of its configuration. Its process id is
# CH_PID. Memory is bounded: tests run side by side. FINAL reads all files of a column at once, through
# a buffer for each.
start_clickhouse() {
	local dir=ch$1 port=$((8123 + 10 * $1))
	mkdir -p "$dir"
	cat >"$dir/config.xml" <<-X
		<yandex>
			<logger><level>warning</level><log>$PWD/$dir/log</log></logger>
			<http_port>$port</http_port>
			<tcp_port>$((port + 1))</tcp_port>
			<interserver_http_port>$((port + 2))</interserver_http_port>
			<interserver_http_host>127.0.0.1</interserver_http_host>
			<listen_host>127.0.0.1</listen_host>
			<path>$PWD/$dir/data/</path>
			<tmp_path>$PWD/$dir/tmp/</tmp_path>
			<format_schema_path>$PWD/$dir/schemas/</format_schema_path>
			<users_config>users.xml</users_config>
			<default_profile>default</default_profile>
			<default_database>default</default_database>
			<mark_cache_size>16777216</mark_cache_size>
			${*:2}
		</yandex>
	X
	cat >"$dir/users.xml" <<-X
		<yandex>
			<profiles><default>
				<max_memory_usage>${CH_MEMORY-1000000000}</max_memory_usage>
				<max_read_buffer_size>65536</max_read_buffer_size>
				<background_pool_size>2</background_pool_size>
				<background_schedule_pool_size>2</background_schedule_pool_size>
			</default></profiles>
			<users><default>
				<password></password>
				<networks><ip>127.0.0.1</ip></networks>
				<profile>default</profile>
				<quota>default</quota>
			</default></users>
			<quotas><default></default></quotas>
		</yandex>
	X
	clickhouse-server --config-file="$dir/config.xml" >"$dir/out" 2>&1 &
	CH_PID=$!
	wait_for clickhouse_answers "$1"
}
clickhouse_answers() {
	kill -0 "$CH_PID" 2>/dev/null || fail "the server ended: $(tail -n 3 "ch$1/out" "ch$1/log")"
	DATABASE=default sql_of "$1" "SELECT 1" >/dev/null 2>&1
}
stop_clickhouse() {	# process id
	kill "$1"
	wait "$1" 2>/dev/null
}

# Ask server $1, or 0, and print the answer; a file of several statements is run by sql_file. All in the
# database ctagg.
sql_of() {	# number, statement or @file
	curl -s --fail-with-body --data-binary "$2" "http://127.0.0.1:$((8123 + 10 * $1))/?database=${DATABASE-ctagg}&output_format_json_quote_64bit_integers=0"
}
# A message of a failed statement goes to standard error: standard output is often redirected.
sql() { sql_of 0 "$1" || fail "$1: $(sql_of 0 "$1" 2>&1)" >&2; }
sql_file() {	# number, file
	clickhouse-client --port $((8124 + 10 * $1)) --database="${DATABASE-ctagg}" --multiquery <"$2" >sql.out 2>&1 ||
		fail "$2: $(head -n 5 sql.out)"
	cat sql.out
}

# Make the tables of one server in server 0.
make_tables() {
	DATABASE=default sql "CREATE DATABASE ctagg"
	sql_file 0 "$CLICKHOUSE/schema.sql"
}

# Where ctagg-deliver puts lines: the URL that README.md of the example has, of server $1.
lines_url() {
	echo "http://127.0.0.1:$((8123 + 10 * $1))/?database=ctagg&query=INSERT%20INTO%20lines%20FORMAT%20JSONEachRow&input_format_skip_unknown_fields=1"
}

# Records of host number $1 of a fleet, so many minutes from minute FIRST (tests/tools/fleet) on, with so
# many flows each: in FILE, by ctagg itself. The host's name is gw and two digits.
make_records() {	# host number, minutes, flows, first, file, more options of ctagg
	"$TOOLS/fleet" "$1" "$2" "$3" "$4" >events.jsonl
	"$CTAGG" --read=events.jsonl --host="$(printf 'gw%02d' "$1")" -w 60,1h "${@:6}" >"$5" 2>err || fail "ctagg --read"
	command rm events.jsonl
}

# Some days of a fleet of four hosts, as they come: in day.jsonl, with gaps.
make_fleet() {
	local h
	for h in 0 1 2 3; do
		make_records $h 2 100 1200 "before.$h"	# the evening before
		make_records $h 65 100 1440 "night.$h" --top=95
		make_records $h 2 300 2160 "noon.$h"	# when there are new servers
	done
	# Host 0 has lost events in its third window; some of its flows, and the last line of a window, have not come.
	{
		"$TOOLS/fleet" 0 3 100 1600
		echo '{"type":"loss","time":"2026-11-21T02:42:59.999999Z","lost_events":7,"lost_drops":2}'
	} | "$CTAGG" --read=/dev/stdin --host=gw00 -w 60 >lossy 2>err || fail "ctagg --read"
	jq -c 'select((.type == "flow" and .slot[11:16] == "00:05" and .dst_port == 53
		or .type == "window" and .slot[11:16] == "00:07") and .window_ms == 60000 | not)' night.0 >night
	# Host 1 has not delivered three windows, host 2 not the first two of a run. Host 3 was silent from 00:40 to 12:00.
	jq -c 'select(.slot[14:16] | IN("20", "21", "33") | not)' night.1 >>night
	jq -c 'select(.slot[11:16] | IN("00:00", "00:01") | not)' night.2 >>night
	jq -c 'select(.slot[11:16] < "00:40")' night.3 >>night
	cat before.? night noon.? lossy >day.jsonl
	command rm before.? night noon.? lossy
}

# The queries answer what the lines say, each something.
answers_are() {	# files of lines
	local query
	mkdir -p expected answers
	"$E2E/clickhouse_answers.py" expected "$@" || fail "the oracle"
	for query in "$CLICKHOUSE"/queries/*.sql; do
		query=${query##*/}
		query=${query%.sql}
		sql_of "${SERVER-0}" "@$CLICKHOUSE/queries/$query.sql" >"answers/$query.tsv" ||
			fail "$query: $(sql_of "${SERVER-0}" "@$CLICKHOUSE/queries/$query.sql")"
		diff "expected/$query.tsv" "answers/$query.tsv" >differ || fail "$query, expected (<) and answered (>): $(head -n 20 differ)"
		[ -s "expected/$query.tsv" ] || fail "$query has nothing to answer"
	done
}

# The tables have the lines of files, each line once, and nothing else.
tables_have() {	# files
	local table
	cat "$@" >sent
	for table in flows rules windows; do
		sql "SELECT * FROM $table FINAL FORMAT JSONEachRow"
	done >rows
	"$E2E/clickhouse_rows.py" sent rows >verdict || fail "$(cat verdict)"
	command rm sent rows
}
