#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals in every state. A thousand SIGHUPs, one after the other and among other signals, while windows of 50 ms are written
# under load: nothing is missing, and no descriptor is left open. Signals at any moment of the start, and while it ends: it
# ends, and what --enable switched on is as before.
. "$(dirname "$0")/lib.sh"
HUPS=${HUPS:-1000} STARTS=${STARTS:-10}
acct() { sysctl -n net.netfilter.nf_conntrack_acct; }
descriptors() { find "/proc/$PID/fd" -mindepth 1 | wc -l; }
sysctl -qw net.netfilter.nf_conntrack_acct=0

start -w 50ms --spool=spool -o out --metrics=metrics
wait_for has_windows 2
before=$(descriptors)
"$TOOLS/ctgen" --keys 50 --live 500 --rate 40000 --patient --duration 3600 >gen.out &
LOAD=$!
for ((i = 0; i < HUPS; i++)); do
	kill -HUP "$PID" || fail "ended by SIGHUP $i"
	case $((i % 25)) in
	5) kill -USR1 "$PID" ;;
	10) kill -USR2 "$PID" ;;
	15) mv out out.$i ;;
	20) sleep 0.05 ;;
	esac
done
kill -INT "$LOAD"
wait "$LOAD"
close_window
few_descriptors() { [ "$(descriptors)" -le "$before" ]; }
wait_for few_descriptors
finish
mapfile -t files < <(ls -v out.* 2>/dev/null)
cat "${files[@]}" out >all
check_output all
made=$(tail -n 1 gen.out | jq '.created + .deleted')
counted=$(($(total starts all) + $(total ends all) + $(total lost_events all)))
equal "starts, ends and lost" "$counted" "$made"
cat spool/new/* | LC_ALL=C sort >spooled
LC_ALL=C sort all | cmp - spooled || fail "the spool has other lines"

# --- at any moment of the start, from the first instruction on: before signals are handled they end the process
is_program() { [ "$(cat "/proc/$PID/comm")" != bash ]; }
mkfifo never
exec 6<>never
began=${EPOCHREALTIME/./}
start --enable=acct -o started
ready_us=$((${EPOCHREALTIME/./} - began))
finish
early=0
for ((i = 0; i < STARTS; i++)); do
	for signal in INT TERM HUP USR1 USR2; do
		: >err
		"$CTAGG" --table=hash -w 1h -o started --enable=acct 2>err &
		PID=$!
		# from when it is not the shell any more to when it was ready; sleep(1) takes a while to begin
		delay_us=$((i * ready_us / STARTS + RANDOM % 2000))
		until is_program; do :; done
		[ $i = 0 ] || IFS= read -rt "$(printf '%d.%06d' $((delay_us / 1000000)) $((delay_us % 1000000)))" -u 6
		ends=1
		case $signal in INT | TERM) ends=2 ;; esac
		[ $((i % 2)) = 0 ] || ends=$((ends + 1))
		kill -$signal "$PID" 2>/dev/null
		kill -TERM "$PID" 2>/dev/null
		[ $((i % 2)) = 0 ] || kill -TERM "$PID" 2>/dev/null
		wait "$PID"
		status=$?
		case $status in
		0) ;;
		1) [ $ends -gt 1 ] || fail "SIG$signal at the start, and one SIGTERM: status 1" ;;
		129 | 13[08] | 140 | 143) early=$((early + 1)) ;;
		*) fail "SIG$signal at the start: status $status" ;;
		esac
	done
done
# A run that was ended before it handled signals had not switched anything on; or the next one puts it back.
start --enable=acct -o started
finish
equal "nf_conntrack_acct" "$(acct)" 0
[ ! -s started ] || jq -e -R fromjson started >/dev/null || fail "a torn line"
echo "$early of $((5 * STARTS)) ended before signals were handled"

# --- SIGTERM twice, while the reader of the pipe does not read: the last window cannot be written
mkfifo pipe
exec 5<>pipe
"$CTAGG" -v --table=hash -w 1h --enable=acct >pipe 2>err &
PID=$!
wait_for ready
gen --keys 3000 --events 6000 --live 3000 --patient
kill -TERM "$PID"
ends_at_once() { kill -TERM "$PID" 2>/dev/null; ! kill -0 "$PID" 2>/dev/null || grep -q '^State:.Z' "/proc/$PID/status"; }
wait_for ends_at_once
wait "$PID"
exec 5>&- 6>&-
equal "nf_conntrack_acct after SIGTERM twice" "$(acct)" 0
command rm -f pipe never started
