#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reports in a browser: structure, contrast in both colour schemes, on a phone and on paper; texts of
# the lines are hostile, and do nothing; nothing is asked for from anywhere.
. "$(dirname "$0")/lib.sh"
VIEW=$(dirname "$CTAGG")/ctagg-view
[ -x "$VIEW" ] || { echo "ctagg-view is not built"; exit 77; }
command -v chromium chromium-browser google-chrome >/dev/null || { echo "there is no Chromium"; exit 77; }
export HOME=$PWD/home TMPDIR=$PWD

record() {	# file, host, options of ctagg: lines of events on standard input
	"$CTAGG" --read=/dev/stdin -w 60 --host="$2" "${@:3}" >"$1" || fail "ctagg --read"
}
loss='{"type":"loss","time":"2026-11-21T00:%s:30Z","lost_events":%s,"lost_drops":%s}\n'
events() {	# host, minutes
	"$TOOLS/fleet" "$1" "$2" 120
}

# Three hosts: gaps, losses, folded flows, labels and drops.
printf '10.1.0.0/16,home\n10.2.0.0/16,lab\n198.18.0.0/16,servers\n' >labels.csv
events 1 60 | record gw1 gw1 --labels=labels.csv
# shellcheck disable=SC2059 # a format
{ events 2 60; printf "$loss" 59 70 2; } | record gw2 gw2 --labels=labels.csv --max-flows=100
events 3 60 | record all3 gw3
jq -c 'select(.window_start[14:16] | . < "20" or . > "27")' all3 >gw3
"$VIEW" --report=fleet.html gw1 gw2 gw3 || fail "exit status $?"

# One host, from which nothing is missing.
"$VIEW" --report=whole.html gw1 || fail "exit status $?"

# Many hosts, some of which end early.
for i in {1..70}; do
	jq -c --arg host "host$i.example.net" --argjson most $((i % 10 ? 60 : 30)) \
		'select(.type == "window" and (.window_start[14:16] | tonumber) < $most) | .host = $host | .run = $host | .records = 0' gw1
done >many
"$VIEW" --report=many.html many || fail "exit status $?"

# None.
"$VIEW" --report=none.html /dev/null 2>/dev/null

# Texts that want to be a script, an image, a style, or to turn the page round, one of 3 kB; in
# names of hosts, labels, prefixes, rules and comments.
attack='"><img src=x onerror="window.hostile=1"><script>window.hostile=2</script></style></title><svg onload=window.hostile=3>'
# shellcheck disable=SC2016 # of jq
jq -c --arg attack "$attack" '
	("\u202e" + $attack) as $turned | (("&lt;b&gt;\u0007\u001b[31m" + ("W" * 3000))) as $long
	| .host = (if .type == "window" or .host then $attack else . end)
	| if .type == "rule" then .log_prefix = $long | .rule = $turned | .rule_comment = "javascript:alert(1) \u2066\ud83d\ude00" else . end
	| if .type == "flow" then .src_label = $turned | .dst_label = $long else . end' gw2 >hostile
jq -c '.host = "\u0300\u0300\u0300 ascii \u200f\u05d0" | .netns = "<i>netns</i>"' gw3 >>hostile
"$VIEW" --report=hostile.html hostile || fail "exit status $?"
[ "$(grep -c 'onerror' hostile.html)" -gt 5 ] || fail "the hostile texts are not shown"

# Nothing is taken from anywhere else, whatever a browser makes of it. (Text of the lines can be a link:
# these reports have none.)
for report in fleet whole many none; do
	if grep -qiE '://|url\(|@import|<script|<link|<img|<iframe|[[:space:]](src|srcset|action)=|[[:space:]]on[a-z]+=' $report.html; then
		fail "$report.html wants something from elsewhere: $(grep -oiE '.{40}(://|url\(|@import|<script|<link|<img|<iframe|[[:space:]](src|srcset|action)=|[[:space:]]on[a-z]+=).{40}' $report.html | head -n 3)"
	fi
	grep -q "default-src 'none'; style-src 'unsafe-inline'" $report.html || fail "$report.html has no policy"
done

# SHOTS: a folder for pictures.
"$E2E/view_report_page.py" ${SHOTS:+--shots="$SHOTS"} fleet.html whole.html many.html none.html hostile.html >faults 2>complaints
status=$?
[ $status != 77 ] || exit 77
[ $status = 0 ] || fail "$(wc -l <faults) faults: $(head -n 20 faults) $(tail -n 5 complaints)"
