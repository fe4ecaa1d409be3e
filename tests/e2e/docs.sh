#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the program says of itself and what the man page says: the same options, and
# every field that is written.
. "$(dirname "$0")/lib.sh"
man=$E2E/../../man/ctagg.1

"$CTAGG" --help >help
grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u >in_help
grep -oE '(Fl -|\\-\\-)[a-z-]+' "$man" | sed 's/^Fl -/--/' | sort -u >in_man
[ -s in_help ] || fail "no options in --help"
diff in_help in_man >differ || fail "options of --help (<) and of the man page (>): $(cat differ)"

start -w 3600 -m 1
sysctl -qw net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_acct=1
gen --keys 4 --events 16 --proto tcp
finish
start -w 3600
gen --keys 4 --events 16 --proto icmp
finish
jq -r 'keys[]' out | sort -u >fields
[ "$(wc -l <fields)" -gt 30 ] || fail "only $(wc -l <fields) fields"
while read -r field; do
	grep -qE "^\.It Cm .*\b$field\b" "$man" || fail "the man page does not explain $field"
done <fields

if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$man" >lint || fail "$(cat lint)"
fi
