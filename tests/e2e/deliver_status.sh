#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --status, --list and --retry-dead, on spools whose files this test makes: what they
# say is what ls(1) and date(1) say, and they change nothing but what --retry-dead is for.
. "$(dirname "$0")/lib.sh"
deliver=$(dirname "$CTAGG")/ctagg-deliver

# --- a spool -----------------------------------------------------------------------------

new_spool() { rm -rf spool; mkdir -p spool/new spool/tmp spool/dead; }
name() {	# when the window of a minute began, as date(1) takes it; its number
	printf '%s-60s-gw1-k3v9x2ma-%010d.jsonl' "$(date -u -d "$1" +%Y%m%dT%H%M%S.%3NZ)" "$2"
}
window() {	# part of the spool, name
	printf '{"type":"window","schema":1,"records":0}\n' >"spool/$1/$2"
	validator=	# not a record that ctagg has written
}
status() {	# expected status, options
	"$deliver" --spool=spool "${@:2}" >status.out 2>err
	local status=$?
	equal "status of ${*:2}: $(cat status.out)" $status "$1"
}
says() { grep -qE -- "$1" status.out || fail "does not say $1: $(cat status.out)"; }
field() { jq -r ".$1" status.out; }

# --- --status ------------------------------------------------------------------------------

new_spool
status 0 --status
says '^OK: 0 waiting; 0 dead \| pending=0;1000;10000;0 oldest_age=0s;600;3600;0 dead=0;1;100;0$'
says '^ctagg: no window written yet$'
says '^delivery: none yet$'
status 0 --status=json
equal "JSON of an empty spool" "$(jq -c . status.out)" '{"state":"ok","pending":0,"oldest_name":null,"oldest_age_ms":null,"dead":0,"last_delivery_name":null,"last_delivery":null,"last_error":null,"last_error_time":null,"last_name":null,"last_age_ms":null,"window_ms":null,"ctagg_dead":null}'

# Two files wait. The window of the older one ended 5 minutes ago.
old=$(name '-6 min' 1) young=$(name '-2 min' 5)
window new "$old"
window new "$young"
touch spool/new/other spool/dead/x.torn spool/new/.hidden
status 0 --status
says '^OK: 2 waiting, the oldest for 5 min; 0 dead \| pending=2;1000;10000;0 oldest_age=3[0-9][0-9]s;600'
status 0 --status=json
equal "pending" "$(field pending)" "$(find spool/new -name '*.jsonl' | wc -l)"
equal "oldest_name" "$(field oldest_name)" "$old"
age=$(field oldest_age_ms)
[ "$age" -ge 300000 ] && [ "$age" -lt 420000 ] || fail "the age of a window that ended 5 minutes ago: $age ms"

# Each limit, from its value on.
status 0 --status --warning=10m,3
status 1 --status --warning=10m,2
says '^WARNING: 2 waiting'
status 1 --status --warning=5m
status 2 --status --critical=5m
says '^CRITICAL: 2 waiting'
status 2 --status --critical=1h,2
dead=$(name '-1 day' 2)
window dead "$dead"
printf 'attempts 3\nanswer 400 Bad \033[31mRequest\ntime 2026-11-22T01:00:00.000000Z\n' >"spool/dead/$dead.why"
status 1 --status
says '^WARNING: .*; 1 dead '
status 0 --status --warning=1h,10,2
status 2 --status --critical=1h,10,1

# ctagg writes `last': dead when it is older than two windows.
printf '%s 60000\n' "$young" >spool/last
status 0 --status --warning=1h,10,2
says "^ctagg: last window [0-9]+ s ago, $young\$"
touch -d '-119 seconds' spool/last
status 0 --status=json --warning=1h,10,2
equal "ctagg_dead" "$(field ctagg_dead)" false
touch -d '-121 seconds' spool/last
status 2 --status=json --warning=1h,10,2
equal "ctagg_dead" "$(field ctagg_dead)" true
equal "state" "$(field state)" critical
equal "window_ms" "$(field window_ms)" 60000
status 2 --status --warning=1h,10,2
says '^CRITICAL: .*; ctagg is dead: no window for 2 min'
printf '%s 0\n' "$young" >spool/last
touch -d '-1 day' spool/last
status 0 --status --warning=1h,10,2

# The deliverer writes `delivered'.
printf '%s %s\nerror %s 503 "Busy"\n' "$old" "$(date -u -d '-90 seconds' +%FT%T.%6NZ)" "$(date -u +%FT%T.%6NZ)" >spool/delivered
status 0 --status --warning=1h,10,2
says "^delivery: last 9[0-9] s ago, $old\$"
says '^error: 2[0-9-]+T.* 503 "Busy"$'
status 0 --status=json --warning=1h,10,2
equal "last_error" "$(field last_error)" '503 "Busy"'
equal "last_delivery_name" "$(field last_delivery_name)" "$old"

# What cannot be known.
"$deliver" --spool=none --status >status.out 2>err
equal "status without a spool" $? 3
says '^UNKNOWN: none: No such file or directory'
"$deliver" --spool=none --status=json >status.out 2>err
equal "status without a spool" $? 3
equal "state" "$(field state)" unknown

# --- --list and --retry-dead ----------------------------------------------------------------

before=$(find spool -printf '%P %s %T@\n' | sort)
status 0 --list
equal "what is listed" "$(cut -f1-3 status.out)" "$({ cd spool/new && for f in 2*.jsonl; do printf 'new\t%s\t%s\n' "$f" "$(stat -c %s "$f")"; done
	cd ../dead && for f in 2*.jsonl; do printf 'dead\t%s\t%s\n' "$f" "$(stat -c %s "$f")"; done; })"
equal "why" "$(sed -n 's/^dead\t[^\t]*\t[^\t]*\t//p' status.out)" "$(printf '3\t400 Bad ?[31mRequest')"
equal "what --status and --list change" "$(find spool -printf '%P %s %T@\n' | sort)" "$before"

cp "spool/dead/$dead" letter
window dead "$young"	# new/ has this name, too
status 1 --retry-dead
grep -qF "$young: File exists; it stays in dead/" err || fail "does not say which letter stays"
grep -qF "1 dead letter waits again" err || fail "does not say how many wait again"
cmp letter "spool/new/$dead" || fail "the letter is another one"
equal "what is left in dead/" "$(ls spool/dead)" "$(printf '%s\n' "$young" x.torn | sort)"
rm "spool/dead/$young"
status 0 --retry-dead
grep -qF "0 dead letters wait again" err || fail "does not say that none waits again: $(cat err)"
equal "files that wait" "$(find spool/new -name '*.jsonl' | wc -l)" 3

# What is no file at all becomes a dead letter, too: it is counted and listed as the others.
ln -s nowhere "spool/dead/20261121T010000.000Z-60s-gw1-k3v9x2ma-0000000099.jsonl"
"$deliver" --spool=spool --status=json >status.out
equal "dead letters" "$(field dead)" 1
status 0 --list
equal "dead letters that are listed" "$(grep -c '^dead' status.out)" 1

# 100,000 files are counted and listed.
new_spool
seq 100000 | awk '{ printf "spool/new/20261121T0100%02d.%03dZ-60s-gw1-k3v9x2ma-%010d.jsonl\n", $1 / 1000 % 60, $1 % 1000, $1 }' | xargs touch
status 2 --status=json
equal "pending" "$(field pending)" 100000
equal "oldest_name" "$(field oldest_name)" "$(find spool/new -name '*.jsonl' -printf '%f\n' | LC_ALL=C sort | head -n 1)"
"$deliver" --spool=spool --list | wc -l >count
equal "listed" "$(cat count)" 100000

# --- what stands together -------------------------------------------------------------------

refused() {	# words of the message, options
	"$deliver" "${@:2}" >status.out 2>err
	equal "status of ${*:2}" $? 2
	grep -qF -- "$1" err || fail "${*:2}: $(cat err)"
}
refused "--exec and --status" --spool=spool --status --exec true
refused "--archive and --list" --spool=spool --list --archive=spool
refused "--url and --retry-dead" --spool=spool --retry-dead --url=http://x
refused "--list and --status" --spool=spool --status --list
refused "--warning: is a limit of --status" --spool=spool --warning=5m --list
refused "nothing says from where" --status
refused "add --spool=DIR before --exec" --exec true --spool=spool
refused "more than AGE,PENDING,DEAD" --spool=spool --status --warning=1m,2,3,4
