#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --archive --keep: what stays of an archive is what awk and date(1) say, for each
# series; a second run removes nothing; --dry-run says what a run removes, and removes nothing.
. "$(dirname "$0")/lib.sh"
deliver=$(dirname "$CTAGG")/ctagg-deliver
validator=	# the files are not what ctagg has written

# A window each six hours for 800 days, of two hosts and two lengths; names of files that are no
# windows; and windows with a `change` record. The first one is three hours old, so that no window
# is as old as a rule says to the second, and passes that age while the test runs.
now=$(date +%s)
mkdir archive
seq 3200 | awk -v now="$now" '{
	t = now - ($1 - 0.5) * 21600
	start = strftime("%Y%m%dT%H%M%S", t, 1)
	printf "%s.000Z-60s-gw1-k3v9x2ma-%010d.jsonl\n", start, 10000 - $1
	printf "%s.000Z-60s-gw-2-k3v9x2mb-%010d.jsonl\n", start, 10000 - $1
	if ($1 % 4 == 0)
		printf "%s.000Z-3600s-gw1-k3v9x2ma-%010d.jsonl\n", start, 10000 - $1
}' >names
(cd archive && while read -r name; do
	echo '{"type":"window","schema":1,"records":0}' >"$name"
done <../names)
changed=$(sed -n '4000p' names)
printf '{"type":"change","schema":1}\n{"type":"window","schema":1,"records":1}\n' >"archive/$changed"
printf '{"type":"flow","x":"{\\"type\\":\\"change\\""}\n' >"archive/$(sed -n '4001p' names)"
touch archive/notes.txt archive/20200101T000000.000Z-60s-gw1.jsonl "archive/$(head -n 1 names).why"
ln -s /etc/passwd "archive/20200102T000000.000Z-60s-gw1-k3v9x2ma-0000000001.jsonl"

# The oracle: the earliest file of each period, where the age of a file says which periods count.
# 1M is 2629800 s, 1y 31557600 s.
awk -v now="$now" -v changed="$changed" '{
	match($0, /-[0-9]+s-/)
	series = substr($0, RSTART, RLENGTH) substr($0, RSTART + RLENGTH)
	sub(/-[a-z0-9]+-[0-9]+\.jsonl$/, "", series)
	t = mktime(substr($0, 1, 4) " " substr($0, 5, 2) " " substr($0, 7, 2) " " substr($0, 10, 2) " " substr($0, 12, 2) " " substr($0, 14, 2), 1)
	print series "\t" t "\t" $0
}' names | LC_ALL=C sort -t "$(printf '\t')" -k1,1 -k2,2n >sorted
awk -F '\t' -v now="$now" -v changed="$changed" '
	function flush() { if (last != "") kept[last] }
	function first(period) { return !seen[$1, period]++ }
	$1 != series { flush(); series = $1; kept[$3] }
	{
		last = $3
		age = now - $2
		day = strftime("d%Y-%m-%d", $2, 1)
		week = "w" int((int($2 / 86400) + 3) / 7)
		month = strftime("m%Y-%m", $2, 1)
		quarter = "q" strftime("%Y", $2, 1) int((strftime("%m", $2, 1) - 1) / 3)
		d = first(day); w = first(week); m = first(month); q = first(quarter)
		if (age <= 7 * 86400 || (age <= 2629800 && d) || (age <= 3 * 2629800 && w) || (age <= 31557600 && m) || q || $3 == changed)
			kept[$3]
	}
	END { flush(); for (name in kept) print name }' sorted | LC_ALL=C sort >expected
[ "$(wc -l <expected)" -gt 100 ] && [ "$(wc -l <expected)" -lt 2000 ] || fail "the oracle keeps $(wc -l <expected) files"

windows_of() { find archive -type f -name '*.jsonl' -printf '%f\n' | grep -E -- '-[0-9]{10}\.jsonl$' | LC_ALL=C sort; }
others_of() { find archive -printf '%f\n' | grep -vxFf names | LC_ALL=C sort; }
rules=all:7d,day:1M,week:3M,month:1y,quarter
others_of >others

windows_of >before
"$deliver" --archive=archive --keep=$rules --dry-run >would 2>err || fail "--dry-run: status $?"
windows_of >after
cmp -s before after || fail "--dry-run removes files"
LC_ALL=C sort would >would.sorted
LC_ALL=C comm -23 before would.sorted >stays
diff expected stays >differ || fail "kept as the oracle says (<) and by --dry-run (>): $(head -n 20 differ)"

"$deliver" --archive=archive --keep=$rules 2>err || fail "status $?"
windows_of >after
diff expected after >differ || fail "kept as the oracle says (<) and by ctagg-deliver (>): $(head -n 20 differ)"
others_of | diff others - >differ || fail "what is no window was touched: $(cat differ)"
grep -qF "archive: $(wc -l <before) files of windows; $(wc -l <would) removed, 1 that would go stay for their change records" err ||
	fail "does not say what it removed"

"$deliver" --archive=archive --keep=$rules -v 2>err || fail "status $?"
windows_of | diff after - >differ || fail "a second run removes: $(cat differ)"
if grep -q ': removed$' err; then
	fail "a second run removes files"
fi

# A file that somebody sends, who has locked it, stays; the others go.
sent=$(sed -n 2p after)
exec 9<"archive/$sent"
flock -s 9
"$deliver" --archive=archive --keep=all:1h 2>err || fail "status $?"
[ -e "archive/$sent" ] || fail "a file that is locked was removed"
exec 9<&-
"$deliver" --archive=archive --keep=all:1h 2>err || fail "status $?"
# Of each of the three series the first and the last, and the one with a change.
equal "what stays of nearly nothing" "$(windows_of | wc -l)" 7

refused() {	# words of the message, options
	"$deliver" "${@:2}" >refused.out 2>err
	equal "status of ${*:2}" $? 2
	grep -qF -- "$1" err || fail "${*:2}: $(cat err)"
}
refused "add --archive" --keep=all:7d
refused "add --keep" --archive=archive --dry-run --spool=s --exec true
refused "--exec and --keep" --archive=archive --keep=all:7d --spool=s --exec true
refused "'minute:1h' is not all, hour" --archive=archive --keep=minute:1h
refused "'day' is not coarser than 'week'" --archive=archive --keep=week:1M,day:2M
"$deliver" --archive=none --keep=all:7d 2>err
equal "status without an archive" $? 1
grep -q '^ctagg-deliver: none: No such file or directory' err || fail "says nothing of the archive"
