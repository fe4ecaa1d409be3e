#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): snapshots from cron. What they write is what conntrack(8) lists.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/cron-lib.sh"
install_all
sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
track

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
