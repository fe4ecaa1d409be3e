# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A world of its own for every end-to-end test: new network, mount and pid
# namespaces, so that whatever it makes is gone when it ends, however it ends.
# Exit 1 fails, 77 is something this machine cannot do. Sourced.

set -u
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CTAGG:?the program to test}" "${TOOLS:=$(dirname "$CTAGG")/tests/tools}"

if [ -z "${E2E_WORLD-}" ]; then
	user=
	[ "$(id -u)" = 0 ] || user="--user --map-root-user"
	# shellcheck disable=SC2086 # options
	if ! unshare $user --net --mount --pid --fork --kill-child true 2>/dev/null; then
		echo "no namespaces can be made here"
		exit 77
	fi
	# shellcheck disable=SC2086 # options
	E2E_WORLD=1 exec unshare $user --net --mount --pid --fork --kill-child bash "$0" "$@"
fi
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/work /run/kept
cd /run/work || exit 1
ip link set lo up

# End the test as failed, with what the program has said.
fail() {
	echo "FAIL: $*"
	[ -s err ] && sed 's/^/  stderr: /' err | head -n 20
	exit 1
}

# Every line that a test has had written is a record of the schema, also in files that the test
# removes: those are kept until it ends.
kept=0
rm() {
	local file
	for file; do
		[ -f "$file" ] || [ -d "$file" ] || continue
		kept=$((kept + 1))
		cp -rl "$file" /run/kept/$kept 2>/dev/null || cp -r "$file" /run/kept/$kept
	done
	command rm "$@"
}
# Hold the records in files against the schema. Without the library there is no such check.
/usr/bin/python3 -c 'import fastjsonschema' 2>/dev/null && validator=$E2E/../validate
validate() {
	[ -z "${validator-}" ] || "$validator" <("$CTAGG" --schema) "$@" || fail "not as the schema has it"
}
at_exit() {
	local status=$? files
	[ $status = 0 ] || exit $status
	mapfile -t files < <(grep -rlE --exclude-dir=proc '^\{"type":"' /run/work /run/kept)
	[ ${#files[@]} = 0 ] || validate "${files[@]}"
}
trap at_exit EXIT

# Run a condition until it holds. A minute is more than any machine takes: what has not
# happened by then does not happen.
wait_for() {
	local until=$((SECONDS + 60))
	while [ $SECONDS -lt $until ]; do
		"$@" && return
		sleep 0.05
	done
	fail "never came true: $*"
}

# Windows of an hour are aligned to the hour. A test that wants just one of them shall not
# run across its end.
away_from_the_hour() { [ $(($(date +%s) % 3600)) -lt 3510 ]; }
if grep -sqE '(^|[^0-9])(3600|1h)' "$E2E/${0##*/}"; then
	until away_from_the_hour; do sleep 1; done
fi

# --- the program -------------------------------------------------------------------

# Start the program in the background with these options: its process id is PID, its
# records are in `out` unless a redirection or -o says otherwise, its messages in `err`.
start() {
	: >err
	"$CTAGG" -v --table="${TABLE:-auto}" "$@" >>out 2>err &
	PID=$!
	wait_for ready
}
ready() {
	grep -q '^ctagg: ready' err || ! kill -0 "$PID" 2>/dev/null
}

# End the program by a signal (TERM) and see that it ended well.
# shellcheck disable=SC2120 # tests name the signal
finish() {
	kill -"${1:-TERM}" "$PID" 2>/dev/null
	wait "$PID"
	status=$?
	[ "$status" = 0 ] || fail "exit status $status"
}

tables='' pids=()	# of find_tables() and start_all()

# The tables that can be had here, in `tables`: a test of both then starts one program
# for each of them.
find_tables() {
	tables="bpf hash"
	"$CTAGG" --table=bpf -c 1 -w 1ms >/dev/null 2>&1 || tables="hash"
}

# Start the program once for each of $tables, with these options: process ids in `pids`,
# records in out.bpf and out.hash.
start_all() {
	pids=()
	for table in $tables; do
		rm -f "out.$table"
		TABLE=$table start -o "out.$table" "$@"
		pids+=("$PID")
	done
}
finish_all() {
	for PID in "${pids[@]}"; do
		finish
	done
	for table in $tables; do
		check_output "out.$table"
	done
}

# --- what it has written ------------------------------------------------------------

# What holds for every output: bytes, order, bounds, ids, sums.
check_output() {
	"$E2E/check.py" "${1:-out}" >verdict 2>&1 || fail "$(cat verdict; tail -n 2 "${1:-out}")"
}

# The window records of files; a line of which a part is written is not one yet. grep: jq takes
# 20 times as long to see which of many records are of windows.
window_records() {
	LC_ALL=C grep -h '^{"type":"window".*}$' "$@"
}

# The sum of a field over the window records of a file (out).
total() {
	local records
	records=$(window_records "${2:-out}")
	[ $? -le 1 ] || return	# no such file
	jq -s "map(.$1 // 0) | add // 0" <<<"$records"
}

# How many window records a file (out) has; whether there are so many.
windows() {
	window_records "${1:-out}" | wc -l
}
has_windows() {
	[ "$(windows "${2:-out}")" -ge "$1" ]
}

# Have the program close its window, and wait until the window is written.
close_window() {
	local before
	before=$(windows)
	kill -USR2 "$PID"
	wait_for has_windows $((before + 1))
}

equal() {
	[ "$2" = "$3" ] || fail "$1: $2, expected $3"
}

# --- the oracle of connections ---------------------------------------------------------

# Have conntrack(8) write events into a file, and return when it listens: its process id
# is `oracle`.
start_oracle() {	# file, options
	conntrack -E "${@:2}" >"$1" 2>"$1.err" &
	oracle=$!
	wait_for listens $oracle
}
listens() { [ -n "$(event_socket "$1" 5)" ]; }

# A column of /proc/net/netlink for the event socket of a process; nothing if it has none.
# Column 5 is how many bytes wait there, 9 how many messages found no room. conntrack(8)
# has other sockets too: that of the events is the one that has joined groups (column 4).
# Column 10 is the inode, by which the process holds it.
event_socket() {	# process id, column
	find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n' |
		awk -v column="$2" 'NR == FNR { held[$1]; next }
			$2 == 12 && $4 ~ /[1-9a-f]/ && $10 in held { print $column; exit }' - /proc/net/netlink
}
# Nothing waits, and what it read last is printed: it sleeps only to wait for more.
oracle_has_read() {
	[ "$(event_socket "$oracle" 5)" = 0 ] && grep -q '^State:.S' "/proc/$oracle/status"
}
# Nothing was lost on the way to the oracle; end it.
end_oracle() {
	wait_for oracle_has_read
	equal "what the oracle has lost" "$(event_socket "$oracle" 9)" 0
	kill "$oracle"
	wait "$oracle" 2>/dev/null
}

# --- hosts, rules and load ----------------------------------------------------------

# A rule that uses connection tracking, so that there is some (kernel facts, K1).
track() {
	nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
		table inet track {
			chain in { type filter hook input priority 0
				ct state new counter
			}
			chain out { type filter hook output priority 0
				ct state new counter
			}
			chain through { type filter hook forward priority 0
				ct state new counter
			}
		}
	N
}

# Another host, named $1, with address 10.9.$2.2 and fd09:$2::2; ours end in 1.
host() {
	ip netns add "$1"
	ip link add "to-$1" type veth peer name eth0 netns "$1"
	ip addr add "10.9.$2.1/24" dev "to-$1"
	ip addr add "fd09:$2::1/64" dev "to-$1" nodad
	ip link set "to-$1" up
	ip -n "$1" link set lo up
	ip -n "$1" addr add "10.9.$2.2/24" dev eth0
	ip -n "$1" addr add "fd09:$2::2/64" dev eth0 nodad
	ip -n "$1" link set eth0 up
	ip -n "$1" route add default via "10.9.$2.1"
	ip -n "$1" -6 route add default via "fd09:$2::1"
	wait_for ping -q -c1 -W1 "10.9.$2.2" >/dev/null
	wait_for ping -q -c1 -W1 "fd09:$2::2" >/dev/null
}

# Serve one TCP exchange on port $2 in namespace $1 ("" is ours), ready on return.
serve() {
	${1:+ip netns exec "$1"} ncat -k -l "$2" --exec /bin/cat >/dev/null 2>&1 &
	wait_for listening "${1-}" "$2"
}
listening() {
	${1:+ip netns exec "$1"} ss -Htln "sport = :$2" | grep -q .
}

# Make connections, all of which the kernel takes. What was made is in gen.json, after
# what --per-key says in gen.out. Full speed is more than a reader without the filter may
# keep up with: --patient where nothing is to be lost.
gen() {
	"$TOOLS/ctgen" "$@" >gen.out || fail "ctgen $*"
	tail -n 1 gen.out >gen.json
	equal "what ctgen failed to do" "$(jq .failed gen.json)" 0
}
did() {
	jq ".$1" gen.json
}
