#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-view on a terminal beside a ctagg that runs: from its pipe, window by window; and from its
# spool, whose files a consumer removes meanwhile. Names of addresses, also hostile ones.
. "$(dirname "$0")/lib.sh"
# shellcheck source=view-lib.sh
. "$E2E/view-lib.sh"
# shellcheck source=tmux-lib.sh
. "$E2E/tmux-lib.sh"

track
sysctl -qw net.netfilter.nf_conntrack_acct=1
number() { sed -E ':a; s/([0-9])([0-9]{3})\b/\1,\2/; ta' <<<"$1"; }

# --- a pipe ---------------------------------------------------------------------------------------
# The window that a signal closes has what the generator did.
: >err
terminal 120 40 "$CTAGG -v -w 1h --no-align --interim --key src,dst,dport,proto,dir 2>err | tee lines | $VIEW"
wait_for grep -q "^ctagg: ready" err
wait_for shows "waiting for the first window"
gen --keys 150 --events 1000 --proto tcp
CTAGG_PID=$(pgrep -x ctagg)	# in a pid namespace of its own
kill -USR2 "$CTAGG_PID"
wait_for shows "  1h  "
wait_for shows "complete"
# tee(1) writes the file after the pipe
right_flows() {
	local flows
	flows=$(jq -s 'map(select(.type == "flow")) | length' lines 2>/dev/null) && shows "flows: $(number "$flows") "
}
wait_for right_flows
press s s
wait_for shows "starts▼"
press f y
wait_for shows "destinations: "
# starts and ends of each destination, as jq has them
jq -rs 'map(select(.type == "flow")) | group_by(.dst_ip)[] |
	"\(.[0].dst_ip) \(map(.starts) | add) \(map(.ends) | add)"' lines | sort >should
right_rows() {
	rows | awk '{ print $1, $4, $5 }' | sort >are
	[ "$(wc -l <are)" -ge 20 ] && [ -z "$(comm -23 are should)" ]
}
wait_for right_rows
# Another window, of which the view has a history.
kill -USR2 "$CTAGG_PID"
wait_for shows "1h"
wait_for eval '[ "$(jq -s "map(select(.type == \"window\")) | length" lines)" = 2 ]'
wait_for eval 'press "["; shows "1 window back"'
press q
# tee(1) does not look whether its reader is there
kill -TERM "$CTAGG_PID"
wait_for shows "ended 0 "

# --- a spool, from which windows are taken while they are read --------------------------------------------
rm -f err out
mkdir kept_windows
PID=
spool=/run/work/spool
: >err
"$CTAGG" -v -w 1h --no-align --spool=$spool 2>>err &
PID=$!
wait_for ready
terminal 120 40 "$VIEW --follow=$spool/new"
wait_for shows "waiting for the first window"
in_spool() { [ "$(find $spool/new -name '*.jsonl' | wc -l)" -ge 1 ]; }
for window in 1 2 3; do
	gen --keys $((window * 10)) --events $((window * 100)) --proto udp
	kill -USR2 "$PID"
	wait_for in_spool
	# the consumer: at once, without asking who else reads
	mv $spool/new/*.jsonl kept_windows/
done
# Each window was read, or was gone before it could be: then the screen says so.
wait_for shows "  1h  "
all_are_accounted_for() {
	local back gone
	press '['
	back=$(shown | sed -nE 's/.* ([0-9]+) windows? back.*/\1/p')
	gone=$(shown | sed -nE 's/.*\b([0-9]+) files? (was|were) gone before.*/\1/p')
	[ $((${back:-0} + 1 + ${gone:-0})) = 3 ]
}
wait_for all_are_accounted_for
finish
# The end of the folder is an error that is said behind the screen.
command rm -r $spool
wait_for shows "input ended"
press q
wait_for shows "ended 1"
shows "ctagg-view: $spool/new: No such file or directory" || fail "why it ended"

# --- names -----------------------------------------------------------------------------------------------
# Of this test's own hosts file, whose owner is not to be trusted.
printf '10.0.0.1 client.example\n192.0.2.10 evil\033]0;name\007\033[66;66Hname\302\233x\n' >hosts
mount --bind hosts /etc/hosts
printf '%s\n' '{"type":"event","schema":1,"kind":"drop","time":"2026-11-21T01:00:03.120001Z","proto":"tcp","src_ip":"10.0.0.1","src_port":40000,"dst_ip":"192.0.2.10","dst_port":443,"bytes":60,"direction":"in"}' >events
"$CTAGG" --read=events -w 60 >named 2>/dev/null || fail "ctagg --read"
terminal 120 40 "$VIEW named"
wait_for shows "192.0.2.10:443"
press N
wait_for shows "client.example"
wait_for shows "evil?]0;name??[66;66Hname?x:443"
press N
wait_for shows "192.0.2.10:443"
press n
wait_for shows "192.0.2.10:https"
press q
wait_for shows "ended 0"
tm kill-server
"$E2E/view_terminal.py" names "$VIEW" named >verdict 2>&1 || fail "names: $(cat verdict)"
