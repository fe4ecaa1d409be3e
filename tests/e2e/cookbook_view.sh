#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): a report and a table of what the service has written. What they say is what
# conntrack(8) lists.
. "$(dirname "$0")/lib.sh"
# shellcheck source=view-lib.sh
. "$E2E/view-lib.sh"
. "$E2E/cookbook-lib.sh"
install_all
sysctl -qw net.netfilter.nf_conntrack_acct=1
host a 1
track

mkdir -p /var/log/ctagg
start -w 1h --interim -o /var/log/ctagg/ctagg.jsonl
serve a 8080
exec 3<>/dev/tcp/10.9.1.2/8080
conntrack -L -p tcp --dport 8080 -o extended 2>/dev/null >listed
equal "connections to port 8080" "$(wc -l <listed)" 1
finish
# What was counted until now, as in a window that took its whole minute.
jq -c '.window_ms = 60000 | .window_start = "2026-11-22T07:05:00.000000Z" | .window_end = "2026-11-22T07:06:00.000000Z"
	| del(.slot, .first_seen, .last_seen)' /var/log/ctagg/ctagg.jsonl >minute
cat minute >/var/log/ctagg/ctagg.jsonl
procedure "REPORT"
types "ctagg-view --report=/var/log/ctagg/report.html /var/log/ctagg/ctagg.jsonl"
equal "what the report's command prints" "$(cat said)" ""
grep -q '</html>' /var/log/ctagg/report.html || fail "no report"
grep -qF 10.9.1.2 /var/log/ctagg/report.html || fail "the report lacks the other host"
types "ctagg-view --table --group=dst --top=1 /var/log/ctagg/ctagg.jsonl | tail -n 4"
sees 4
procedure_ends
equal "bytes" "$(awk '$1 == "10.9.1.2" { print $2 }' said)" \
	"$(grep -oE 'bytes=[0-9]+' listed | awk -F= '{ sum += $2 } END { print sum }')"
