#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Torn files; several programs in one spool; several spools: hard links, copies, each bounded on its
# own; and folders and files that somebody prepared to be followed or overwritten.
. "$(dirname "$0")/lib.sh"
. "$E2E/spool-lib.sh"
track

# --- killed while writing: torn files of dead programs are set aside, those of others are not --------
mkdir s s/new s/tmp s/dead
name=20260101T000000.000Z-60s-gw1-aaaaaaaa-000000000
for i in 1 2 3; do
	echo '{"half":' >"s/tmp/${name}$i.jsonl"
done
echo x >s/tmp/replacing-last-1-0
echo x >s/tmp/notes.txt
exec 8<"s/tmp/${name}2.jsonl"
flock --exclusive 8
"$CTAGG" --snapshot --spool s 2>err || fail "status $?"
equal "messages" "$(cat err)" "ctagg: --spool: 2 windows that an earlier ctagg had not written to their end are in dead/, as NAME.torn"
equal "torn files" "$(ls s/dead)" "$(printf '%s\n' "${name}1.jsonl.torn" "${name}3.jsonl.torn")"
equal "files in tmp/" "$(ls s/tmp)" "$(printf '%s\n' "${name}2.jsonl" notes.txt)"
exec 8<&-
"$CTAGG" --snapshot --spool s 2>err || fail "status $?"
equal "torn files" "$(ls s/dead | wc -l)" 3

# --- two that write windows, and snapshots, into one spool ---------------------------------------------
rm -r s
pids=()
for i in 1 2; do
	start -w 50ms --spool s --host "gw$i" -o "out$i"
	pids+=("$PID")
done
for _ in 1 2 3 4 5; do
	"$CTAGG" --snapshot --spool s 2>snapshot.err || fail "snapshot: status $?"
	equal "messages" "$(cat snapshot.err)" ""
done
gen --keys 200 --events 1000
for PID in "${pids[@]}"; do
	finish
done
check_spool s
equal "torn files" "$(ls s/dead)" ""
for i in 1 2; do
	check_output "out$i"
	equal "files of gw$i" "$(find s/new -name "*-gw$i-*" | wc -l)" "$(windows "out$i")"
	equal "starts of gw$i" "$(cat s/new/*-gw$i-* | jq -s 'map(select(.type == "window").starts) | add')" "$(did created)"
done

# --- several spools: links on one file system, copies on another -------------------------------------------
mkdir disk
mount -t tmpfs -o size=16m tmpfs disk
start -w 50ms --spool a --spool b --spool disk/c --spool-max 40K -o out
gen --keys 20 --events 100
wait_for has_windows 15
finish
for spool in a b disk/c; do
	check_spool $spool
	equal "files in $spool/tmp" "$(ls $spool/tmp)" ""
	diff <(ls a/new) <(ls $spool/new) >differ || fail "a and $spool: $(cat differ)"
done
for file in a/new/*; do
	equal "links of $file" "$(stat -c %h "$file")" 2
	cmp "$file" "disk/c/new/${file##*/}" || fail "a copy differs"
done
equal "dropped windows, of three spools" "$(total dropped_windows)" \
	$((3 * ($(windows) - $(find a/new -type f | wc -l))))
# A consumer that takes all is not held up by another one that is away.
rm -r a b
command rm -r disk/c out
start -w 50ms --spool a --spool b --spool-max 40K -o out
mkdir taken
take() { mv a/new/* taken 2>take.err; has_windows 15; }
wait_for take
finish
take
left_of() { find "$@" -type f | wc -l; }
[ "$(left_of taken)" -gt "$(left_of b/new)" ] || fail "the one that takes has no more than the other"
# On a busy machine the consumer may come too late for a window, too.
equal "dropped windows, of both spools" "$(total dropped_windows)" \
	$((2 * $(windows) - $(left_of taken) - $(left_of b/new)))
# One that is full holds windows open, and gets every window when there is room again.
cat /dev/zero >disk/filler 2>/dev/null
head -c 512k disk/filler >room && command rm disk/filler && cp room disk/room
start -w 50ms --spool a --spool disk/c -o out3
cat /dev/zero >disk/filler 2>/dev/null
wait_for grep -q 'cannot write to disk/c: ' err
command rm disk/filler disk/room
wait_for grep -q 'writing to disk/c again' err
finish
check_spool disk/c
ls disk/c/new >left
jq -r 'select(.type == "window") | '"$NAME" out3 | tail -n "$(wc -l <left)" | diff - left >differ ||
	fail "not the youngest windows: $(cat differ)"
equal "dropped and left" "$(($(total dropped_windows out3) + $(wc -l <left)))" "$(windows out3)"

# --- a file system that has room for no more files -------------------------------------------------
mkdir few
mount -t tmpfs -o size=16m,nr_inodes=18 tmpfs few
for minute in {10..29}; do
	printf '{"type":"event","schema":1,"kind":"start","time":"2026-11-21T01:%s:00.000000Z","direction":"forward","proto":"udp","src_ip":"10.0.0.7","src_port":4000,"dst_ip":"192.0.2.1","dst_port":53}\n' "$minute"
done >events
timeout 20 "$CTAGG" --read=events --spool plenty --spool few/s 2>err || fail "few files: $? $(cat err)"
equal "windows where there is room" "$(ls plenty/new | wc -l)" 20
ls plenty/new | tail -n "$(ls few/s/new | wc -l)" | diff - <(ls few/s/new) >differ || fail "not the youngest: $(cat differ)"

# --- nothing is followed, nothing is overwritten ---------------------------------------------------------
rm -r a b
status() {
	"$CTAGG" --snapshot --spool "$1" >/dev/null 2>err
	equal "status of --spool $1" $? "$2"
	grep -q "$3" err || fail "--spool $1: $(cat err)"
}
mkdir real
ln -s real link
status link 2 'not a file or a symbolic link'
ln -s /run real/new
status real 2 'real/new: '
echo precious >file
status file 2 'not a file'
equal "file" "$(cat file)" precious
status missing/s 1 'make the folder above it'
[ ! -e missing ] || fail "a parent was made"
mkdir s3 && chmod 500 s3
status s3 1 'Permission denied'
"$CTAGG" --snapshot --spool s4 --spool ./s4 2>err
equal "status of one spool twice" $? 2
grep -q 'are the same folder' err || fail "$(cat err)"
# Small files that are links are replaced.
echo precious >precious
mkdir -p s5
ln -s ../precious s5/last
"$CTAGG" --snapshot --spool s5 2>err || fail "status $?"
equal "precious" "$(cat precious)" precious
[ -f s5/last ] && [ ! -L s5/last ] || fail "last is a link"
exit 0
