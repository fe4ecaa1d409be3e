#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What --check knows to be an error is said when ctagg starts, also by a service. Nothing waits
# for that, however long it takes.
. "$(dirname "$0")/lib.sh"

NOTHING='^ctagg: no rule in this network namespace uses connection tracking: .*: nft '
said() { grep -q "$1" "${2:-err}"; }
children() { pgrep -P "$PID"; }
has_looked() { [ -z "$(children)" ]; }
messages() { grep -vE '^ctagg: (ready|privileges|confined)' err; }
errors() { "$CTAGG" --check=json "$@" 2>/dev/null | jq -r 'select(.severity == "error") | "ctagg: \(.text): \(.command)"'; }
snapshot() { "$CTAGG" --snapshot 2>snapshot.err | jq -r 'select(.type == "window") | .status'; }
expect() {	# options: at start ctagg says the errors of --check, and nothing else
	errors "$@" >expected
	[ "$WANTED" = "$(wc -l <expected)" ] || fail "errors with $*: $(cat expected)"
	start -w 1h "$@"
	wait_for has_looked
	cmp -s expected <(messages) || fail "with $*: $(messages), expected: $(cat expected)"
	finish
}

# nothing is tracked, events are off, nobody logs
WANTED=1 expect
wait_for said "$NOTHING"
sysctl -qw net.netfilter.nf_conntrack_events=0
WANTED=2 expect
sysctl -qw net.netfilter.nf_conntrack_events=2
WANTED=1 expect --no-conntrack -g 5
WANTED=2 expect -g 5
# in another namespace
ip netns add other
WANTED=1 expect --netns=other
said ': ip netns exec other nft ' || fail "$(cat err)"
# what ctagg itself switches on is on
start -w 1h --enable=events,hooks
wait_for has_looked
messages && fail "it speaks of what it has switched on"
finish
# the last word is said, however short the run
for _ in 1 2 3; do
	"$CTAGG" -w 1ms -c 1 >/dev/null 2>err || fail "status $?"
	said "$NOTHING" || fail "nothing is said in a short run"
done
"$CTAGG" -q -w 1ms -c 1 >/dev/null 2>err || fail "status $?"
[ ! -s err ] || fail "-q is not quiet: $(cat err)"
# on a terminal no sentence comes twice
script -qec "$CTAGG -w 200ms -c 2 -o lines" typescript >/dev/null </dev/null
tr -d '\r' <typescript | grep '^ctagg: ' | sort >sentences
uniq -d sentences | grep . && fail "said twice"
said "$NOTHING" sentences || fail "$(cat typescript)"

# A snapshot says so in its record alone, since cron mails what is on stderr.
equal "a snapshot" "$(snapshot)" nodata
[ ! -s snapshot.err ] || fail "$(cat snapshot.err)"
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"
equal "a snapshot with a connection" "$(snapshot)" ok
start -w 1h
wait_for has_looked
messages && fail "it speaks of tracking although there is a connection"
finish
conntrack -F 2>/dev/null
track
equal "a snapshot where rules track" "$(snapshot)" ok
WANTED=0 expect

# While it looks, events are read and windows closed. Here it looks until the test ends, because
# nobody reads what it has to say.
nft flush ruleset
mkfifo full
exec 4<>full
dd if=/dev/zero of=full bs=4096 count=10000 oflag=nonblock 2>/dev/null
begin() {
	rm -f out
	"$CTAGG" -w 1h -g 5 --table=hash -o out 2>full &
	PID=$!
	wait_for looks
}
looks() { [ -n "$(children)" ]; }
begin
gen --keys 100 --live 100 --events 5000 --patient
kill -USR2 "$PID"
wait_for has_windows 1
looks || fail "it looks no longer"
child=$(children)
finish
equal "lost" "$(total lost_events)" 0
equal "starts" "$(total starts)" "$(did created)"
equal "ends" "$(total ends)" "$(did deleted)"

# However it ends, nothing of it stays.
gone() { ! kill -0 "$child" 2>/dev/null; }
gone || fail "SIGTERM has left a child"
begin
child=$(children)
kill -KILL "$PID"
{ wait "$PID"; } 2>/dev/null
wait_for gone
