#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every line is whole: in files, on full disks, in pipes that close, after signals that
# kill.
. "$(dirname "$0")/lib.sh"
lines_parse() { jq -e . "$1" >/dev/null 2>&1 || fail "$1 has a broken line"; }

# A file is appended to, has mode 0640 and is never opened through a link; a torn last
# line gets its newline.
umask 022
start -w 100ms -c 2 -o file
wait "$PID"
equal "mode" "$(stat -c %a file)" 640
printf '{"torn":' >>file
start -w 100ms -c 2 -o file
wait "$PID"
equal "lines" "$(wc -l <file)" 5
equal "the torn line" "$(sed -n 3p file)" '{"torn":'
sed -i 3d file
lines_parse file
ln -s file link
"$CTAGG" -o link 2>err
equal "status for a symbolic link" $? 2
"$CTAGG" -o /run/work 2>err
equal "status for a directory" $? 2
equal "lines about it" "$(wc -l <err)" 1
grep -q /run/work err || fail "the message does not name it"

# The file is moved away, then SIGHUP: both files together hold everything.
start -w 50ms -o log
gen --keys 50 --duration 1
mv log old
kill -HUP "$PID"
wait_for test -s log
gen --keys 50 --events 1000
finish
lines_parse old
lines_parse log
cat old log >both
check_output both

# /dev/full: the error is said once and counted, and the exit status is 1.
start -w 50ms -o /dev/full
wait_for grep -q 'cannot write' err
gen --keys 50 --events 1000
kill -USR1 "$PID"
wait_for grep -q 'write errors [1-9]' err
kill "$PID"
wait "$PID"
equal "status with a full disk" $? 1
equal "times it was said" "$(grep -c 'cannot write .*; trying again' err)" 1
grep -q 'were not written' err || fail "it does not say what is missing"

# A disk that is full for a while: all lines are whole, and nothing is missing.
mkdir disk
mount -t tmpfs -o size=256k tmpfs disk
head -c 128k /dev/zero >disk/filler
start -w 50ms -o disk/log
gen --keys 1000 --events 4000
cp gen.json truth
wait_for grep -q 'cannot write' err
gen --keys 1000 --events 4000
cat gen.json >>truth
mount -o remount,size=64m disk
wait_for grep -q 'writing to disk/log again' err
finish
check_output disk/log
equal starts "$(total starts disk/log)" "$(jq -s 'map(.created) | add' truth)"

# The reader leaves: no message, status 0; also while there is nothing to write.
"$CTAGG" -q -w 50ms 2>err | head -n 1 >first
equal "status behind head" "${PIPESTATUS[0]}" 0
equal "messages" "$(cat err)" ""
lines_parse first
: >err
mkfifo gone
(exec 3<gone; wait_for grep -q ready err) &
"$CTAGG" -v -w 3600 >gone 2>err
equal "status after the reader left" $? 0

# An inherited descriptor belongs to others too: O_NONBLOCK is not set on it.
{
	flags() { awk '/^flags/ { print $2 }' "/proc/$BASHPID/fdinfo/1"; }
	was=$(flags)
	"$CTAGG" -w 50ms -c 2 2>/dev/null
	is=$(flags)
	[ "$was" = "$is" ] || echo "changed"
} | tail -n 1 >rest
lines_parse rest
"$CTAGG" -w 50ms -c 1 2>err >&-
equal "status without a standard output" $? 1

# Killed at any time, ctagg leaves at most the last line torn.
for ((i = 0; i < 20; i++)); do
	start -w 5ms -o killed
	"$TOOLS/ctgen" --keys 2000 --duration 0.05 >/dev/null
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
done
bad=$(jq -R 'fromjson? // "torn"' killed | grep -c '^"torn"$')
[ "$bad" -le 20 ] || fail "$bad broken lines after 20 kills"
