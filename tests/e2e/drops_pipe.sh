#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Killed while a pipe is full, at the end of a window with 200 rules: whoever reads the
# pipe never sees half a record.
. "$(dirname "$0")/lib.sh"

host a 1
{
	echo 'table inet filter { chain input { type filter hook input priority 0; policy accept;'
	seq 10000 10199 | sed 's/.*/udp dport & log prefix "dropped by the rule of port &" group 5 drop/'
	echo '}'; echo '}'
} | nft -f - || fail "the ruleset"

mkfifo pipe
waits_for_the_reader() {	# with lines of the window that the pipe had no room for
	kill -USR1 "$PID"
	grep -q 'windows 1, .*waiting to be written [1-9]' err
}
printf "%4095s\n" "" >page
for ((free = 1; free <= 8; free++)); do
	# A pipe holds 16 pages: fill all but $free.
	exec 3<>pipe 4<pipe
	for ((i = free; i < 16; i++)); do
		dd if=page bs=4096 2>/dev/null >&3
	done
	: >err
	"$CTAGG" -v -w 3600 -g 5 --no-conntrack -t 1 >pipe 2>err 3>&- 4<&- &
	PID=$!
	wait_for ready
	exec 3>&-
	ip netns exec a "$TOOLS/packets" --count 200 --to 10.9.1.1 --port 10000 --ports 200 >/dev/null
	all_came() { kill -USR1 "$PID"; grep -q 'logged packets 200,' err; }
	wait_for all_came
	kill -USR2 "$PID"
	wait_for waits_for_the_reader
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	cat <&4 >all
	exec 4<&-
	tail -n +$((17 - free)) all >out
	[ -s out ] || fail "$free free pages: nothing was written"
	[ "$(tail -c 1 all | od -An -c | tr -d ' ')" = '\n' ] || fail "$free free pages: half a record"
	jq -e . out >/dev/null || fail "$free free pages: a broken record"
done
