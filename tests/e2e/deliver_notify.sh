#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a service manager is told of ctagg-deliver: also while it waits for files, for a command and for
# a server that does not answer.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/notify-lib.sh"
. "$E2E/receiver-lib.sh"

make_spool spool
start_manager "$PWD/manager.socket"
export WATCHDOG_USEC=150000

# with nothing to do
start_deliver --exec ./take
wait_for heard 1 READY=1
beat 3
# what was delivered, what was not, and why; text of others is one line
put_windows spool 1 2
wait_for heard 1 "STATUS=2 files delivered, 0 given up\$"
echo 1 >status
put_windows spool 3
wait_for heard 1 "STATUS=2 files delivered, 0 given up; exit status 1\$"
# while files wait
beat 3
finish
wait_for heard 1 STOPPING=1
equal "states" "$(states)" READY=1,STOPPING=1,

# While a command runs, which has none of the variables: it would be taken for the service itself.
command rm status
echo 'env >environment; while [ ! -e go ]; do sleep 0.05; done' >slow
start_deliver --rebind --exec sh slow
wait_for test -e environment
beat 3
grep -E '^(NOTIFY|WATCHDOG)' environment && fail "a command has variables of the service manager"
touch go
wait_for is_empty spool/new
finish

# while a server does not answer
start_receiver server
answer server hang
put_windows spool 4
start_deliver --rebind --url="$URL/" --timeout=1h
wait_for test -s server/requests
beat 3
finish

# what is no service manager is said, and stops nothing
NOTIFY_SOCKET=/run/nowhere start_deliver --rebind --exec ./take
wait_for is_empty spool/new
finish
grep -q '^ctagg-deliver: the service manager cannot be told of this run: No such file' err || fail "$(cat err)"
end_manager
