#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --changes chooses which differences between two snapshots are printed; the others are counted.
# sha256_keys stays the same while the same flows are there.
. "$(dirname "$0")/lib.sh"

track
sysctl -qw net.netfilter.nf_conntrack_acct=1
entry() { conntrack -I -p udp -s "$1" -d 192.0.2.1 --sport "$2" --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"; }
gone() { conntrack -D -p udp -s "$1" --sport "$2" >/dev/null 2>&1 || fail "conntrack -D"; }
snap() { "$CTAGG" --snapshot --state state "$@" >out 2>err || fail "$*: $(cat err)"; }
what() { jq -r 'select(.type == "change") | .change + " " + .src_ip' out | sort | tr '\n' ','; }
field() { jq -r 'select(.type == "window") | '"$1" out; }
counts='[.appeared, .vanished, .changed, .unprinted_changes, .records] | tostring'
# From a snapshot of flows of 100, 100, 1 and 1 connections to one of 105, 104, 0 and 2, and a new one.
before() {
	conntrack -F >/dev/null 2>&1
	for ((i = 1; i <= 100; i++)); do
		entry 10.0.0.1 "$i"
		entry 10.0.0.2 "$i"
	done
	entry 10.0.0.3 1
	entry 10.0.0.4 1
	rm -f state
	snap
}
after() {
	for ((i = 101; i <= 104; i++)); do
		entry 10.0.0.1 "$i"
		entry 10.0.0.2 "$i"
	done
	entry 10.0.0.1 105
	gone 10.0.0.3 1
	entry 10.0.0.4 2
	entry 10.0.0.5 1
}
before
after
cp state first
all="appeared 10.0.0.5,changed 10.0.0.1,changed 10.0.0.2,changed 10.0.0.4,vanished 10.0.0.3,"
expect() {	# list, what is printed, how many are not
	cp first state
	snap --changes="$1"
	equal "printed with $1" "$(what)" "$2"
	equal "counted with $1" "$(field "$counts")" "[1,1,3,$3,$((5 - $3))]"
}
expect appeared,vanished,changed "$all" 0
expect appeared "appeared 10.0.0.5," 4
expect vanished "vanished 10.0.0.3," 4
expect changed "changed 10.0.0.1,changed 10.0.0.2,changed 10.0.0.4," 2
expect vanished,appeared "appeared 10.0.0.5,vanished 10.0.0.3," 3
expect changed:4% "changed 10.0.0.1,changed 10.0.0.2,changed 10.0.0.4," 2
expect changed:5% "changed 10.0.0.1,changed 10.0.0.4," 3
expect changed:5.001% "changed 10.0.0.4," 4
expect changed:100%,vanished "changed 10.0.0.4,vanished 10.0.0.3," 3
expect changed:100.001% "" 5
equal "still not unchanged" "$(field .unchanged)" false
cp first state
snap
equal "without --changes" "$(what) $(field .unprinted_changes)" "$all 0"
snap --changes=appeared
equal "compared with what was not printed" "$(field "$counts")" '[0,0,0,0,0]'

# One live flow whose bytes move: the same keys, another content.
conntrack -F >/dev/null 2>&1
packets() { "$TOOLS/packets" --count "$1" --to 127.0.0.1 --port 5000 --ports 1 >/dev/null || fail packets; }
packets 3
rm state
snap
keys=$(field .sha256_keys) content=$(field .sha256)
[[ $keys =~ ^[0-9a-f]{64}$ && $content != "$keys" ]] || fail "sha256_keys is $keys, sha256 $content"
packets 4
snap --changes=appeared,vanished,changed:10000%
equal "the flow changed" "$(field '[.changed, .unprinted_changes] | tostring')" "[1,1]"
equal "no new key" "$(field .sha256_keys)" "$keys"
[ "$(field .sha256)" != "$content" ] || fail "bytes moved, and sha256 is the same: $(cat out)"
entry 10.0.0.9 1
snap
[ "$(field .sha256_keys)" != "$keys" ] || fail "a new key, and sha256_keys is the same"
gone 10.0.0.9 1
snap
equal "the key is gone" "$(field .sha256_keys)" "$keys"
