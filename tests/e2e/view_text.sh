#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-view --table and --csv: every number and name of the lines, of events that vectors have and
# of a real run; hostile text; pipes that end, and disks that are full. The oracle is python, which
# reads the same lines (view_text.py).
. "$(dirname "$0")/lib.sh"
# shellcheck source=view-lib.sh
. "$E2E/view-lib.sh"
ok() {	# what, then view_text.py's arguments
	local what=$1
	shift
	"$E2E/view_text.py" "$@" >verdict || fail "$what: $(cat verdict)"
}
view() {	# status, arguments; prints into `printed'
	local want=$1 status
	shift
	"$VIEW" "$@" >printed 2>err
	status=$?
	equal "status of ctagg-view $*" "$status" "$want"
}

# --- vectors -------------------------------------------------------------------------------------
compared=0
for vector in "$vectors"/*/; do
	vector=$(basename "$vector")
	of_vector "$vector" || continue
	view 0 --csv lines
	ok "$vector, csv" csv lines printed
	view 0 --table lines
	ok "$vector, table" table lines printed flow bytes 20
	compared=$((compared + 1))
done
# Flows of every network namespace are of one window, which has no namespace.
of_vector kernel_drops
jq -c 'if .type == "flow" then .netns = (.drop_reason // "none") else . end' lines >every
view 0 --csv every
ok "every namespace, csv" csv every printed
! grep -q unfinished printed || fail "a namespace is no window: $(cat printed)"
view 0 --table every
grep -q " NAMESPACE " printed || fail "every namespace: no column: $(cat printed)"
! grep -q missing printed || fail "every namespace: $(cat printed)"
[ $compared -ge 80 ] || fail "only $compared vectors"

# --- a real run: flows of several sources and ports, drops, two levels ---------------------------
track
nft -f - <<-'N' || fail "rules"
	table inet shut {
		chain in {
			type filter hook input priority 10
			udp dport 5000 log prefix "=no, five; " group 5 drop comment "=closed"
			udp dport 5001 log prefix "six" group 5 drop
		}
	}
N
sysctl -qw net.netfilter.nf_conntrack_acct=1
rm -f out lines
start -w 1s,1h --no-align --interim -g 5 --key src,dst,sport,dport,proto,dir,rule
gen --keys 150 --events 1000 --proto tcp
"$TOOLS/packets" --count 7 --to 127.0.0.1 --port 5000 >/dev/null
"$TOOLS/packets" --count 3 --to 127.0.0.1 --port 5001 >/dev/null
wait_for has_windows 1
finish
mv out lines
[ "$(jq -s 'map(select(.type == "flow").src_ip) | unique | length' lines)" -gt 1 ] || fail "one source"
view 0 --csv lines
ok "real run" csv lines printed
view 0 --csv --level=1h lines
ok "the hour" csv lines printed 3600000
jq -c 'select(.window_ms == 3600000)' lines >hour
for group in flow src dst port rule direction host; do
	for sort in bytes packets starts ends drops live; do
		view 0 --table --group=$group --sort=$sort --top=1000000 hour
		ok "by $group, sorted by $sort" table hour printed $group $sort 1000000
	done
done
# Equal rows stand in an order of their own, so the last of few has to differ from the next one.
view 0 --table --group=src hour
ok "20 sources" table hour printed src bytes 20
view 0 --table --level=1h --sort=drops --top=2 lines
ok "two flows with most drops" table hour printed flow drops 2
# of the rules: all of them, with what they dropped
view 0 --table --group=rule hour
equal "rules" "$(sed -n '/^LOG PREFIX.*LOGGED/,$p' printed | sed 1d | awk -F '  +' '{ print $1, $(NF - 2) }')" \
	"$(jq -s -r 'map(select(.type == "rule")) | sort_by(-.drops)[] | "\(.log_prefix | rtrimstr(" ")) \(.drops)"' hour)"

# --- selection ------------------------------------------------------------------------------------
view 0 --csv --proto=udp --dport='!5001' hour
jq -c 'select(.type == "window" or (.proto == "udp" and .dst_port != 5001))' hour >selected
equal "selected flows" "$(sed 1d printed | wc -l)" "$(grep -c '"type":"flow"' selected)"
view 0 --table --sort=drops --proto=udp --dport='!5001' hour
sed -n 2p printed | grep -qx 'only flows with proto=udp dport=!5001' || fail "conditions: $(sed -n 2p printed)"
sed 2d printed >without
jq -c 'if .type == "window" then .records = 0 else . end' selected >selected.lines
ok "selected flows" table selected.lines without flow drops 20
view 0 --table --proto=sctp hour
equal "no flow of SCTP" "$(sed 1,2d printed)" "no flow meets the conditions"
view 0 --csv --proto=sctp hour
equal "no flow of SCTP" "$(sed 1d printed | cut -d, -f1)" window

# --- streams -------------------------------------------------------------------------------------
# Each window is printed when its window record comes.
mkfifo pipe
"$VIEW" --table <pipe >printed 2>err &
viewer=$!
exec 3>pipe
sed '/"type":"window"/q' lines >&3
has_table() { grep -q '^total' printed; }
wait_for has_table
exec 3>&-
wait $viewer || fail "status $? at the end of a pipe"
# A reader that has seen enough: ends well, and without a word.
"$E2E/view_text.py" many >many
for mode in --table --csv; do
	"$VIEW" $mode many 2>err | head -n 1 >first
	equal "status of $mode | head" "${PIPESTATUS[0]}" 0
	[ ! -s err ] || fail "$mode | head: $(cat err)"
done
view 0 --csv many
ok "5,000 windows" csv many printed
for mode in --table --csv; do
	"$VIEW" $mode many >/dev/full 2>err
	equal "status of $mode on a full disk" $? 1
	equal "$mode on a full disk" "$(cat err)" "ctagg-view: standard output: No space left on device; not all was written"
	"$VIEW" $mode many >&- 2>err
	equal "status of $mode without standard output" $? 1
done

# --- several hosts and levels, and what is missing ------------------------------------------------
"$E2E/view_text.py" hosts >hosts
view 0 --csv hosts
ok "hosts, csv" csv hosts printed
view 0 --table hosts
ok "hosts, table" table hosts printed flow bytes 20
grep -qF '2026-11-21 00:00:30 to 00:00:40 UTC  10s  partial: 1,234 events lost' printed || fail "$(cat printed)"
grep -qF '2026-11-21 23:59:00 to 2026-11-22 00:00:00 UTC  1m  complete' printed || fail "$(cat printed)"
grep -qF '  partial: 3 records missing' printed || fail "$(cat printed)"
grep -qF '  partial: 1 window without its end' printed || fail "$(cat printed)"
view 0 --csv - <hosts
ok "hosts, from standard input" csv hosts printed
view 0 --csv --level=180 hosts
ok "three minutes" csv hosts printed 180000
# a folder: its files by their names, and a file that is gone or cannot be read does not end it
mkdir spool
grep alpha hosts >spool/1.jsonl
grep beta hosts >spool/2.jsonl
cat spool/* >sorted
view 0 --csv spool
ok "a folder" csv sorted printed
# The spool itself has its windows one folder further down.
mkdir -p whole/new && cp spool/* whole/new && : >whole/lock
view 1 --csv whole
grep -q 'name the folder of its windows: whole/new$' err || fail "no hint at the windows of a spool: $(cat err)"
view 0 --csv whole/new
ok "the windows of a spool" csv sorted printed
view 1 --csv nowhere spool
grep -qx 'ctagg-view: nowhere: No such file or directory' err || fail "$(cat err)"
ok "beside a file that is not there" csv sorted printed

# --- lines that are none --------------------------------------------------------------------------
{
	echo '{"type":"flow"'
	cat hosts
	printf 'not a line of ctagg\n\n {"type":"socket"}\n\xff\xfe\n'
} >damaged
view 0 --csv damaged
ok "damaged lines" csv hosts printed
lines=$(wc -l <damaged)
grep -q "^ctagg-view: 3 of $lines lines are no records of ctagg and are left out; the first is line 1: " err ||
	fail "$(cat err)"
nothing() {	# why, arguments
	local why=$1
	shift
	view 1 "$@"
	grep -qx "ctagg-view: $why" err || fail "$*: $(cat err)"
}
for mode in --table --csv; do
	: >empty
	nothing "nothing to show: not a single line was read" $mode empty
	nothing "nothing to show: none of 1 lines is of a window" $mode <(echo x)
	nothing "nothing to show: no line belongs to a window; .*" $mode "$vectors/ipv6/input.jsonl"
	nothing "--level=7m: no window is so long; .*" $mode --level=7m hosts
	nothing "/nowhere: No such file or directory" $mode /nowhere
	equal "messages about one file" "$(wc -l <err)" 1
done

# --- hostile text ---------------------------------------------------------------------------------
"$E2E/view_text.py" hostile >hostile
view 0 --csv hostile
ok "hostile text, csv" csv hostile printed
harmless() {	# what: no control character is printed, of Unicode neither
	/usr/bin/python3 - printed <<-'P' || fail "$1: $(cat verdict)"
		import sys, unicodedata
		text = open(sys.argv[1], encoding="utf-8").read()
		bad = [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Zl", "Zp")]
		bad += [c for c in text if c in "\u202e\u2066\u2069\ufeff\u200b\u200d\U000e0041\u00ad"]
		sys.exit(f"printed as it was: {bad!r}" if bad else 0)
	P
}
for group in flow src dst port rule label direction host; do
	view 0 --table --group=$group hostile
	harmless "hostile text, by $group"
	equal "tables" "$(grep -c '^total' printed)" "$(grep -c '"type": "window"' hostile)"
done
view 0 --table --group=rule hostile
[ "$(wc -L <printed)" -lt 400 ] || fail "a long text makes lines of $(wc -L <printed) columns"
# A locale without these characters shows none of them.
LC_ALL=C view 0 --table hostile
! LC_ALL=C grep -q '[^ -~]' printed || fail "beyond ASCII in the locale C"

# --- names ----------------------------------------------------------------------------------------
printf '%s\n' '10.0.0.1 web-1.example' '10.0.4.1 db-1.example' >names
echo 'hosts: files' >nsswitch
grep -E '^services:' /etc/nsswitch.conf >>nsswitch
mount --bind names /etc/hosts && mount --bind nsswitch /etc/nsswitch.conf || fail "mount"
head -n 2 many | sed 's/192\.0\.2\.1/10.0.4.1/' >one
view 0 --table --names one
service=$(getent services 53/udp | awk '{ print $1 }')
grep -qE "^out +udp +web-1\.example +db-1\.example +${service:-53} " printed || fail "names: $(cat printed)"
view 0 --table one
grep -qE "^out +udp +10\.0\.0\.1 +10\.0\.4\.1 +53 " printed || fail "names, not asked for: $(cat printed)"

# --- wrong usage ----------------------------------------------------------------------------------
wrong() {	# a word that the line must have, arguments
	local name=$1
	shift
	view 2 "$@"
	equal "lines of ctagg-view $*" "$(wc -l <err)" 1
	grep -qF -- "$name" err || fail "ctagg-view $* does not name $name: $(cat err)"
	[ ! -s printed ] || fail "ctagg-view $* prints"
}
wrong "--csv and --table: " --table --csv
wrong "--group and --csv: " --csv --group=src
wrong "'lost' is not bytes, packets" --table --sort=lost
wrong "--nonsense" --nonsense
wrong "--top" --top=5
wrong "--src" --src=10.0.0.0/33 --table
wrong "'0'" --table --top=0
wrong "files: --follow=dir" --follow=dir files
script -q -e -c "'$VIEW' --table" terminal </dev/null >/dev/null
equal "status without lines, on a terminal" $? 2
grep -q 'nothing says what to show; name a FILE' terminal || fail "$(cat terminal)"

"$VIEW" --help >printed || fail "--help"
grep -q '^Usage: ctagg-view' printed || fail "--help: $(cat printed)"
"$VIEW" -V >printed || fail "-V"
grep -q '^ctagg-view [0-9]' printed || fail "-V: $(cat printed)"
grep -q "^Built with ncursesw $(pkg-config --modversion ncursesw)\$" printed || fail "-V does not name ncursesw"
for option in --help -V; do
	"$VIEW" $option >/dev/full 2>err
	equal "status of $option on a full disk" $? 1
done
# It is a program without privileges, and linked to nothing that a program with privileges needs.
libraries=$(readelf -dW "$VIEW" | sed -n 's/.*(NEEDED).*\[lib\(.*\)\.so.*/\1/p')
grep -qx ncursesw <<<"$libraries" || fail "libraries: $libraries"
equal "other libraries" "$(grep -vxE 'c|asan|ubsan|ncursesw|tinfo' <<<"$libraries")" ""
