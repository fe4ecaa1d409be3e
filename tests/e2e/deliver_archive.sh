#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --archive: what was delivered is moved there, also over file systems and with a full
# disk in between, and is not sent twice for that.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"

make_spool spool
deliver 1 --once --archive=archive --exec ./take
grep -q 'archive: No such file or directory; --archive wants a folder' err || fail "$(cat err)"

mkdir archive
put_windows spool 1 2
before=$(stat -c %i "spool/new/$(window_name 1)")
deliver 0 --once --archive=archive --exec ./take
equal "archived" "$(ls archive)" "$(names_of 1 2)"
equal "the same file" "$(stat -c %i "archive/$(window_name 1)")" "$before"
equal "left" "$(ls spool/new)" ""

# A part of the spool is no archive: new/ would lose what is moved to it.
put_windows spool 3
for part in new tmp dead; do
	deliver 2 --once --archive=spool/$part --exec ./take
	grep -q "^ctagg-deliver: --archive: spool/$part is a part of the spool" err || fail "$(cat err)"
	equal "left" "$(ls spool/new)" "$(names_of 3)"
done
command rm "spool/new/$(window_name 3)"

# dead letters are not archived
echo 65 >status.3
put_windows spool 3
deliver 0 --once --retry=10ms --archive=archive --exec ./take
equal "archived" "$(ls archive)" "$(names_of 1 2)"

# Two spools have links to one file, and one archive: rename(2) would leave both names.
make_spool other
put_windows spool 4
ln "spool/new/$(window_name 4)" other/new/
deliver 0 --once --archive=archive --exec ./take
"$DELIVER" --spool=other --once --archive=archive --exec ./take 2>err || fail "the other spool"
equal "left in both" "$(ls spool/new other/new)" "$(printf 'other/new:\n\nspool/new:')"
equal "archived" "$(cat "archive/$(window_name 4)")" "$(lines_of 4)"

# onto another file system, which is full at first
mkdir far
mount -t tmpfs -o size=64k tmpfs far
head -c 64k /dev/zero >far/filler 2>/dev/null
command rm -f taken taken.names attempts
put_windows spool 5 6
start_deliver --retry=10ms,20ms --archive=far --exec ./take
said() { grep -q "$(window_name 5): cannot be archived: No space left on device" err; }
wait_for said
equal "attempts on a full disk" "$(cat attempts)" 5
command rm far/filler
wait_for is_empty spool/new
finish
equal "attempts" "$(tr '\n' ' ' <attempts)" "5 6 "
equal "archived far away" "$(ls -A far)" "$(names_of 5 6)"
equal "lines" "$(cat far/*)" "$(lines_of 5 6)"

# while the archive is away, a file that was delivered is not sent again and again
mkdir away
command rm -f taken taken.names attempts
start_deliver --retry=10ms,20ms --archive=away --exec ./take
rmdir away
put_windows spool 8 9
said() { grep -q "$(window_name 8): cannot be archived: No such file or directory" err; }
wait_for said
sleep 0.2
finish
equal "attempts without an archive" "$(cat attempts)" 8
equal "left" "$(ls spool/new)" "$(names_of 8 9)"
rm spool/new/*

# the copy has reached the disk before the file is removed
put_windows spool 7
strace -f -y -e trace=fsync,renameat,renameat2,unlinkat -o trace \
	"$DELIVER" --spool=spool --once --archive=far --exec ./take 2>err || fail "with strace"
sed -nE 's/^[0-9]+ +([a-z]+)[0-9]*\(.*(far|new)([/">]).*= 0$/\1/p' trace | tr '\n' ' ' >order
equal "order of system calls" "$(cat order)" "fsync renameat fsync unlinkat "
