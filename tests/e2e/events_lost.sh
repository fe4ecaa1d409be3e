#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --events and a reader that stops: reading stops, too, the kernel counts what it has no room for,
# and lines and losses are together what the generator made and what nft counted.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"

# Start with these options; the reader of its standard output writes to `out`.
mkfifo pipe
start_read() {
	cat <pipe >>out &
	reader=$!
	exec 7>pipe
	: >err
	"$CTAGG" -v --events "$@" >&7 2>err &
	PID=$!
	exec 7>&-
	wait_for ready
}
statistics() { grep -c 'statistics:' err; }
statistic() {	# name
	local before
	before=$(statistics)
	kill -USR1 "$PID"
	more() { [ "$(statistics)" -gt "$before" ]; }
	wait_for more
	sed -n "s/.*statistics.*$1 \([0-9]*\).*/\1/p" err | tail -n 1
}
sum() { jq -s "map($1) | add // 0" out; }
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$PID/stat"; }

track
start_read --buffer-size 512K
gen --keys 100 --events 1000 --patient
cp gen.json truth
kill -STOP "$reader"
before=$(awk '/^VmRSS/ { print $2 }' "/proc/$PID/status")
# Until the buffer for lines is full and so is the kernel's.
load() {
	gen --keys 1000 --events 10000
	cat gen.json >>truth
}
full() {
	load
	read=$(statistic 'events read')
	[ "$(statistic 'lost events')" -gt 1000 ] || return
	load
	[ "$(statistic 'events read')" = "$read" ]
}
wait_for full
load
equal "what is read while the reader stops" "$(statistic 'events read')" "$read"
after=$(awk '/^VmRSS/ { print $2 }' "/proc/$PID/status")
[ "$after" -lt $((before + 8192)) ] || fail "memory grew from $before to $after KiB"
# The descriptor is readable all the time.
ticks=$(cpu_ticks)
sleep 2
ticks=$(($(cpu_ticks) - ticks))
[ "$ticks" -lt $(($(getconf CLK_TCK) / 5)) ] || fail "$ticks ticks of processor time in two seconds of waiting"
kill -CONT "$reader"
gen --keys 10 --events 100 --patient
cat gen.json >>truth
# What the kernel holds at a stop becomes lines, however slow the reader is.
kill -STOP "$reader"
gen --keys 1000 --events 5000
cat gen.json >>truth
kill "$PID"
kill -CONT "$reader"
finish CONT
wait "$reader"
made=$(jq -s 'map(.created + .deleted) | add' truth)
equal "lines and losses" "$(sum 'if .type == "event" then 1 else .lost_events end')" "$made"
[ "$(sum 'select(.type == "loss") | .lost_events')" -gt 1000 ] || fail "nothing was lost: this test shows nothing"
equal "lines out of their second" "$(jq -s '[.[].time[:19]] as $t | $t == ($t | sort)' out)" true
LC_ALL=C grep -q '[^ -~]' out && fail "a byte outside 0x20 to 0x7e"

"$CTAGG" --read=out -w 1h -o read_back || fail "--read"
equal "read back" "$(($(total starts read_back) + $(total ends read_back) + $(total lost_events read_back)))" "$made"
equal "status of what was read back" "$(jq -r 'select(.type == "window") | .status' read_back)" partial

# --- a file on a full disk: nothing is written twice or cut, and it goes on by itself
rm out
mkdir small
mount -t tmpfs -o size=300k tmpfs small
start --events --buffer-size 512K -o small/file
filled() {
	gen --keys 1000 --events 10000
	cat gen.json >>all
	grep -q 'cannot write to small/file: No space' err
}
: >all
wait_for filled
mount -o remount,size=200m small
written_again() { grep -q 'writing to small/file again' err; }
wait_for written_again
finish
equal "lines and losses of a file" "$(jq -s 'map(if .type == "event" then 1 else .lost_events end) | add' small/file)" \
	"$(jq -s 'map(.created + .deleted) | add' all)"

# --- drops: how many were lost is null until a later packet shows it
drop_udp five
nft add chain inet filter output '{ type filter hook output priority 0; }'
nft add rule inet filter output udp dport 5000 counter name dropped log prefix '"five"' group 5 drop
ip route add 198.51.100.0/24 dev lo
send() { "$TOOLS/packets" --count "$1" --to 198.51.100.9 --port 5000 >/dev/null; }
none_kept_back() { awk '{ n += $3 } END { exit n > 0 }' /proc/net/netfilter/nfnetlink_log; }
command rm -f out
start --events --no-conntrack -g 5 --buffer-size 4096
kill -STOP "$PID"
send 3008
wait_for none_kept_back
kill -CONT "$PID"
says() { [ "$(sum "select(.type == \"loss\" and (.lost_drops | $1)) | 1")" -ge 1 ]; }
wait_for says '. == null'
known() { send 1; says '. != null and . > 0'; }
wait_for known
finish
equal "drops and lost drops" "$(sum 'if .type == "event" then 1 else .lost_drops // 0 end')" "$(counted inet filter dropped)"
equal "lost events" "$(sum '.lost_events // 0')" 0
