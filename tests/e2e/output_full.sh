#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A disk is full for a while, and meanwhile the file is truncated, moved away or closed, or
# it ended in half a line before. No line is glued to half of another, and nothing is
# missing.
. "$(dirname "$0")/lib.sh"

lines_parse() {
	local file
	for file; do
		[ -s "$file" ] || fail "$file is empty"
		jq -e -R 'fromjson' "$file" >/dev/null 2>verdict || fail "$file: $(cat verdict)"
	done
}
ends_torn() { [ "$(tail -c 1 "$1" | tr -d '\n' | wc -c)" = 1 ]; }
fill() { cat /dev/zero >disk/filler 2>/dev/null; }
make_room() { mount -o remount,size=64m disk; }
starts_of() { jq -s 'map(select(.type == "window") | .starts) | add // 0' "$@"; }
generate() {
	gen --keys 200 --events 1000
	cat gen.json >>truth
}
truth() { jq -s 'map(.created) | add' truth; }

mkdir disk
mount -t tmpfs -o size=64k tmpfs disk

# Run until the disk is full, and the file ends in half a line.
until_full() {
	rm -f disk/*
	: >truth
	mount -o remount,size=64k disk
	head -c 32k /dev/zero >disk/filler
	"$@"
	generate
	wait_for grep -q 'cannot write' err
	ends_torn disk/log && return
	kill -KILL "$PID"	# once in hundreds of runs the room ends where a record ends
	wait "$PID" 2>/dev/null
	until_full "$@"
}

# --- the file ends in half a line, and there is no room for a newline: ctagg waits
head -c 4096 /dev/zero | tr '\0' x >disk/log
fill
start -w 50ms -o disk/log
wait_for grep -q 'cannot write' err
generate
make_room
wait_for grep -q 'writing to disk/log again' err
finish
equal "the torn line" "$(head -n 1 disk/log | wc -c)" 4097
sed 1d disk/log >rest
check_output rest
equal "starts" "$(starts_of rest)" "$(truth)"

# --- the file is truncated: the line that was half written begins anew
to_log() { start -w 50ms -o disk/log; }
until_full to_log
cp disk/log first
: >disk/log
make_room
wait_for grep -q 'writing to disk/log again' err
generate
finish
lines_parse disk/log
# Who truncated the file wanted its whole lines gone; all others are there.
sed -i '$d' first
cat first disk/log >both
check_output both
equal "starts" "$(starts_of both)" "$(truth)"

# --- the file is moved away: it ends with a whole line, and the new one has the line
# that was half written
until_full to_log
mv disk/log disk/old
kill -HUP "$PID"
wait_for test -e disk/log
make_room
wait_for grep -q 'writing to disk/log again' err
generate
finish
lines_parse disk/old disk/log
cat disk/old disk/log >both
check_output both
equal "starts" "$(starts_of both)" "$(truth)"

# --- ctagg ends: the file has whole lines
until_full to_log
kill "$PID"
wait "$PID"
equal "status with lines that are not written" $? 1
lines_parse disk/log

# --- or it ends at once, because it is told so twice
until_full to_log
kill -STOP "$PID"
kill -TERM "$PID"
kill -QUIT "$PID"
kill -CONT "$PID"
wait "$PID"
equal "status when asked twice" $? 1
lines_parse disk/log

# --- ctagg ends when there is room again and before it has tried again
rm -f disk/*
: >truth
mount -o remount,size=64k disk
head -c 32k /dev/zero >disk/filler
start -w 3600 -c 2 -o disk/log
generate
kill -USR2 "$PID"
wait_for grep -q 'cannot write' err
make_room
finish USR2
check_output disk/log
equal "starts" "$(starts_of disk/log)" "$(truth)"

# --- a snapshot that is appended by the shell
rm disk/*
mount -o remount,size=64k disk
track
for ((i = 1; i <= 100; i++)); do
	echo "-A -p udp -s 10.0.0.$i -d 192.0.2.1 --sport 1000 --dport 53 -r 192.0.2.1 -q 10.0.0.$i --reply-port-src 53 --reply-port-dst 1000 -t 600"
done >entries
while read -r entry; do
	# shellcheck disable=SC2086 # options
	conntrack ${entry/-A/-I} >/dev/null 2>&1 || fail "conntrack $entry"
done <entries
"$CTAGG" --snapshot >whole || fail "snapshot"
head -c $(((64 - $(stat -c %s whole) / 2048) * 1024)) /dev/zero >disk/filler
"$CTAGG" --snapshot >>disk/log 2>err
equal "status of a snapshot on a full disk" $? 1
lines_parse disk/log
make_room
printf '{"torn":' >>disk/log
"$CTAGG" --snapshot >>disk/log || fail "snapshot"
equal "the torn line" "$(grep -c '^{"torn":$' disk/log)" 1
sed -i '/^{"torn":$/d' disk/log
lines_parse disk/log
equal "flows of the last one" "$(tail -n 101 disk/log | jq -s 'map(select(.type == "flow")) | length')" 100

# --- a file that the shell appends to: it ended in half a line of somebody, and is
# truncated later
printf '{"torn":' >appended
start_appending() {
	: >err
	"$CTAGG" -v -w 50ms "$@" 2>err >>appended &
	PID=$!
	wait_for ready
}
start_appending --no-align
three() { [ "$(wc -l <appended)" -ge 3 ]; }
wait_for three
equal "the torn line" "$(head -n 1 appended)" '{"torn":'
: >appended
wait_for test -s appended
finish
lines_parse appended

# --- another program leaves half a line there while ctagg runs, confined, in a file that only root
# can open
for options in "" "--user=$(getent passwd 65534 | cut -d: -f1)"; do
	[ -z "$options" ] || (chown 65534 err 2>/dev/null) || continue
	chmod 600 appended
	: >appended
	# shellcheck disable=SC2086 # options
	start_appending $options --no-align
	printf '{"torn":' >>appended
	glued() { grep -q '"torn":.*window' appended; }
	torn() { grep -q '"torn":$' appended || glued; }
	wait_for torn
	finish
	! glued || fail "glued to half a line, with '$options'"
done
