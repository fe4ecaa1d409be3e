#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --distinct: how many different values each record has, with both tables, with little room, with
# --top, in longer windows, with --interim and in a snapshot. conntrack(8) shows which values there
# were; distinct.py counts them.
. "$(dirname "$0")/lib.sh"
# shellcheck source=drops-lib.sh
. "$E2E/drops-lib.sh"
find_tables
track
drop_udp odd

declare -A running key field
run() {	# name, options of ctagg, --key, --distinct: in the background, until all are stopped
	# shellcheck disable=SC2086 # options
	"$CTAGG" -v -o "$1.out" $2 -k "$3" --distinct="$4" 2>"$1.err" &
	running[$1]=$! key[$1]=$3 field[$1]=$4
	wait_for grep -qs '^ctagg: ready' "$1.err"
}
for table in $tables; do
	run "sources-$table" "--table=$table -w 1h" proto,dport src
	run "ports-$table" "--table=$table -w 1h" src,dst sport
	run "hosts-$table" "--table=$table -w 1h" src/24/64,proto src
	run "networks-$table" "--table=$table -w 1h" proto nat-src/24/60
	run "small-$table" "--table=$table -w 1h -m 16" dst sport
	run "top-$table" "--table=$table -w 1h -t 3" dst sport
	run "levels-$table" "--table=$table -w 100ms,1h" proto dport
done
run interim "--table=hash --interim -w 1h" proto src

# Connections that stay are seen whole; then they end, too.
gen --keys 300 --events 2000 --hold --patient
gen --keys 20 --events 3000 --hold --proto tcp --ipv6 --patient
gen --keys 20 --events 200 --hold --proto sctp --nat --patient
gen --keys 5 --events 20 --hold --proto icmp --patient
{ conntrack -L -f ipv4; conntrack -L -f ipv6; } >seen 2>/dev/null
[ "$(wc -l <seen)" = 5220 ] || fail "conntrack shows $(wc -l <seen) connections"
"$CTAGG" --snapshot -k proto --distinct=dport | jq -c '. + {window_ms: 0}' >snapshot.out
"$E2E/distinct.py" seen dport proto snapshot.out >snapshot.is || fail "snapshot: see above"
conntrack -F 2>/dev/null || fail "connections stay"
for name in "${!running[@]}"; do
	kill "${running[$name]}"
	wait "${running[$name]}" || fail "$name: status $?: $(cat "$name.err")"
	check_output "$name.out"
	"$E2E/distinct.py" seen "${field[$name]}" "${key[$name]}" "$name.out" >"$name.is" || fail "$name: see above"
done

# Estimates, too, are the same from both tables.
numbers() { jq -c 'select(.window_ms == 3600000 and .type == "flow") | del(.id, .run, .window_start, .window_end, .slot, .first_seen, .last_seen)' "$1" | sort; }
[ "$(grep -c distinct_src_error sources-hash.out)" -ge 1 ] || fail "no estimate"
for table in $tables; do
	for name in sources ports hosts networks top levels; do
		diff <(numbers $name-hash.out) <(numbers "$name-$table.out") >differ || fail "$name: $(head -n 4 differ)"
	done
done
# A kernel table without room has passed events on.
[[ $tables != *bpf* ]] || [ "$(total passed_events small-bpf.out)" -gt 0 ] || fail "room for all"

# Drops: the number of source ports, which nft has in a set.
nft -f - <<-'N' || fail "the set"
	add set inet filter ports { type inet_service; flags dynamic; }
	insert rule inet filter input udp dport 5000 add @ports { udp sport }
N
TABLE="hash" start -w 1h -g 5 --no-conntrack -k dport,rule --distinct=sport
for n in 1 2 2; do
	"$TOOLS/packets" --count $n --to 127.0.0.1 --port 5000 >/dev/null
done
finish
ports=$(nft -j list set inet filter ports | jq '[.nftables[] | .set // empty | .elem[]] | length')
[ "$ports" -ge 2 ] || fail "$ports ports"
equal "ports of drops" "$(jq -c 'select(.type == "flow") | [.drops, .distinct_sport]' out)" "[5,$ports]"
