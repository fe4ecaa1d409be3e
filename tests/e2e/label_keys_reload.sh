#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Labels in the key, and files that are read anew: a window counts by the labels that were in force when
# it began, and so does each level, however often labels change before it ends; and no event is lost or
# counted twice, also while events come all the time. With both tables, and for recorded events.
. "$(dirname "$0")/lib.sh"
find_tables

# Four in five of the sources have the first label, the others the other one.
replace() {	# label, the other
	printf '10.0.0.0/8,%s\n' "$1" >new.csv
	awk -v other="$2" 'BEGIN { for (i = 0; i < 200; i++) printf "10.0.%d.%d,%s\n", i * 5 / 256, i * 5 % 256, other }' >>new.csv
	mv new.csv labels.csv
}
said() {	# what, how often, in files
	local file
	for file in "${@:3}"; do
		[ "$(grep -c "$1" "$file")" -ge "$2" ] || return
	done
}
# What each window and level had by label, without those that had nothing.
by_label() {	# file
	jq -r 'select(.type == "flow") | "\(.window_ms / 3600000) \(.src_label // "-") \(.starts + .ends)"' "$1" |
		awk '{ n[$1 " " $2] += $3 } END { for (k in n) print k, n[k] }' | sort
}

# One program for each table, in a folder of its own with a file of labels of its own.
start_each() {	# options
	errs=() pids=() reloads=0
	for table in $tables; do
		rm -rf "$table"
		mkdir "$table"
		cp labels.csv "$table"
		cd "$table" && TABLE=$table start --labels=labels.csv "$@" && cd .. || fail "$table"
		pids+=("$PID")
		errs+=("$table/err")
	done
}
finish_each() {
	for PID in "${pids[@]}"; do
		finish
	done
	for table in $tables; do
		check_output "$table/out"
	done
}
reload() {
	for table in $tables; do
		cp labels.csv $table/new.csv && mv $table/new.csv $table/labels.csv
	done
	kill -HUP "${pids[@]}"
	reloads=$((reloads + 1))
	wait_for said 'from the next window on' $reloads "${errs[@]}"
}

replace a b
start_each -w 1h,2h,4h -k src-label
rounds=0
round() {	# label, the other: from the next window on
	gen --keys 1000 --events 2000
	replace "$1" "$2"
	reload
	gen --keys 1000 --events 2000
	kill -USR2 "${pids[@]}"
	rounds=$((rounds + 1))
	for table in $tables; do
		wait_for has_windows $rounds $table/out
	done
}
round c d
round b a
round b a
# No source has a label now; a bad file after that changes nothing.
gen --keys 1000 --events 2000
echo 192.0.2.0/24,nobody >labels.csv
reload
kill -USR2 "${pids[@]}"
for table in $tables; do
	wait_for has_windows 4 $table/out
	echo bad >$table/labels.csv
done
kill -HUP "${pids[@]}"
wait_for said 'the labels stay as they were' 1 "${errs[@]}"
gen --keys 1000 --events 2000
cat >expected <<-EXPECTED
	1 - 2000
	1 a 4400
	1 b 5600
	1 c 3200
	1 d 800
	2 a 12800
	2 b 3200
	4 a 12800
	4 b 3200
EXPECTED
finish_each
for table in $tables; do
	by_label $table/out >found
	diff expected found >differences || fail "$table: $(cat differences)"
done

# Labels change while events come, windows end, and levels begin and end.
replace a b
start_each -w 200ms,400ms,2s -k src-label,proto
"$TOOLS/ctgen" --patient --keys 1000 --duration 4 --rate 20000 >gen.out &
generator=$!
while kill -0 $generator 2>/dev/null; do
	replace x$reloads y$((reloads % 7))
	reload
done
wait $generator || fail "ctgen"
tail -n 1 gen.out >gen.json
finish_each
for table in $tables; do
	for level in 200 400 2000; do
		jq -c "select(.window_ms == $level)" $table/out >level
		equal "$table, $level ms: starts" "$(total starts level)" "$(did created)"
		equal "$table, $level ms: ends" "$(total ends level)" "$(did deleted)"
	done
	# In every window of every level there is one pair of labels.
	jq -r 'select(.type == "flow") | "\(.window_ms) \(.window_start) \(.src_label)"' $table/out | sort -u |
		awk '{ n[$1 " " $2]++ } END { for (k in n) if (n[k] > 2) print k, n[k] }' >mixed
	equal "$table: windows with labels of several times" "$(cat mixed)" ""
	[ "$(jq -r 'select(.type == "flow").src_label' $table/out | sort -u | wc -l)" -gt 6 ] || fail "$table: labels never changed"
done

# Recorded: a level begins with the labels of its first window.
mkfifo events
replace a b
: >err
"$CTAGG" -v --read=- -w 60,120,240 -k src-label --labels=labels.csv <events >out 2>err &
PID=$!
exec 3>events
event() {	# minute
	echo "{\"kind\":\"start\",\"time\":\"2026-11-21T01:0$1:10Z\",\"proto\":\"udp\",\"src_ip\":\"10.0.0.7\",\"src_port\":1,\"dst_ip\":\"10.0.0.8\",\"dst_port\":2}" >&3
}
wait_for ready
event 0
replace c d
kill -HUP $PID
wait_for said 'from the next window on' 1 err
event 1
event 2
wait_for has_windows 3
replace e f
kill -HUP $PID
wait_for said 'from the next window on' 2 err
event 3
exec 3>&-
wait $PID || fail "status $?"
check_output
equal "labels by slot" \
	"$(jq -r 'select(.type == "flow") | "\(.window_ms / 1000) \(.slot[14:16]) \(.src_label) \(.starts)"' out | sort -n | tr '\n' ,)" \
	"60 00 a 1,60 01 c 1,60 02 c 1,60 03 e 1,120 00 a 2,120 02 c 2,240 00 a 4,"
