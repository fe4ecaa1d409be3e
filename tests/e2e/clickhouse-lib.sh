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
# CH_PID. Memory is bounded: tests run side by side.
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
				<max_memory_usage>1000000000</max_memory_usage>
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

# Ask server $1, or 0, and print the answer; a file of statements is run by sql_file. All in the
# database ctagg.
sql_of() {	# number, statement
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

# Records of host number $1 of a fleet, so many minutes, with so many flows each: in FILE, by ctagg
# itself. The host's name is gw and two digits.
make_records() {	# host number, minutes, flows, file, more options of ctagg
	"$TOOLS/fleet" "$1" "$2" "$3" >events.jsonl
	"$CTAGG" --read=events.jsonl --host="$(printf 'gw%02d' "$1")" -w 60 "${@:5}" >"$4" 2>err || fail "ctagg --read"
	command rm events.jsonl
}

# The tables have the lines of files, each line once, and nothing else.
tables_have() {	# files
	local table
	cat "$@" >sent
	for table in flows rules windows; do
		sql "SELECT * FROM $table FINAL FORMAT JSONEachRow"
	done >rows
	"$E2E/clickhouse_rows.py" sent rows >verdict || fail "$(cat verdict)"
}
