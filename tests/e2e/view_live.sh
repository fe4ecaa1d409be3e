#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-view on a terminal (tmux): windows from a pipe, keys, sizes of the terminal, and the end of
# the pipe. Numbers are compared with those of jq from the same lines.
. "$(dirname "$0")/lib.sh"
# shellcheck source=view-lib.sh
. "$E2E/view-lib.sh"
# shellcheck source=tmux-lib.sh
. "$E2E/tmux-lib.sh"

# --- lines: six minutes of a gateway, a file a window -----------------------------------------
"$TOOLS/fleet" 1 6 300 >events || fail "fleet"
"$CTAGG" --read=events -w 60 --host=gw1 >lines 2>err || fail "ctagg --read"
awk '{ print > ("window" n + 1) } /^{"type":"window"/ { n++ }' lines
[ -s window6 ] || fail "$(wc -l <lines) lines"
jq_of() {	# file, filter
	jq -s "map(select(.type == \"flow\")) | $2" "$1"
}
different() {	# window, field
	jq_of "window$1" "map(.$2) | unique | length" | sed -E ':a; s/([0-9])([0-9]{3})\b/\1,\2/; ta'
}

# --- a pipe, window by window -----------------------------------------------------------------
mkfifo pipe
terminal 120 40 "$VIEW <pipe"
exec 3>pipe
wait_for shows "waiting for the first window"

# The rows on the screen are those that jq finds.
right_rows() {	# window
	rows >are
	jq -rs --argjson ms 60000 -f "$E2E/view_rows.jq" "window$1" | head -n "$(wc -l <are)" >should
	[ "$(wc -l <should)" -ge 15 ] && head -n "$(wc -l <should)" are | cmp -s - should
}
give() { cat "window$1" >&3; }
bounds() {	# window
	jq -r 'select(.type == "window") | "\(.window_start[:10]) \(.window_start[11:19]) to \(.window_end[11:19]) UTC"' "window$1"
}
give 1
wait_for shows "gw1  1m  $(bounds 1)  complete"
wait_for right_rows 1
wait_for shows "flows: $(different 1 id)"

give 2
wait_for shows "$(bounds 2)"
wait_for right_rows 2

# --- groups and order ---------------------------------------------------------------------------
# A row of the window before stays, at 0.
both() { cat window1 window2 >both; different_both=$(jq_of both "map($1) | unique | length"); }
for pair in "x:sources:.src_ip" "y:destinations:.dst_ip" "d:directions:.direction" \
	"p:ports:[.proto,.dst_port,.icmp_type]"; do
	IFS=: read -r key word field <<<"$pair"
	both "$field"
	press "$key"
	wait_for shows "$word: $different_both"
done
press f
wait_for shows "flows: "
press s
wait_for shows "packets/s▼"
jq_of window2 'max_by(.orig_packets + .reply_packets) | "\(.src_ip) \(.dst_ip)"' | tr -d '"' >should
read -r src dst <should
wait_for eval "rows | head -n 1 | grep -F '$src ' | grep -qF '$dst'"
press r
wait_for shows "packets/s▲"
press r S
wait_for shows "bytes/s▼"
press w
wait_for eval 'shown | grep -qE "(^|  )sent *$"'
press w w
wait_for shows "sent and received"

# --- a filter -----------------------------------------------------------------------------------
press / "dport=443"
wait_for shows "filter: dport=443"
press Enter
jq_of both 'map(select(.dst_port == 443) | [.src_ip, .dst_ip, .proto, .direction, .log_prefix]) | unique | length' >should
wait_for shows "flows: $(sed -E ':a; s/([0-9])([0-9]{3})\b/\1,\2/; ta' should)"
wait_for eval '! rows | head -n 5 | grep -vF ":443 "'
press / BSpace BSpace BSpace 70000 Enter
wait_for shows "65535"
wait_for shows "flows: $(cat should)"
press Escape
wait_for hides "65535"
wait_for shows "filter: dport=443"
press / C-u Enter
wait_for hides "filter:"

# --- pause, and back in time -----------------------------------------------------------------------
press Space
wait_for shows "PAUSED"
give 3
wait_for shows "1 window back"
draw_anew
wait_for shows "$(bounds 2)"
wait_for right_rows 2
press Space
wait_for shows "$(bounds 3)"
wait_for right_rows 3
wait_for hides "PAUSED"
press Left Left
wait_for shows "2 windows back"
wait_for right_rows 1
press Right
wait_for shows "$(bounds 2)"
give 4
wait_for shows "2 windows back"
press End
wait_for shows "$(bounds 4)"
wait_for right_rows 4

# --- the chosen row and its history ---------------------------------------------------------------
press Down
chosen=$(rows | head -n 1 | cut -d' ' -f3)
wait_for shows "of $(rows | head -n 1 | cut -d' ' -f1-3) > "
give 5
wait_for shows "$(bounds 5)"
wait_for eval "shown | grep -q '^bytes/s of .* $chosen > .*: at most '"
press Escape
wait_for shows "of all rows"

# --- help -------------------------------------------------------------------------------------------
draw_anew
wait_for right_rows 5

# --- sizes -------------------------------------------------------------------------------------------
# However narrow: the sorted column and the ends of flows. Nothing beyond the last column.
resize() { tm resize-window -x "$1" -y "$2"; }
for size in "60 12" "40 6" "300 80" "41 20" "200 50"; do
	read -r columns lines <<<"$size"
	resize $columns $lines
	wait_for eval "[ \"\$(shown | wc -l)\" = $lines ] && shows bytes/s▼ && shows destination && shows 'q quit'"
	wait_for eval "rows | head -n 1 | grep -qE '[0-9.]+[kMG]? '"
done
for size in "39 24" "80 5"; do
	resize $size
	wait_for shows "too small: 40x6 is needed"
done
resize 1 1
resize 120 40
wait_for right_rows 5

# --- the end of the pipe ---------------------------------------------------------------------------
exec 3>&-
wait_for shows "ended 0"

# Looked at while paused, it stays until q.
terminal 100 30 "$VIEW <pipe"
exec 3>pipe
give 1
wait_for shows "$(bounds 1)"
press Space
wait_for shows "PAUSED"
exec 3>&-
wait_for shows "input ended"
press q
wait_for shows "ended 0"

# --- files -------------------------------------------------------------------------------------------
terminal 120 40 "$VIEW window1 window2"
wait_for shows "$(bounds 2)"
wait_for right_rows 2
press '['
wait_for shows "$(bounds 1)"
press q
wait_for shows "ended 0"

# --- a folder that is followed ----------------------------------------------------------------------
mkdir folder
cp window1 folder/1
terminal 120 40 "$VIEW --follow=folder"
wait_for shows "$(bounds 1)"
cp window2 2 && mv 2 folder/2
wait_for shows "$(bounds 2)"
wait_for right_rows 2
rm folder/1 folder/2
cat window3 >>folder/log
wait_for shows "$(bounds 3)"
cat window4 >>folder/log
wait_for shows "$(bounds 4)"
wait_for right_rows 4
press q
wait_for shows "ended 0"

# --- windows that are not complete --------------------------------------------------------------------
mkdir -p /run/damaged
grep -v '"src_ip":"'"$(jq -r 'select(.src_ip).src_ip' window2 | head -n 1)"'"' window2 >/run/damaged/2
missing=$(($(wc -l <window2) - $(wc -l </run/damaged/2)))
terminal 100 30 "$VIEW window1 /run/damaged/2"
wait_for shows "partial: $missing record"
wait_for shows "1 of the last 60 incomplete"
press q
wait_for shows "ended 0"
tm kill-server

# --- files that have no room ---------------------------------------------------------------------------
# What was read of them is not shown as if it were all. (A program built with sanitizers needs more.)
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "{\"type\":\"flow\",\"host\":\"gw1\",\"run\":\"r\",\"window_ms\":60000,\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T01:01:00Z\",\"starts\":%d}\n", i }' >/run/large
if (ulimit -v 60000; "$VIEW" --csv window1 >printed 2>err); then
	(ulimit -v 60000; "$VIEW" window1 /run/large >printed 2>err) && fail "success without memory"
	equal "message" "$(cat err)" "ctagg-view: the files were not read to their end: Cannot allocate memory"
fi
