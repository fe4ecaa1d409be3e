#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver as a service: how it is stopped, who may use a spool besides, what it holds.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"

make_spool spool

# Stopped by either signal: with nothing to do, in a wait of an hour, and in a transfer of an hour,
# of which every process is ended, also one that ignores SIGTERM.
echo 1 >status
echo 'echo $$ >pids; trap "" TERM; (trap "" TERM; sleep 3600) & echo $! >>pids; sleep 3600 & wait; wait' >stubborn
has_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
is_waiting() { grep -q 'files wait' err; }
for signal in TERM INT; do
	start_deliver --rebind --exec ./take
	finish $signal
	put_windows spool 1
	start_deliver --rebind --retry=1h,1h --exec ./take
	wait_for is_waiting
	finish $signal
	command rm -f pids
	start_deliver --rebind --exec sh stubborn
	wait_for has_lines pids 2
	finish $signal
	for pid in $(cat pids); do
		wait_for has_gone "$pid"
	done
	equal "left after SIG$signal" "$(ls spool/new)" "$(window_name 1)"
	command rm "spool/new/$(window_name 1)"
done
command rm status

# no capability is left, and none can be had again
start_deliver --rebind --exec ./take
for set in Inh Prm Eff Bnd Amb; do
	equal "capabilities, Cap$set" "$(sed -n "s/^Cap$set:\t0*\(.*\)/\1/p" "/proc/$PID/status")" ""
done
equal "no_new_privs" "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$PID/status")" 1
# nor does its command have one
# shellcheck disable=SC2016 # for the other shell
printf '#!/bin/sh\ngrep ^CapEff: /proc/self/status >capabilities\n' >capable
chmod +x capable

# one deliverer a spool; the second one says why
deliver 1 --once --exec ./take
grep -q 'spool: another program delivers it' err || fail "$(cat err)"
put_windows spool 2
wait_for is_empty spool/new
finish
equal "taken by the first" "$(cat taken)" "$(lines_of 2)"

# the lock is gone with its holder, however that ended
start_deliver --exec ./take
kill -KILL "$PID"
wait "$PID" 2>/dev/null
deliver 0 --once --exec ./take

# a spool is bound to its destination
put_windows spool 3
deliver 2 --once --exec ./take and more
grep -q 'spool is bound to: exec ./take, and this would be: exec ./take with arguments' err || fail "$(cat err)"
deliver 2 --once --exec ./capable
equal "left" "$(ls spool/new)" "$(window_name 3)"
deliver 0 --once --rebind --exec ./capable
equal "capabilities of the command" "$(tr -s '\t' ' ' <capabilities)" "CapEff: 0000000000000000"
equal "destination" "$(cat spool/destination)" "exec ./capable"
deliver 0 --once --exec ./capable
deliver 2 --once --exec ./take
# of the arguments, which can be secret, nothing is kept, but another one is another destination
put_windows spool 4
deliver 0 --once --rebind --exec true password
! grep -r password spool || fail "the argument is in the spool"
deliver 0 --once --exec true password
deliver 2 --once --exec true passwort

# a file is locked, shared, while it is sent: it can be sent from another spool, and is not removed
echo 'echo $$ >pids; while [ ! -e go ]; do sleep 0.05; done' >slow
command rm -f pids go
put_windows spool 5
start_deliver --rebind --exec sh slow
wait_for has_lines pids 1
file=spool/new/$(window_name 5)
flock --nonblock --exclusive "$file" true && fail "the file that is sent is not locked"
flock --nonblock --shared "$file" true || fail "the file that is sent is locked for others too"
touch go
wait_for is_empty spool/new
finish

# whoever holds a file makes the deliverer wait for it
put_windows spool 6 7
command rm -f taken taken.names attempts
exec 9<"spool/new/$(window_name 6)"
flock --exclusive 9
start_deliver --rebind --exec ./take 9<&-
switches() { sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$PID/status"; }
has_tried_on() { [ "$(switches)" -gt $((before + 30)) ]; }
before=$(switches)
wait_for has_tried_on
equal "attempts" "$(cat attempts 2>/dev/null)" ""
exec 9<&-
wait_for is_empty spool/new
finish
equal "taken" "$(cat taken.names)" "$(names_of 6 7)"

# what it needs
for missing in nowhere spool/new; do
	"$DELIVER" --spool=$missing --once --exec ./take 2>err
	equal "status without a spool in $missing" $? 1
	grep -q "^ctagg-deliver: $missing.*: No such file or directory; ctagg --spool makes a spool" err || fail "$(cat err)"
done
ln -s spool link
"$DELIVER" --spool=link --once --exec ./take 2>err
equal "status through a link" $? 1
equal "what it has made" "$(ls -d nowhere 2>/dev/null)" ""
