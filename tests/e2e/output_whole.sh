#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Killed with SIGKILL while the reader of a pipe is slow: the reader then finds whole
# lines, also those of windows in which many rules have logged.
. "$(dirname "$0")/lib.sh"

{
	echo 'table inet filter {
		chain input {
			type filter hook input priority 0; policy accept;'
	for ((port = 5000; port < 5100; port++)); do
		printf 'udp dport %d log prefix "%060d" group 5 drop comment "%0100d"\n' $port $port $port
	done
	printf '}\n}\n'
} >ruleset
nft -f ruleset || fail "the ruleset"

held() { kill -USR1 "$PID"; grep -q 'waiting to be written [1-9]' err; }

# Fill the pipe, whose reader waits, kill ctagg, and read what has arrived.
start_with_option() { "$CTAGG" -v -w 20ms -g 5 -o pipe 2>err & PID=$!; }
start_inherited() { "$CTAGG" -v -w 20ms -g 5 >pipe 2>err & PID=$!; }
killed() {
	exec 3<>pipe
	"start_$1"
	wait_for ready
	for ((k = 0; k < 4; k++)); do
		"$TOOLS/packets" --count 200 --to 127.0.0.1 --port 5000 --ports 100 >/dev/null
		kill -USR2 "$PID"
	done
	wait_for held
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	exec 4<pipe 3>&-
	timeout 60 cat <&4 >out || fail "the pipe stays open"
	exec 4<&-
	grep -q '_prefix' out || fail "no rule has logged"
	jq -e -R 'fromjson' out >/dev/null 2>verdict || fail "$1: $(cat verdict)"
}

mkfifo pipe
for ((i = 0; i < 8; i++)); do
	: >err
	killed with_option
	: >err
	killed inherited
done
