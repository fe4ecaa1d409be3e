#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --metrics: what the file says is what the command that took the files has counted
# and what ls(1) sees in the spool; promtool finds nothing wrong with it.
. "$(dirname "$0")/lib.sh"
command -v promtool >/dev/null || { echo "prometheus is missing"; exit 77; }
deliver=$(dirname "$CTAGG")/ctagg-deliver
validator=	# the files are not what ctagg has written

mkdir -p spool/new spool/tmp spool/dead
for i in 1 2 3 4 5; do
	printf '{"type":"window","schema":1,"records":0}\n' >"spool/new/20261121T01010$i.000Z-1s-gw1-k3v9x2ma-000000000$i.jsonl"
done
bytes=$(cat spool/new/* | wc -c)
is() {
	equal "$1" "$(awk -v name="ctagg_deliver_$1{spool=\"spool\"}" '$1 == name { print $2 }' metrics.prom)" "$2"
}

# A command that takes nothing: the first failure ends --once.
"$deliver" --spool=spool --metrics=metrics.prom --once --exec false 2>err
equal "status" $? 1
promtool check metrics <metrics.prom >lint 2>&1 || fail "promtool: $(cat lint)"
is delivered_total 0
is attempts_total 1
is failures_total 1
is pending "$(find spool/new -name '*.jsonl' | wc -l)"
is oldest_timestamp_seconds "$(date -u -d '2026-11-21 01:01:02' +%s).000000"
is last_delivery_timestamp_seconds ""

# One that takes all but the third, which it never will.
cat >take <<'S'
#!/bin/sh
case $CTAGG_NAME in *3.jsonl) exit 65 ;; esac
echo "$CTAGG_NAME" >>taken
wc -c >>bytes
S
chmod +x take
"$deliver" --spool=spool --rebind --metrics=metrics.prom --once --retry=1ms --exec ./take 2>err ||
	fail "status $?"
promtool check metrics <metrics.prom >lint 2>&1 || fail "promtool: $(cat lint)"
equal "taken" "$(wc -l <taken)" 4
is delivered_total "$(wc -l <taken)"
is bytes_total "$(awk '{ n += $1 } END { print n }' bytes)"
[ "$(awk '{ n += $1 } END { print n }' bytes)" -lt "$bytes" ] || fail "all was taken"
is attempts_total 7
is given_up_total 1
is pending 0
is dead_letters "$(find spool/dead -name '*.jsonl' | wc -l)"
is oldest_timestamp_seconds ""
last=$(cut -d' ' -f2 spool/delivered | head -n 1)
is last_delivery_timestamp_seconds "$(date -u -d "$last" +%s.%6N)"
if grep -E '[0-9]e[+-]?[0-9]' metrics.prom; then
	fail "a number that is not written in full"
fi

"$deliver" --spool=spool --rebind --metrics=none/metrics.prom --once --exec ./take 2>err
equal "status of a folder that is not there" $? 1
grep -qF "none/metrics.prom: No such file or directory" err || fail "does not say what is missing"
