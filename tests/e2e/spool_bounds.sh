#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a spool holds is bounded by size, age and the room of its file system: the oldest windows go,
# none that is being sent, and each one that went is said once.
. "$(dirname "$0")/lib.sh"
. "$E2E/spool-lib.sh"

# As many windows, in order, as `out' has: those that are still in new/ are the youngest ones, and the
# others are in the counters of all window records but those that removed them.
oldest_went() {	# spool, windows elsewhere in the spool
	names out >all
	ls "$1/new" >left
	tail -n "$(wc -l <left)" all | diff - left >differ || fail "not the youngest are left: $(cat differ)"
	equal "dropped and left" "$(($(total dropped_windows) + $(wc -l <left) + ${2:-0}))" "$(wc -l <all)"
	equal "dropped records" "$(total dropped_records)" "$(records_of_missing)"
	jq -s -e 'map(select(.type == "window")) | all((.dropped_windows > 0) == (.status == "partial"))' \
		out >/dev/null || fail "status"
}
# The records of the windows of `all' that are not in `left', by what -o says of them.
records_of_missing() {
	jq -r 'select(.type == "window") | '"$NAME"' + " \(.records + 1)"' out |
		awk 'NR == FNR { left[$1]; next } !($1 in left) { n += $2 } END { print n + 0 }' left -
}
names() { jq -r 'select(.type == "window") | '"$NAME" "$1"; }
disk_of() { find "$@" -type f -printf '%b %s\n' | awk '{ n += ($1 * 512 > $2 ? $1 * 512 : $2) } END { print n + 0 }'; }
# What ctagg removes makes room again: the disk is filled until ctagg has nothing left to remove.
is_full() {
	cat /dev/zero >>disk/filler 2>/dev/null
	grep -q 'cannot write to disk/s: No space left' err
}
run() { "$CTAGG" --table=hash --no-align "$@" 2>err; }

# --- size: dead letters and torn files count, go too, and only dead letters are windows -----------
track
run -w 20ms -c 40 -o out --spool s --spool-max 64K || fail "status $?"
[ "$(total dropped_windows)" -gt 20 ] || fail "$(total dropped_windows) windows dropped"
oldest_went s
check_output
equal "messages" "$(grep -c 'removed to make room, .* is there a consumer' err)" 1
records=$(jq -s 'map(select(.dropped_windows > 0)) | length' out)
equal "messages of the end" "$(grep -cE "^ctagg: happened $records times, .* removed to make room, as the next window record says$" err)" 1
# With a slow disk several windows are still to be written when the last window record is made, and
# behind that record nothing is removed any more. The next run removes what is too much when it starts.
run -w 20ms -c 1 -o out --spool s --spool-max 64K || fail "status $?"
[ "$(disk_of s/new)" -le $((64 * 1024 + 4096)) ] || fail "$(disk_of s/new) bytes"
oldest_went s

rm -r s out
run -w 20ms -c 4 -o out --spool s || fail "status $?"
ls s/new >all
dead=$(head -n 1 all) torn=$(sed -n 2p all)
mv "s/new/$dead" s/dead
echo "400 no" >"s/dead/$dead.why"
mv "s/new/$torn" "s/dead/$torn.torn"
rm out
run -w 20ms -c 3 -o out --spool s --spool-max 16K || fail "status $?"
run -w 20ms -c 1 -o out --spool s --spool-max 16K || fail "status $?"	# the rest, when it starts
equal "dropped windows" "$(total dropped_windows)" "$((1 + 2 + 4 - $(find s/new -type f | wc -l)))"
equal "dead letters" "$(ls s/dead)" ""

# --- what a consumer has locked stays ---------------------------------------------------------------
rm -r s out
run -w 20ms -c 1 -o out --spool s || fail "status $?"
locked=$(ls s/new)
exec 7<"s/new/$locked"
flock --shared --nonblock 7 || fail "cannot lock"
run -w 20ms -c 10 -o out --spool s --spool-max 12K || fail "status $?"
[ -e "s/new/$locked" ] || fail "a window that was being sent is gone"
[ "$(find s/new -type f | wc -l)" -le 4 ] || fail "$(ls s/new)"
exec 7<&-
rm out
run -w 20ms -c 1 -o out --spool s --spool-max 4K || fail "status $?"
equal "files" "$(find s/new -type f | wc -l)" 1
[ ! -e "s/new/$locked" ] || fail "a window that nobody sends stays"

# --- age: by the start of the window ------------------------------------------------------------------
rm -r s out
mkdir -p s/new
touch s/new/README
old=$(date -u -d '-2 days' +%Y%m%dT%H%M%S.000Z)-60s-gw1-k3v9x2ma-0000000001.jsonl
young=$(date -u -d '-10 hours' +%Y%m%dT%H%M%S.000Z)-60s-gw1-k3v9x2ma-0000000002.jsonl
for file in "$old" "$young"; do
	printf '%s\n' '{"a":1}' '{"type":"window","records":1}' >"s/new/$file"
done
"$CTAGG" --snapshot --spool s --spool-max 1G,1d -o out 2>err || fail "status $?"
equal "dropped windows" "$(total dropped_windows)" 1
equal "dropped records" "$(total dropped_records)" 2
equal "files" "$(find s/new -name '*-60s-*')" "s/new/$young"
[ -e s/new/README ] || fail "a file of somebody else is gone"
command rm -r s	# its files are no records of the schema

# --- a twentieth of the file system stays free ----------------------------------------------------------
mkdir disk
mount -t tmpfs -o size=1m tmpfs disk
rm out
run -w 10ms -c 400 -o out --spool disk/s || fail "status $?"
free=$(stat -f -c '%a %b' disk | awk '{ print $1 / $2 }')
awk -v free="$free" 'BEGIN { exit !(free >= 0.05 && free < 0.2) }' || fail "$free of the disk is free"
[ "$(total dropped_windows)" -gt 50 ] || fail "$(total dropped_windows) windows dropped"
# At the end nothing is said any more, but windows go where else the last one would be lost.
after=$(sed -n 's/.*: \([0-9]*\) windows with .* for the last window.*/\1/p' err)
names out >all
ls disk/s/new >left
equal "dropped and left" "$(($(total dropped_windows) + $(wc -l <left) + ${after:-0}))" 400
tail -n "$(wc -l <left)" all | diff - left >differ || fail "not the youngest are left: $(cat differ)"

# --- the disk is full of other things, and nothing is left to remove: the window stays open ------------
rm -r out disk/s
mount -o remount,size=4m disk
start -w 50ms -o out --spool disk/s
gen --keys 200 --events 1000
cp gen.json truth
wait_for is_full
gen --keys 200 --events 1000
cat gen.json >>truth
command rm disk/filler
wait_for grep -q 'writing to disk/s again' err
finish
check_output
check_spool disk/s
equal "lost events" "$(total lost_events)" 0
equal "starts" "$(total starts)" "$(jq -s 'map(.created) | add' truth)"
names out >all
ls disk/s/new >left
tail -n "$(wc -l <left)" all | diff - left >differ || fail "not the youngest are left: $(cat differ)"
# ... and a stop does not wait for room: what is lost is said.
start -w 50ms --spool disk/s
wait_for is_full
kill "$PID"
wait "$PID"
equal "status" $? 1
grep -q 'lines and what was counted since were not written to disk/s' err || fail "nothing is said"
equal "files in tmp/" "$(ls disk/s/tmp)" ""
exit 0
