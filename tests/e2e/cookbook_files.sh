#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): files that grow. Rotating, as logrotate does each day, loses no window; what
# cron writes is what conntrack(8) lists.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/cron-lib.sh"
command -v logrotate >/dev/null || { echo "no logrotate here"; exit 77; }
install_all
sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
track

# --- rotate -----------------------------------------------------------------------------
procedure "ROTATE"
start -w 1h -o /var/log/ctagg.jsonl
gen --keys 10 --events 30
made=$(did created)
kill -USR2 "$PID"
wait_for test -s /var/log/ctagg.jsonl
types "logrotate --debug /etc/logrotate.d/ctagg"
grep -q '^error' said && fail "$(cat said)"
grep -q 'rotating pattern: /var/log/ctagg.jsonl' said || fail "not read: $(cat said)"
[ ! -e /var/log/ctagg.jsonl.1 ] || fail "--debug rotates"
types "logrotate --force /etc/logrotate.d/ctagg"
types "ls /var/log/ctagg.jsonl*"
sees 2
procedure_ends
gen --keys 10 --events 30
finish
equal "windows in the two files" "$(windows /var/log/ctagg.jsonl.1) $(windows /var/log/ctagg.jsonl)" "1 1"
cat /var/log/ctagg.jsonl.1 /var/log/ctagg.jsonl >out
check_output
equal "starts in both files" "$(total starts)" "$((made + $(did created)))"

# --- snapshots --------------------------------------------------------------------------
conntrack -F >/dev/null 2>&1
serve a 8080
exec 3<>/dev/tcp/10.9.1.2/8080
equal "connections to port 8080" "$(conntrack -L 2>/dev/null | grep -c 'dport=8080')" 1
procedure "SNAPSHOTS FROM CRON"
types "cp /usr/share/doc/ctagg/examples/ctagg.cron /etc/cron.d/ctagg"
types "ctagg --snapshot --state=/var/lib/ctagg.state -o *ctagg-changes.jsonl"
equal "what cron would mail" "$(cat said)" ""
types "jq -c 'select(.change)*"
sees 1
procedure_ends
equal "lines" "$(wc -l <said)" "$(conntrack -C)"
# What cron then does: a connection that has gone, and how many there are.
exec 3<&-
is_over() { conntrack -L -p tcp 2>/dev/null | grep -q TIME_WAIT; }
wait_for is_over
conntrack -F >/dev/null 2>&1
run_cron /etc/cron.d/ctagg
equal "vanished" "$(jq -c 'select(.change == "vanished") | .dst_port' /var/log/ctagg-changes.jsonl)" 8080
equal "connections" "$(total live /var/log/ctagg-connections.jsonl)" "$(conntrack -C)"
