#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg is killed (SIGKILL) a hundred times at random moments, under load: with -o, --spool, --metrics, --interim and
# --enable=acct, and while it compares snapshots. Every line is whole after the next start, no window is there twice, the state
# file is the old one or the new one, and nothing is left behind. KILLS and SEED as in spool_kill.sh, which holds the sums of
# what is delivered.
. "$(dirname "$0")/lib.sh"
KILLS=${KILLS:-100} SEED=${SEED:-$RANDOM}
RANDOM=$SEED
echo "seed $SEED"
sysctl -qw net.netfilter.nf_conntrack_acct=0
set -- -w 10ms -o out --spool=spool --metrics=metrics --interim --enable=acct --host=gw1 --table=hash

"$TOOLS/ctgen" --keys 50 --live 100 --rate 5000 --duration 3600 >/dev/null &
LOAD=$!
: >err
for ((i = 0; i < KILLS; i++)); do
	"$CTAGG" -q "$@" 2>>err &
	PID=$!
	sleep "0.$(printf %03d $((RANDOM % 150)))"
	kill -KILL "$PID" || fail "it had ended before it was killed"
	wait "$PID" 2>/dev/null
done
# The next start closes a torn line; its end puts back what the killed ones have left on.
start "$@"
wait_for grep -q '^{"type":"window"' out
finish
kill "$LOAD"
wait "$LOAD" 2>/dev/null
equal "nf_conntrack_acct" "$(sysctl -n net.netfilter.nf_conntrack_acct)" 0
torn=$(jq -R 'try (fromjson | empty) catch 1' out | wc -l)
[ "$torn" -le "$KILLS" ] || fail "$torn torn lines"
jq -c -R 'try fromjson catch empty' out >whole
jq -s -e 'map(.id) | length == (unique | length)' whole >/dev/null || fail "two lines have one id"
# Of each window whose last line is there, all lines are there.
jq -s -e '[group_by([.run, .window_start])[] | map(select(.type == "window")) as $w | select($w | length > 0)
	| $w[0].records == length - 1] | all' whole >/dev/null || fail "a window is not whole"
runs=$(jq -s '[.[] | select(.type == "window").run] | unique | length' whole)
[ "$runs" -gt $((KILLS / 10)) ] || fail "only $runs of the killed ones had written a window"
echo "$runs of $KILLS had written a window, $torn torn lines"
equal "left in the spool" "$(find spool/tmp -type f ! -name '*.torn' | wc -l)" 0
for file in spool/new/*; do
	tail -n 1 "$file" | grep -q '^{"type":"window".*}$' || fail "$file is not whole"
done
# But for what a killed one was about to put in place of the metrics: the next process of its number removes that.
equal "left behind" "$(find . -mindepth 1 -maxdepth 1 | grep -vxE '\./(out|spool|metrics(\.[0-9]+\.new)?|whole|err|verdict)')" ""
command rm -f out	# a torn line is no record

# --- the state file
gen --keys 200 --events 200 --live 200 --hold
"$CTAGG" --snapshot --state=state -o snapshots || fail "the first snapshot"
same() { jq -c 'select(.type == "window") | [.appeared, .vanished, .changed, .unchanged]' "$1"; }
for ((i = 0; i < KILLS; i++)); do
	"$CTAGG" -q --snapshot --state=state -o killed 2>>err &
	PID=$!
	sleep "0.0$(printf %03d $((RANDOM % 400)))"
	kill -KILL "$PID" 2>/dev/null
	wait "$PID" 2>/dev/null
done
command rm -f last killed
"$CTAGG" --snapshot --state=state -o last 2>err || fail "the last snapshot"
equal "what the last snapshot has said" "$(cat err)" ""
equal "flows that are as they were" "$(same last)" "[0,0,0,true]"
equal "beside the state file" "$(find . -name '*state*' ! -name 'state.*.new')" "./state"
