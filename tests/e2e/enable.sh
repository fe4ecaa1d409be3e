#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --enable: switched on for the run and put back at exit, however ctagg ends. A sysctl that
# somebody else has changed meanwhile, or that another ctagg wants, is left alone.
. "$(dirname "$0")/lib.sh"

get() { cat "/proc/sys/net/netfilter/nf_conntrack_$1"; }
set_to() { sysctl -qw "net.netfilter.nf_conntrack_$1=$2" || fail "sysctl $1"; }
state() { echo "$(get acct)$(get timestamp)$(get events)"; }
tables() { nft list tables; }

set_to acct 0
set_to timestamp 0
set_to events 2
start --enable=acct,timestamp,events,hooks -w 3600
equal "switched on" "$(state)" 111
tables | grep -q ctagg || fail "no table"
# connections are tracked now, and counted with bytes and times
serve "" 7100
echo hello | ncat 127.0.0.1 7100 >/dev/null || fail "no exchange"
conntrack -D -p tcp >/dev/null 2>&1
finish
equal "starts" "$(total starts)" 1
[ "$(total orig_bytes)" -gt 0 ] || fail "no bytes"
[ -n "$(jq 'select(.duration_ms_sum)' out)" ] || fail "no times"
equal "put back" "$(state)" 002
equal "no table is left" "$(tables)" ""
equal "no file is left" "$(ls /run/ctagg 2>/dev/null)" ""

# What somebody else has changed meanwhile stays.
start --enable=acct,timestamp
set_to acct 0
set_to timestamp 0
set_to timestamp 1
finish
equal "what somebody else did" "$(get acct)" 0

# Of two that want the same the last one puts it back.
set_to timestamp 0
start --enable=acct
first=$PID
start --enable=acct
second=$PID
PID=$first
finish
equal "the other still wants it" "$(get acct)" 1
PID=$second
finish
equal "the last one puts it back" "$(get acct)" 0

# What was on before stays on.
set_to acct 1
start --enable=acct
finish
equal "was on before" "$(get acct)" 1
set_to acct 0

# When ctagg is killed the kernel removes the table of rules; --check tells of the sysctl.
start --enable=acct,hooks
kill -KILL "$PID"
wait "$PID" 2>/dev/null
no_table() { [ -z "$(tables)" ]; }
wait_for no_table
equal "left on" "$(get acct)" 1
"$CTAGG" --check=json >left 2>/dev/null
equal "told" "$(jq -r 'select(.cause == "left_enabled") | .text' left)" "a ctagg that was killed has left nf_conntrack_acct switched on"
eval "$(jq -r 'select(.cause == "left_enabled") | .command' left)" >/dev/null
equal "mended" "$(get acct)" 0
"$CTAGG" --check=json 2>/dev/null | grep -q left_enabled && fail "still told"

# Or the next run puts the sysctl back.
start --enable=acct
kill -KILL "$PID"
wait "$PID" 2>/dev/null
start --enable=acct
finish
equal "by the next run" "$(get acct)" 0

# without privilege nothing is switched on, and one line says so
(exec setpriv --reuid 65534 --clear-groups --inh-caps -all --bounding-set -all "$CTAGG" --enable=acct) >out 2>err
equal "status" $? 1
equal "lines" "$(wc -l <err)" 1
grep -q 'nf_conntrack_acct' err || fail "$(cat err)"
equal "nothing switched on" "$(get acct)" 0
