#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The numbers of a report are those of jq on the same lines; what is missing from the lines is in the
# report; and where the report goes.
. "$(dirname "$0")/lib.sh"
VIEW=$(dirname "$CTAGG")/ctagg-view
[ -x "$VIEW" ] || { echo "ctagg-view is not built"; exit 77; }

# --- lines: three hosts, with labels, drops, losses and folded flows -----------------------
cat >labels.csv <<-'L'
	10.1.0.0/16,home & <b>office</b>
	10.2.0.0/16,lab
	198.18.0.0/16,"servers, outside"
L
events() {	# host, minutes
	"$TOOLS/fleet" "$1" "$2" 150
}
record() {	# host, options: lines of events on standard input
	"$CTAGG" --read=/dev/stdin -w 60 --host="gw$1" --labels=labels.csv "${@:2}" >"gw$1" || fail "ctagg --read"
}
loss='{"type":"loss","time":"2026-11-21T00:%s:30Z","lost_events":%s,"lost_drops":%s}\n'
{
	events 1 10
	# shellcheck disable=SC2059 # a format
	printf "$loss" 10 70 2 11 5 0
} | record 1
events 2 30 | record 2 --max-flows=100 --top=60,bytes
events 3 30 | record 3
[ "$(jq -r 'select(.type == "other").reason' gw2 | sort -u)" = "table_full
top" ] || fail "no flows were folded, or only for one reason"

sorted() { LC_ALL=C sort; }
# What jq has numbers for, too. Rows without a key of their own have a text that spans all columns of keys.
compared() {	# report, tables
	"$E2E/report.py" "$@" | grep -v -e '^incidents' -e $'\tWindows missing\t' |
		awk -F'\t' -v OFS='\t' '$2 != "row" || $1 == "traffic" { sub(/ \| .*/, "", $3) } 1'
}
# Without the number in `12 more'.
uncounted() { sed 's/\t[0-9,]* more\t/\tmore\t/'; }

"$VIEW" --report=all.html --top=100000 gw1 gw2 gw3 || fail "exit status $?"
compared all.html | uncounted | sorted >told
jq -n -r -f "$E2E/view_report.jq" gw1 gw2 gw3 | sorted >truth
[ "$(wc -l <truth)" -gt 1000 ] || fail "few numbers"
diff told truth >difference || fail "numbers differ (<: report, >: jq): $(head -n 20 difference)"

# --- the largest rows, and one with the rest --------------------------------------------------
"$VIEW" --report=top.html --top=7 gw1 gw2 gw3 || fail "exit status $?"
for table in sources destinations; do
	awk -F'\t' -v table=$table '$1 == table && $2 == "row" && $4 == "Bytes" { print ($5 == "-" ? 0 : $5) "\t" $3 }' truth |
		LC_ALL=C sort -k1,1nr >order
	compared top.html $table >shown
	equal "rows of $table" "$(awk -F'\t' '$2 == "row" && $4 == "Bytes"' shown | wc -l)" 7
	equal "the largest of $table" "$(awk -F'\t' '$2 == "row" && $4 == "Bytes" { print $5 }' shown)" "$(head -n 7 order | cut -f 1)"
	equal "the others of $table" "$(awk -F'\t' '$3 ~ / more$/ && $4 == "Bytes" { gsub(",", "", $3); print $3, $5 }' shown)" \
		"$(tail -n +8 order | awk '{ n++; sum += $1 } END { printf "%d more %.0f", n, sum }')"
	comm -23 <(grep $'\trow\t' shown | sorted) truth >unknown
	[ ! -s unknown ] || fail "rows that jq does not have: $(head -n 3 unknown)"
done

# --- a selection is of flows ---------------------------------------------------------------------
"$VIEW" --report=some.html --top=100000 --dport=443 gw1 gw2 gw3 || fail "exit status $?"
compared some.html | uncounted | sorted >told
jq -n -r --arg dport 443 -f "$E2E/view_report.jq" gw1 gw2 gw3 | sorted >truth
diff told truth >difference || fail "numbers of a selection differ: $(head -n 20 difference)"
grep -q '<code>dport=443</code>' some.html || fail "the report does not say what is selected"

# --- levels --------------------------------------------------------------------------------------
events 4 30 | record 4 -w 60,600
"$VIEW" --report=short.html --top=100000 gw4 || fail "exit status $?"
compared short.html | uncounted | sorted >told
jq -c 'select(.window_ms == 60000)' gw4 >gw4.short
jq -n -r -f "$E2E/view_report.jq" gw4.short | sorted >truth
diff told truth >difference || fail "the shortest level differs: $(head -n 20 difference)"
grep -q '3</data> windows of 10m: they repeat' short.html || fail "the longer level is not mentioned"
"$VIEW" --report=long.html --top=100000 --level=10m gw4 || fail "exit status $?"
compared long.html | uncounted | sorted >told
jq -c 'select(.window_ms == 600000)' gw4 >gw4.long
jq -n -r -f "$E2E/view_report.jq" gw4.long | sorted >truth
diff told truth >difference || fail "the level that was asked for differs: $(head -n 20 difference)"

# --- what is missing -------------------------------------------------------------------------------
# Windows that did not come, one without its last line, one that lacks records, and one that came
# twice; of another host the second half.
jq -c 'select((.window_start[14:16] | IN("05", "06", "20") | not)
	and (.type != "window" or .window_start[14:16] != "15")
	and (.type != "flow" or .window_start[14:16] != "25" or .dst_port != 443))' gw3 >gw3.torn
jq -c 'select(.window_start[14:16] == "03")' gw3 >>gw3.torn
jq -c 'select(.window_start[14:16] < "15")' gw2 >gw2.half
lacking=$(jq -c 'select(.type == "flow" and .window_start[14:16] == "25" and .dst_port == 443)' gw3 | wc -l)
[ "$lacking" -gt 0 ] || fail "no record was taken away"
"$VIEW" --report=torn.html gw1 gw2.half gw3.torn 2>err || fail "exit status $?"
minute() { printf '2026-11-21T00:%s:00.000000Z' "$1"; }
expected_incidents() {
	# gaps: after a window, until the next one of the same run
	jq -s -r 'map(select(.type == "window")) | sort_by(.seq) | [., .[1:]] | transpose[]
		| select(.[0] and .[1]) | (.[1].seq - .[0].seq - 1) as $n
		| select($n > 0 and .[0].window_end[14:16] != "15")
		| "\(.[0].window_end) | \(.[1].window_start) | gw3 | \($n) window\(if $n > 1 then "s" else "" end) missing"' gw3.torn
	echo "$(minute 15) | $(minute 16) | gw3 | 1 window without its record"
	echo "$(minute 25) | $(minute 26) | gw3 | $lacking records missing"
	echo "$(minute 15) | $(minute 30) | gw2 | No windows"
	jq -r 'select(.type == "window" and .lost_events > 0)
		| "\(.window_start) | \(.window_end) | gw1 | \(.lost_events) events lost"
			+ if .lost_drops > 0 then " \(.lost_drops) logged packets lost" else "" end' gw1
}
"$E2E/report.py" torn.html incidents | awk -F'\t' '$4 == "Windows" && $3 !~ /folded/ { print $3 }'  | sorted >told
{
	expected_incidents
	# the host that has windows of only ten minutes, and two for its losses
	last=$(jq -s -r 'map(select(.type == "window").window_end) | max' gw1)
	echo "$last | $(minute 30) | gw1 | No windows"
} | sorted >truth
diff told truth >difference || fail "what is missing differs: $(cat difference)"
equal "flows that were folded for want of room" "$("$E2E/report.py" torn.html incidents |
	awk -F'\t' '$4 == "Windows" && match($3, /[0-9,]+ flows? folded/) { text = substr($3, RSTART, RLENGTH); gsub(/[^0-9]/, "", text); n += text } END { print n }')" \
	"$(jq -s 'map(select(.reason == "table_full").folded_flows) | add' gw2.half)"
grep -q '<strong>Incomplete.</strong>' torn.html || fail "the report claims to be complete"
grep -q '1</data> window came twice' torn.html || fail "nothing of the window that came twice"
"$E2E/report.py" torn.html hosts | grep -P 'gw3\tWindows missing\t3$' >/dev/null || fail "windows that are missing are not counted"
grep -q '<strong>Complete.</strong>' all.html && fail "the report claims to be complete"
"$VIEW" --report=whole.html gw3 || fail "exit status $?"
grep -q '<strong>Complete.</strong>' whole.html || fail "the report does not say that nothing is missing"

# --- no windows, damaged lines, files that are not there -----------------------------------------------
"$VIEW" --report=none.html /dev/null 2>err && fail "success without a window"
grep -q '<strong>No windows.</strong>' none.html || fail "the report does not say that there is none"
[ "$(wc -l <err)" = 1 ] || fail "not one message"
{ cat gw3; echo '{"type":"flow'; } >damaged
"$VIEW" --report=damaged.html damaged 2>err || fail "exit status $?"
grep -q '1</data> line could not be read' damaged.html || fail "the line that is damaged is not mentioned"
"$VIEW" --report=unread.html gw3 missing 2>err && fail "success although a file was not there"
grep -q 'A file could not be read' unread.html || fail "the report does not say that a file is missing"
equal "windows all the same" "$("$E2E/report.py" unread.html hosts | awk -F'\t' '$3 == "gw3" && $4 == "Windows" { print $5 }')" 30

# --- where it goes -----------------------------------------------------------------------------------
"$VIEW" --report=- gw3 >stdout.html || fail "exit status $?"
cmp -s stdout.html whole.html || fail "standard output has another report than a file"
"$VIEW" --report=stdin.html - < <(cat gw3) || fail "exit status $?"
equal "from standard input" "$(compared stdin.html | sorted)" "$(compared whole.html | sorted)"
(umask 022; "$VIEW" --report=mode.html gw3) || fail "exit status $?"
equal "mode" "$(stat -c %a mode.html)" 640
ln -s aim link.html
"$VIEW" --report=link.html gw3 2>err && fail "written through a link"
[ ! -e aim ] || fail "written through a link"
"$VIEW" --report=/dev/full gw3 2>err && fail "a device was replaced"
[ -c /dev/full ] || fail "a device was replaced"
# Only a page is replaced: with `--report *.jsonl' the first file of lines would be lost.
cp gw3 lines
"$VIEW" --report lines gw3 2>err && fail "a file of lines was replaced"
equal "exit status when lines would be replaced" "$("$VIEW" --report=lines lines 2>/dev/null; echo $?)" 1
cmp -s lines gw3 || fail "lines were replaced"
[ "$(wc -l <err)" = 1 ] && grep -q 'lines: .*no page' err || fail "message: $(cat err)"
: >empty.html
"$VIEW" --report=empty.html gw3 || fail "an empty file is not replaced"
cmp -s empty.html whole.html || fail "an empty file is not replaced"
echo '<old>' >folder.html
mkdir full && mount -t tmpfs -o size=16k tmpfs full || exit 77
echo '<old>' >full/report.html
"$VIEW" --report=full/report.html gw3 2>err && fail "success on a full disk"
equal "the old report" "$(cat full/report.html)" '<old>'
equal "what is left on a full disk" "$(ls full)" report.html
# A reader that went away is no failure.
"$VIEW" --report=- gw3 | head -c 10 >/dev/null
equal "exit status after a reader went away" "${PIPESTATUS[0]}" 0
