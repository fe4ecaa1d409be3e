#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP reads the files of --labels anew: in force when the next window begins; a level that is still
# open keeps the labels that it began with; a bad file changes nothing, and is said. Also when the
# file was replaced, by another user than root, behind Landlock. With both tables.
. "$(dirname "$0")/lib.sh"
find_tables

# Everything has this label.
replace() {	# label
	printf '0.0.0.0/0,%s\n' "$1" >new.csv
	mv new.csv labels.csv
}
said() { [ "$(grep -c "$1" err)" -ge "$2" ]; }
reload() {
	local before
	before=$(grep -c 'from the next window on' err)
	kill -HUP "$PID"
	wait_for said 'from the next window on' $((before + 1))
}
# All labels of the flows of windows with this length, sequence number or both.
labels_of() {	# jq: which records
	jq -rs "map(select(.type == \"flow\" and ($1)).src_label) | unique | join(\",\")" out
}
flows() {
	gen --keys 20 --events 40
	created=$((created + $(did created)))
}

live() {	# options
	rm -f out
	created=0
	replace first
	start -w 1h,2h --labels=labels.csv "$@"
	flows
	replace second
	reload
	flows
	close_window
	flows
	close_window
	printf '0.0.0.0/0,third\n10.0.0.0/40,bad\n' >labels.csv
	kill -HUP "$PID"
	wait_for said "labels.csv:2: '10.0.0.0/40': an IPv4 prefix ends at 32; the labels stay as they were" 1
	flows
	close_window
	rm labels.csv
	kill -HUP "$PID"
	wait_for said 'labels.csv: No such file or directory; the labels stay as they were' 1
	replace fourth
	reload
	wait_for said 'the files are good again' 1
	flows
	close_window
	flows
	finish
	check_output
	[ "$created" = 120 ] || fail "$created connections"
	for level in 3600000 7200000; do
		jq -c "select(.window_ms == $level)" out >level
		equal "starts, $level, $*" "$(total starts level)" "$created"
	done
	window() {
		labels_of ".window_ms == 3600000 and .window_start == \"$(jq -r "select(.type == \"window\" and .window_ms == 3600000 and .seq == $1).window_start" out)\""
	}
	for expected in 1=first 2=second 3=second 4=second 5=fourth; do
		equal "labels of window ${expected%=*}, $*" "$(window "${expected%=*}")" "${expected#*=}"
	done
	equal "labels of the level, $*" "$(labels_of '.window_ms == 7200000')" first
}
for TABLE in $tables; do
	live
done
chmod 755 .
TABLE="hash"
live --user=nobody

# What that user could not read again is said at the start.
replace first
chmod 600 labels.csv
"$CTAGG" -w 1h --table=hash --labels=labels.csv --user=nobody >out 2>err
equal "status without the right to read" $? 1
grep -q '^ctagg: --labels labels.csv: Permission denied: ctagg runs as nobody; ' err || fail "not said"
equal "output" "$(cat out)" ""

# Labels that are read anew before the first event are in force in the first window: it begins then.
mkfifo later
for key in src,dst src-label; do
	replace first
	: >err
	"$CTAGG" -v --read=- -w 60,120 -k $key --labels=labels.csv <later >out 2>err &
	PID=$!
	exec 3>later
	wait_for ready
	replace second
	reload
	echo '{"kind":"start","time":"2026-11-21T01:00:10Z","proto":"udp","src_ip":"10.0.0.7","src_port":1,"dst_ip":"10.0.0.8","dst_port":2}' >&3
	exec 3>&-
	wait $PID || fail "status $?"
	check_output
	equal "labels of the first windows, -k $key" \
		"$(jq -r 'select(.type == "flow") | "\(.window_ms / 1000) \(.src_label) \(.starts)"' out | tr '\n' ,)" \
		"60 second 1,120 second 1,"
done

# Windows follow the time of events here: a level that ends after the labels have changed, and one that
# begins then.
mkfifo events
replace first
: >err
"$CTAGG" -v --read=- -w 60,120 --labels=labels.csv <events >out 2>err &
PID=$!
exec 3>events
event() {
	echo "{\"kind\":\"start\",\"time\":\"2026-11-21T01:0$1:10Z\",\"proto\":\"udp\",\"src_ip\":\"10.0.0.7\",\"src_port\":1,\"dst_ip\":\"10.0.0.8\",\"dst_port\":2}" >&3
}
wait_for ready
event 0
replace second
reload
event 1
event 2
wait_for has_windows 3
replace third
reload
event 3
exec 3>&-
wait $PID || fail "status $?"
check_output
slot_labels() {
	jq -r 'select(.type == "flow") | "\(.window_ms / 1000) \(.slot[14:16]) \(.src_label)"' out | sort -n | tr '\n' ,
}
equal "labels by slot" "$(slot_labels)" \
	"60 00 first,60 01 second,60 02 second,60 03 third,120 00 first,120 02 second,"
