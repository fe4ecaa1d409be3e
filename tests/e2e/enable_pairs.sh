#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --enable when several ctaggs run: whatever they enable, and however and whenever they
# end, the last one leaves the sysctls as they were, and no file.
. "$(dirname "$0")/lib.sh"

ROUNDS=200
BEFORE=002
RANDOM=${SEED:=$((16#$(od -An -N2 -tx2 /dev/urandom | tr -d ' ')))}
echo "SEED=$SEED"

state() {
	local name
	for name in acct timestamp events; do
		printf %s "$(<"/proc/sys/net/netfilter/nf_conntrack_$name")"
	done
}
files() { ls -A /run/ctagg 2>/dev/null; }

# Choose at random what to enable, at least one of three: WORDS.
choose_words() {
	local all=(acct timestamp events) word
	WORDS=
	for word in "${all[@]}"; do
		((RANDOM % 2)) && WORDS+=${WORDS:+,}$word
	done
	WORDS=${WORDS:-${all[RANDOM % 3]}}
}

# A shell starts background processes with INT and QUIT ignored; ctagg takes them as soon
# as it blocks them.
takes_signals() {
	[ ! -d "/proc/$1" ] || { [ "/proc/$1/exe" -ef "$CTAGG" ] &&
		grep -q '^SigBlk:.*[2367abef]$' "/proc/$1/status" 2>/dev/null; }
}

# Run one ctagg that enables $2 for 0 to 30 ms and end it, by KILL too if $1 is 1. The time
# is random on purpose: the test is about ends at any moment.
one() {
	local signals=(TERM INT QUIT "TERM TERM" "TERM INT" KILL) signal pid
	"$CTAGG" --table=hash --enable="$2" -w 3600 >/dev/null 2>"said.$BASHPID" &
	pid=$!
	sleep "0.0$((RANDOM % 4))"
	for signal in ${signals[RANDOM % (5 + $1)]}; do
		case $signal in
		INT | QUIT) wait_for takes_signals "$pid" ;;
		esac
		kill -"$signal" "$pid" 2>/dev/null
	done
	wait "$pid" 2>/dev/null
	[ ! -s "said.$BASHPID" ] || cat "said.$BASHPID" >>err
	rm -f "said.$BASHPID"
}

# Run $1 ctaggs that enable all three, and end all by one command.
together() {
	local pids=() pid i
	for ((i = 0; i < $1; i++)); do
		"$CTAGG" --table=hash --enable=acct,timestamp,events -w 3600 >/dev/null 2>>err &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait_for takes_signals "$pid"
	done
	kill -TERM "${pids[@]}"
}

echo 0 >/proc/sys/net/netfilter/nf_conntrack_acct || exit 77
echo 0 >/proc/sys/net/netfilter/nf_conntrack_timestamp
echo 2 >/proc/sys/net/netfilter/nf_conntrack_events
for ((round = 0; round < ROUNDS; round++)); do
	kills=$((round % 2))
	: >err
	n=$((2 + round % 3))
	if ((round % 4 == 0)); then
		together $n
		n=0
	fi
	for ((i = 0; i < n; i++)); do
		choose_words
		seed=$RANDOM
		{
			RANDOM=$seed
			one "$kills" "$WORDS"
		} &
	done
	wait
	# The last one may have been killed: the next one puts all back, whatever it enables.
	if [ "$kills" = 1 ]; then
		choose_words
		"$CTAGG" --table=hash --enable="$WORDS" -w 1ms -c 1 >/dev/null 2>>err || fail "round $round: a clean run"
	fi
	grep -v 'uses connection tracking: there are no connections' err && fail "round $round: a message"
	equal "sysctls after round $round" "$(state)" $BEFORE
	equal "files after round $round" "$(files)" ""
done
