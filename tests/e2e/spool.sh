#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The files of a spool: names, layout and contents against the records in them; levels, snapshots,
# two programs in one spool.
. "$(dirname "$0")/lib.sh"
. "$E2E/spool-lib.sh"
track

# --- layout -----------------------------------------------------------------------------------
umask 077
start --window 1s,4s --host 'gw-1/x y' --spool s -o out
gen --keys 300 --events 1200
wait_for has_files 6 s/new
finish
equal "modes" "$(stat -c %a s s/new s/tmp s/dead | sort -u)" 2770
equal "modes of files" "$(find s/new s/last -type f -printf '%m\n' | sort -u)" 640
group=$(getent group ctagg | cut -d: -f3)
equal "groups" "$(find s -printf '%G\n' | sort -u)" "${group:-0}"
equal "files in tmp/" "$(ls s/tmp)" ""
equal "files in dead/" "$(ls s/dead)" ""

# Each file is a window, which -o has got in the same order, byte by byte; names are what the window
# records say.
check_spool s
check_output
equal "files" "$(find s/new -type f | wc -l)" "$(windows)"
sort out >all
cat s/new/* | sort | diff - all >differ || fail "files (<) and -o (>): $(head differ)"
equal "starts of the shortest windows" "$(window_total s starts 1000)" "$(did created)"
equal "starts of the level" "$(window_total s starts 4000)" "$(did created)"
equal "dropped windows" "$(window_total s dropped_windows 1000)" 0
equal "last" "$(cat s/last)" "$(jq -r 'select(.type == "window")' out | jq -rs "last | $NAME + \" 1000\"")"

# --- without -o nothing goes to standard output, with -o - it does -------------------------------
"$CTAGG" --table=hash -w 100ms -c 2 --no-align --spool s2 >out2 || fail "status $?"
equal "bytes on standard output" "$(wc -c <out2)" 0
equal "files" "$(find s2/new -type f | wc -l)" 2
check_spool s2
"$CTAGG" --table=hash -w 100ms -c 2 --spool s2 -o - >out2 || fail "status $?"
equal "files" "$(find s2/new -type f | wc -l)" 4
[ "$(windows out2)" = 2 ] || fail "no windows on standard output"
check_spool s2

# --- snapshots, beside a ctagg that goes on ------------------------------------------------------
start --window 1h --spool s2
for _ in 1 2 3; do
	"$CTAGG" --snapshot --spool s2 2>>snapshot.err || fail "snapshot: status $?"
done
equal "messages of snapshots" "$(cat snapshot.err)" ""
equal "last" "$(cut -d' ' -f2 s2/last)" 0
[ -z "$(ls s2/tmp)" ] || fail "in tmp/: $(ls s2/tmp)"
finish
equal "files" "$(find s2/new -name '*-snapshot-*' | wc -l)" 3
equal "files" "$(find s2/new -type f | wc -l)" 8
equal "torn files" "$(ls s2/dead)" ""
check_spool s2
exit 0
