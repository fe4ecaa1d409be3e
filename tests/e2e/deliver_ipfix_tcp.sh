#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --ipfix=tcp: over a connection, which is made anew when the collector was started anew;
# a file is taken when the other host has received all of it.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/ipfix-lib.sh"
PORT=19998
TO=tcp:127.0.0.1:$PORT

collect() {
	"$E2E/ipfix.py" tcp $PORT "$1" &
	collector=$!
	wait_for test -e "$1.ready"
}

make_events 1000 >events
spool_events spool
cp -r spool/new lines
cat lines/* >all
expected all >wanted

# nobody listens, and files wait
start_deliver --retry=10ms,50ms --ipfix="$TO"
wait_for grep -q 'Connection refused' err
collect first
wait_for is_empty spool/new
arrived first.0 >got
cmp -s got wanted || fail "records: $(diff got wanted | head -n 4)"
# the connection stays for the next files
put_lines
wait_for is_empty spool/new
arrived first.0 >got
LC_ALL=C sort wanted wanted | cmp -s - got || fail "not each record twice"
test -e first.1 && fail "a second connection"
# A collector that was started anew knows no templates: they come first, with sequence number 0.
kill $collector
wait $collector 2>/dev/null
collect second
put_lines
wait_for is_empty spool/new
arrived second.0 >got
cmp -s got wanted || fail "records of the second: $(diff got wanted | head -n 4)"
finish

# A collector that reads nothing: the kernel takes all bytes, the file is not taken, and the deliverer ends within a second.
kill $collector
wait $collector 2>/dev/null
python3 -c '
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.bind(("127.0.0.1", 19999))
s.listen()
open("deaf", "w").close()
c = s.accept()[0]
open("connected", "w").close()
time.sleep(1000)' &
wait_for test -e deaf
head -n 100 all >"spool/new/$(window_name 1)"
start_deliver --rebind --ipfix=tcp:127.0.0.1:19999
wait_for test -e connected
has_unreceived() { [ "$(ss -Htn "dport = :19999" | awk '{ print $3 }')" -gt 0 ]; }
wait_for has_unreceived
finish
equal "what is left" "$(ls spool/new)" "$(window_name 1)"
