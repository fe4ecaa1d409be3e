#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): map records to other schemas. tests/e2e/mappings.sh looks at what comes of them.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
. "$E2E/receiver-lib.sh"
command -v promtool >/dev/null || { echo "promtool is missing"; exit 77; }
install_all
track
echo "127.0.0.1 collector.example" >>/etc/hosts
start_receiver r --port=4318
start -w 1h -o /var/log/ctagg.jsonl
gen --keys 10 --events 30
finish

procedure "MAP TO OTHER SCHEMAS"
types "jq -c -f /usr/share/doc/ctagg/examples/mappings/ecs.jq *"
sees 2
types "jq -c -n -f /usr/share/doc/ctagg/examples/mappings/otel.jq *"
types "jq -s -r -f /usr/share/doc/ctagg/examples/mappings/prometheus.jq *"
types "mv *"
procedure_ends
equal "log records that the collector has" "$(jq '[.resourceLogs[].scopeLogs[].logRecords[]] | length' r/taken)" "$(wc -l </var/log/ctagg.jsonl)"
promtool check metrics </var/lib/prometheus/node-exporter/ctagg-top.prom >lint 2>&1 || fail "$(cat lint)"
