#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --exec: every window arrives, once, whole and in the order of time; what is refused
# becomes a dead letter, and what fails is tried again.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"

# what is there, in the order of names, whatever the order in which it came
make_spool spool
put_windows spool 7 3 12 5 1 1439 600
echo strange >spool/new/notes.txt
deliver 0 --once --exec ./take
equal "names" "$(cat taken.names)" "$(names_of 1 3 5 7 12 600 1439)"
equal "lines" "$(cat taken)" "$(lines_of 1 3 5 7 12 600 1439)"
equal "what is left" "$(ls spool/new spool/tmp spool/dead)" "$(printf 'spool/dead:\n\nspool/new:\nnotes.txt\n\nspool/tmp:')"
equal "words of the strange file" "$(grep -c notes.txt err)" 1
equal "delivered" "$(cut -d' ' -f1 spool/delivered)" "$(window_name 1439)"
grep -qE '^[^ ]+ 20[0-9-]+T[0-9:]+\.[0-9]{6}Z$' spool/delivered || fail "delivered: $(cat spool/delivered)"
equal "destination" "$(cat spool/destination)" "exec ./take"
deliver 0 --once --exec ./take
equal "lines after a second run" "$(wc -l <taken)" 14
rm taken taken.names attempts spool/new/notes.txt

# a line a file with -v, no more words without
put_windows spool 1 2 3
deliver 0 -v --once --exec ./take
equal "lines of -v that name a window" "$(grep -c '^ctagg-deliver: 2026.*\.jsonl: taken: exit status 0$' err)" 3
put_windows spool 4
deliver 0 --once --exec ./take
equal "words without -v" "$(cat err)" ""

# refused: three attempts, then a dead letter that says why; the others are delivered
command rm -f taken taken.names attempts
echo 65 >status.2
put_windows spool 1 2 3
deliver 0 --once --retry=10ms --exec ./take
equal "attempts" "$(tr '\n' ' ' <attempts)" "1 2 2 2 3 "
equal "taken" "$(cat taken.names)" "$(names_of 1 3)"
equal "dead letters" "$(ls spool/dead)" "$(printf '%s\n%s.why' "$(window_name 2)" "$(window_name 2)")"
equal "lines of the dead letter" "$(cat "spool/dead/$(window_name 2)")" "$(lines_of 2)"
equal "why" "$(head -n 2 "spool/dead/$(window_name 2).why")" "$(printf 'attempts 3\nanswer exit status 65')"
grep -q "^ctagg-deliver: $(window_name 2): exit status 65, after 3 attempts; moved to dead/" err || fail "the dead letter is not said"
rm spool/dead/*

# with -v too, that a file is given up is said once: a line for each of the three attempts
put_windows spool 2
deliver 0 -v --once --retry=10ms --exec ./take
equal "lines of -v that name a refused window" "$(grep -c "^ctagg-deliver: $(window_name 2): " err)" 3
rm spool/dead/*
command rm status.2

# a dead letter that cannot be moved, as on a full disk, holds up no other file
command rm -f taken taken.names attempts
echo 65 >status.2
start_deliver --retry=10ms,20ms --exec ./take
chmod 0550 spool/dead
put_windows spool 1 2 3 4
wait_for has_lines taken.names 3
put_windows spool 5
wait_for has_lines taken.names 4
# the command has ended before its file goes
is_left() { [ "$(ls spool/new)" = "$(window_name "$1")" ]; }
wait_for is_left 2
equal "attempts" "$(tr '\n' ' ' <attempts)" "1 2 2 2 3 4 5 "
equal "words of the dead letter" "$(grep -c 'cannot be moved to dead/: Permission denied; it stays' err)" 1
chmod 2770 spool/dead
wait_for is_empty spool/new
finish
equal "attempts in all" "$(head -n 1 spool/dead/*.why)" "attempts 3"
rm spool/dead/*
command rm -f status.2 taken taken.names attempts

# a file that cannot be read holds up no other, and is sent when it can be read
put_windows spool 1 2
chmod 0 "spool/new/$(window_name 1)"
start_deliver --retry=10ms,20ms --exec ./take
wait_for has_lines taken.names 1
put_windows spool 3
wait_for has_lines taken.names 2
equal "sent meanwhile" "$(cat taken.names)" "$(names_of 2 3)"
wait_for is_left 1
equal "words of the file" "$(grep -c "$(window_name 1): cannot be read: Permission denied; it stays" err)" 1
chmod 0640 "spool/new/$(window_name 1)"
wait_for is_empty spool/new
finish
equal "sent in the end" "$(cat taken.names)" "$(names_of 2 3 1)"
grep -q "$(window_name 1): can be read again" err || fail "the end is not said"
rm taken.names taken attempts

# a temporary failure ends --once; everything is still there
echo 1 >status.5
command rm -f taken taken.names attempts
put_windows spool 4 5 6
deliver 1 --once --retry=10ms --exec ./take
equal "attempts" "$(tr '\n' ' ' <attempts)" "4 5 "
equal "left" "$(ls spool/new)" "$(names_of 5 6)"
equal "what delivered says of it" "$(sed -nE '2s/ 20[^ ]*Z / /p' spool/delivered)" "error exit status 1"
command rm status.5
deliver 0 --once --exec ./take
equal "lines" "$(cat taken)" "$(lines_of 4 5 6)"
equal "delivered has no error" "$(grep -c error spool/delivered)" 0

# as a service: it goes on until everything has arrived in order, and takes what comes meanwhile
command rm -f taken taken.names attempts
echo 75 >status
start_deliver --retry=10ms,20ms --exec ./take
put_windows spool 1 2 3
wait_for has_lines attempts 10
equal "what is tried meanwhile" "$(sort -u attempts)" 1
equal "words of the failure" "$(grep -c 'exit status 75; files wait' err)" 1
put_windows spool 4
command rm status
wait_for is_empty spool/new
put_windows spool 5
wait_for is_empty spool/new
finish
equal "lines" "$(cat taken)" "$(lines_of 1 2 3 4 5)"
equal "words of the end of the failure" "$(grep -c 'delivery goes on' err)" 1

# a command that cannot be run, and one that is killed, are tried again
put_windows spool 1
deliver 1 --rebind --once --exec ./nothing
grep -q './nothing cannot be run: No such file or directory' err || fail "$(cat err)"
# shellcheck disable=SC2016 # for the other shell
deliver 1 --rebind --once --exec sh -c 'kill -KILL $$'
grep -q 'ended by signal 9' err || fail "$(cat err)"
# a command fails also where whoever starts the program ignores that its processes end
echo 1 >status
python3 - "$DELIVER" 2>err <<-'P'
	import os, signal, sys
	signal.signal(signal.SIGCHLD, signal.SIG_IGN)
	os.execv(sys.argv[1], [sys.argv[1], '--spool=spool', '--rebind', '--once', '--exec', './take'])
P
equal "left" "$(ls spool/new)" "$(window_name 1)"
grep -q 'exit status 1;' err || fail "$(cat err)"
command rm status
# its environment has the name once, also when it had one before
CTAGG_NAME=other deliver 0 --rebind --once --exec sh -c 'cat /proc/self/environ | tr "\0" "\n" | grep ^CTAGG_NAME= >environment'
equal "environment" "$(cat environment)" "CTAGG_NAME=$(window_name 1)"

# what has the name of a window and is no file is set aside, and nothing is read through a link
echo secret >secret
ln -s ../../secret "spool/new/$(window_name 1)"
mkfifo "spool/new/$(window_name 2)"
put_windows spool 3
command rm -f taken taken.names
deliver 0 --rebind --once --retry=10ms --exec ./take
equal "taken" "$(cat taken)" "$(lines_of 3)"
equal "dead" "$(find spool/dead ! -name '*.why' ! -name dead -printf '%f\n' | sort)" "$(names_of 1 2)"

# a bar on a terminal, and only there
put_windows spool 1 2 3
script -q -e -c "'$DELIVER' --spool=spool --rebind --once --exec true" terminal </dev/null >/dev/null
grep -q '\] 3 of 3 files, 100 %' terminal || fail "no bar: $(cat terminal)"
put_windows spool 1 2 3
deliver 0 --once --exec true
equal "words off a terminal" "$(cat err)" ""

# 50,000 waiting files take no more memory than a few
most() {	# the memory that a run needs to find the oldest file, KiB
	python3 - "$DELIVER" <<-'P'
		import os, subprocess, sys
		p = subprocess.Popen([sys.argv[1], '--spool=spool', '-q', '--rebind', '--once', '--exec', 'false'])
		print(os.wait4(p.pid, 0)[2].ru_maxrss)
	P
}
put_windows spool 1
few=$(most)
python3 - <<-'P'
	for n in range(50000):
	    open("spool/new/20261122T%02d%02d%02d.000Z-60s-gw1-k3v9x2ma-%010d.jsonl" % (n // 3600, n // 60 % 60, n % 60, n), "w")
P
many=$(most)
[ "$many" -lt $((few + 1024)) ] || fail "$many KiB with 50,000 files, $few KiB with one"
