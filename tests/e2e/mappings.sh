#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The mappings to other schemas, of lines of every type that ctagg writes: each field is one that the
# target publishes, with a value that it allows; addresses, ports and counters are those of the lines.
. "$(dirname "$0")/lib.sh"
. "$E2E/truth-lib.sh"
command -v promtool >/dev/null || { echo "promtool is missing"; exit 77; }
top=$(cd "$E2E/../.." && pwd)
mappings=$top/examples/mappings

# --- lines: those of the vectors, and of a real run ----------------------------------------

vectors=$top/tests/vectors
for vector in "$vectors"/*/; do
	[ ! -e "$vector/key" ] || continue	# of --anonymize: nobody else may be able to read it
	mapfile -t options < <(grep -v '^#' "$vector/options")
	"$CTAGG" --read="$vector/input.jsonl" "${options[@]}" 2>/dev/null
	"$CTAGG" --read="$vector/input.jsonl" --events 2>/dev/null
done >lines
# More lines than a request of OTLP has; two prefixes that are equal where records cut them.
python3 - >events <<'PY'
import json, random
r = random.Random(7)
for second in range(240):
    for i in range(10):
        event = {"type": "event", "schema": 1, "kind": r.choice(["start", "end", "end", "drop"]), "proto": "udp", "src_port": 5353, "dst_port": 53,
                 "time": "2026-11-21T01:%02d:%02d.5Z" % divmod(second, 60), "src_ip": "10.0.0.%d" % r.randrange(1, 100), "dst_ip": "192.0.2.1"}
        if event["kind"] == "end" and r.randrange(3):
            event.update(orig_packets=r.randrange(9), orig_bytes=r.randrange(9999), reply_packets=r.randrange(9), reply_bytes=r.randrange(9999))
        if event["kind"] == "drop":
            event.update(log_prefix=r.choice(['a"b', "a\\b", "a\nb", "\u00fc", 100 * "\1", 101 * "\1"]), bytes=60)
        print(json.dumps(event))
PY
# Drops and connections in one record: no rule in the key.
"$CTAGG" --read="$vectors/drops_and_connections/input.jsonl" --key=src,dst --tag site=fra >>lines || fail "status $?"
printf '%s\n' network,label '10.0.0.0/25,"a ""b"", c"' '10.0.0.0/8,Zürich' >names
"$CTAGG" --read="$vectors/top_bytes/input.jsonl" --labels=names >>lines || fail "status $?"

host a 1
ip netns exec a ncat -k -l 8080 --exec /bin/cat >/dev/null 2>&1 &
wait_for listening a 8080
fresh_rules
sysctl -qw net.netfilter.nf_conntrack_acct=1
start -g 5 --rules --sockets -w 1h
traffic
"$CTAGG" --snapshot --state=state >>lines || fail "status $?"
"$CTAGG" --snapshot >>lines || fail "status $?"
conntrack -D >/dev/null 2>&1
exec 6<>/dev/tcp/10.9.1.2/8080
echo >&6
read -r <&6	# an empty line comes back
finish
exec 6>&-
"$CTAGG" --snapshot --state=state >>lines || fail "status $?"
"$CTAGG" --check=json >>lines
cat out >>lines
for type in $(jq -r '.oneOf[]."$ref" | split("/")[-1]' "$top/src/sink/ctagg.schema.json"); do
	grep -q "^{\"type\":\"$type\"" lines || fail "no line of type $type"
done

# --- each target -------------------------------------------------------------------------

hold() { "$top/tests/mappings/validate.py" "$1" lines "$2" >problems 2>&1 || fail "$1: $(cat problems)"; }
jq -c -f "$mappings/ecs.jq" lines >ecs || fail "ecs.jq"
hold ecs ecs
jq -c -f "$mappings/ocsf.jq" lines >ocsf || fail "ocsf.jq"
hold ocsf ocsf
{ jq -n -r -f "$mappings/zeek-conn.jq" lines && jq -n -c --arg format json -f "$mappings/zeek-conn.jq" lines; } >zeek-conn ||
	fail "zeek-conn.jq"
hold zeek-conn zeek-conn
"$CTAGG" --read=events --events >>lines || fail "status $?"
jq -c -n -f "$mappings/otel.jq" lines >otel || fail "otel.jq"
hold otel otel

# Numbers that a double holds exactly, as text: jq 1.6 would write an exponent.
printf '%s\n' 0 1 999999999 9007199254740992 99999999999999984 100000000000000000 123456789012345680 999999999999999872 \
	1000000001000000000 1152921504606846976 4611686018427387904 6000000000000000000 9223372036854774784 >exact
equal "digits" "$(jq -r -L "$mappings" 'include "lib/record"; digits' exact)" "$(cat exact)"

# --- the flows of a window that carried most, for Prometheus ---------------------------------

for by in bytes packets starts drops; do
	"$CTAGG" --read=events -w 1m,2m --key=src,rule,proto --host="gw $by" --tag site=fra --labels=names >>recorded || fail "status $?"
	"$CTAGG" --read=events -w 1m,2m --key=src --max-flows=50 --host="full $by" >>recorded || fail "status $?"
	jq -s -r --argjson k 5 --arg by $by -f "$mappings/prometheus.jq" recorded >top.prom || fail "prometheus.jq"
	promtool check metrics <top.prom >lint 2>&1 || fail "promtool: $(cat lint)"
	"$top/tests/mappings/validate.py" "prometheus $by 5" recorded top.prom >problems || fail "prometheus: $(cat problems)"
	rm recorded
done
for wrong in "--argjson k 0" "--argjson k 1001" "--argjson k 1.5" "--arg by volume"; do
	# shellcheck disable=SC2086 # two words
	jq -s -r $wrong -f "$mappings/prometheus.jq" lines >wrong 2>why && fail "$wrong is taken"
	grep -q 'is to be' why && [ ! -s wrong ] || fail "$wrong: $(cat why wrong)"
done
cp "$mappings/prometheus.rules.yml" "$top/tests/mappings/prometheus.rules.test.yml" .
promtool check rules prometheus.rules.yml >lint 2>&1 || fail "$(cat lint)"
promtool test rules prometheus.rules.test.yml >lint 2>&1 || fail "$(cat lint)"
