#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The clock is set back: packets that the kernel has held until then have times in the
# future, and are counted at once all the same. (The kernel's clock stays as it is, so
# after the step all packets have times in the future.) The oracle is nft's counter.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"
[ -f "$TOOLS/set_clock.so" ] || fail "no set_clock.so"
export CTAGG_TEST_CLOCK=/run/work/ahead ASAN_OPTIONS="verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

host a 1
drop_udp clock
windows() { jq -c 'select(.type == "window")' out; }
closed() { [ "$(windows | wc -l)" -ge "$1" ]; }
all_read() { kill -USR1 "$PID"; grep -q "logged packets $(counted inet filter dropped)," err; }
# In one write(2), and into the same file, which the program has open.
set_clock() { printf '%-20s\n' "$1" 1<>ahead; }
set_clock 0

: >err
LD_PRELOAD="$TOOLS/set_clock.so" "$CTAGG" -v -w 3600 -g 5 --no-conntrack >out 2>err &
PID=$!
wait_for ready
send_from_a 2 5000
wait_for all_read
set_clock -7200000
wait_for closed 1
for n in 3 10; do
	send_from_a $n 5000
	wait_for all_read
done
kill -USR2 "$PID"
wait_for closed 2
finish
check_output
equal "drops by window" "$(windows | jq -s -c 'map([.closed_by, .drops])')" \
	'[["clock",2],["signal",13],["stop",0]]'

# --- the names of devices: after the clock was set back, packets come at times at which, by the
# clock as it was, the device had another name
rm -f out
set_clock 7200000
before=$(counted inet filter dropped)
: >err
LD_PRELOAD="$TOOLS/set_clock.so" "$CTAGG" -v -w 3600 -k iif -g 5 --no-conntrack >out 2>err &
PID=$!
wait_for ready
ip link set to-a down
ip link set to-a name renamed
ip link set renamed up
all_read() { kill -USR1 "$PID"; grep -q "logged packets $(($(counted inet filter dropped) - before))," err; }
# a packet that is read has the change of the name read before it; by the clock, which is ahead, the packet came
# before the change
send_from_a 1 5000
wait_for all_read
set_clock 0
wait_for closed 1
send_from_a 4 5000
wait_for all_read
finish
check_output
equal "the device's names" "$(jq -s -c 'map(select(.type == "flow") | [.iif, .drops])' out)" '[["to-a",1],["renamed",4]]'
