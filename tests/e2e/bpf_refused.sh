#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A filter that the kernel refuses: without -v one line says so, with -v the last lines of the
# verifier say why. The program is ctagg with a filter that is broken (tests/table/bpf/broken.bpf.c).
. "$(dirname "$0")/bpf-lib.sh"
BROKEN=$TOOLS/ctagg_broken
why="this kernel refuses it; -v shows the last lines of its verifier"

"$BROKEN" --table=bpf -w 100ms -c 1 >out 2>err
equal "status of --table=bpf" $? 1
equal "messages without -v" "$(cat err)" "ctagg: no kernel table: Permission denied: $why"
[ ! -s out ] || fail "--table=bpf writes records without a table"

"$BROKEN" --table=bpf -v -w 100ms -c 1 >out 2>err
equal "status with -v" $? 1
equal "first message" "$(head -n 1 err)" "ctagg: no kernel table: Permission denied: $why"
equal "lines of others" "$(tail -n +2 err | grep -v '^ctagg: verifier: ')" ""
lines=$(grep -c '^ctagg: verifier: ' err)
[ "$lines" -ge 2 ] && [ "$lines" -le 8 ] || fail "$lines lines of the verifier"
grep -q "^ctagg: verifier: .*invalid mem access 'map_value_or_null'" err || fail "the reason is not said"

# The oracle is bpftool, which loads the same object and prints the whole log.
object=$TOOLS/../table/bpf/broken.bpf.o
if mount -t bpf bpf /sys/fs/bpf 2>/dev/null && bpftool=$(PATH=$PATH:/usr/sbin type -p bpftool); then
	"$bpftool" prog load "$object" /sys/fs/bpf/broken type socket 2>log
	last=$(sed -n '/BEGIN PROG LOAD LOG/,/END PROG LOAD LOG/p' log | grep 'invalid mem access')
	[ -n "$last" ] || fail "bpftool does not say why: $(tail -n 5 log)"
	grep -qF "$last" err || fail "bpftool says: $last"
fi

# --table=auto counts in memory, and is right.
CTAGG=$BROKEN TABLE=auto
start -w 1h
grep -q "^ctagg: no kernel table, counting in memory: Permission denied: $why$" err || fail "not said"
grep -q '^ctagg: verifier: ' err || fail "the verifier is not quoted"
gen --keys 100 --events 1000
finish
equal starts "$(total starts)" "$(did created)"
equal engine "$(jq -r 'select(.type == "window").engine' out)" hash

# Without CAP_BPF the cause is said, and nothing of a verifier: it is not asked.
CTAGG=$(dirname "$TOOLS")/../ctagg
cp "$CTAGG" /run/ctagg
setpriv --bounding-set -all,+net_admin --inh-caps -all,+net_admin /run/ctagg --table=bpf -v -w 100ms -c 1 >out 2>err
equal "status without CAP_BPF" $? 1
grep -q '^ctagg: no kernel table: Operation not permitted: loading it needs CAP_BPF' err || fail "the cause is not said"
equal "lines of the verifier" "$(grep -c '^ctagg: verifier: ' err)" 0
grep -q '^ctagg: libbpf: .*Operation not permitted' err || fail "libbpf is not quoted"
