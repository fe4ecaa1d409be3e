#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many ctaggs count the same events at the same time, with every key, selection and --top
# and with both tables: each agrees with the finest key when jq adds its flows up, and the
# finest key agrees with the generator.
. "$(dirname "$0")/lib.sh"

runs=()
run() {	# name, options: in the background, until all are stopped
	local name=$1
	shift
	"$CTAGG" -v -w 3600 -o "$name.out" "$@" 2>"$name.err" &
	runs+=("$!")
	PIDS[$!]=$name
	wait_for grep -qs '^ctagg: ready' "$name.err"
}
declare -A PIDS
all=src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark
run finest --table=hash -k $all
run default --table=hash
run default-bpf --table=auto
for table in auto hash; do
	run "net-$table" --table=$table -k src/24/64,dst/16/48,proto
	run "ports-$table" --table=$table -k sport,dport
	run "proto-$table" --table=$table -k proto,dir
	run "icmp-$table" --table=$table -k icmp-code,src
	run "nat-$table" --table=$table -k nat-src,nat-sport,nat-dst/8,nat-dport
	run "zone-$table" --table=$table -k zone,mark
	run "select-$table" --table=$table --proto=udp,icmp --dport='!53-60' --src='!10.0.1.0/24'
	run "in6-$table" --table=$table --src=::/0 -k src/0/16
	run "top-$table" --table=$table -t 10
	run "topbytes-$table" --table=$table -t 7,bytes -k dst,proto
	run "small-$table" --table=$table -m 16
	run "levels-$table" --table=$table -w 200ms,1s,2s
done
sysctl -qw net.netfilter.nf_conntrack_acct=1
for load in "--proto udp" "--proto tcp --ipv6" "--proto icmp" "--proto udp --nat" "--proto udp --zone 7" "--proto udp --mark 9" "--mixed --proto sctp"; do
	# shellcheck disable=SC2086 # options
	gen $load --keys 100 --events 2000
	created=$((${created:-0} + $(did created)))
	deleted=$((${deleted:-0} + $(did deleted)))
done
for pid in "${runs[@]}"; do
	kill "$pid"
	wait "$pid" || fail "${PIDS[$pid]}: status $?: $(cat "${PIDS[$pid]}.err")"
done
for name in "${PIDS[@]}"; do
	check_output "$name.out"
done
sum() { jq -s "map(select(.type == \"window\" and .window_ms == ${3:-3600000}).$1) | add" "$2.out"; }
equal "starts" "$(sum starts finest)" "$created"
equal "ends" "$(sum ends finest)" "$deleted"

# The flow records of a run.
flows() { jq -c 'select(.type == "flow")' "$1.out"; }
# Add up the finest flows by the fields of a key; and the flows of a run by theirs.
added() { flows finest | jq -s -c "map($1) | group_by(.key) | map([.[0].key, (map(.starts) | add), (map(.ends) | add)]) | .[]"; }
same_as() {	# name of the run, its key as an object of fields of the finest record
	local table
	for table in auto hash; do
		added "{key: $2, starts, ends}" | sort >expected
		flows "$1-$table" | jq -c "[$2, .starts, .ends]" | sort >found
		[ -s found ] || fail "$1-$table: nothing"
		cmp -s expected found || fail "$1-$table: $(diff expected found | head -n 6)"
	done
}
same_as ports '{src_port, dst_port}'
same_as proto '{proto, direction}'
same_as icmp '{src_ip, icmp_type, icmp_code}'
same_as zone '{zone, mark}'
equal "default" "$(flows default | wc -l)" "$(added '{key: [.src_ip, .dst_ip, .dst_port, .proto, .icmp_type, .direction], starts, ends}' | wc -l)"
for table in auto hash; do
	equal "networks" "$(flows "net-$table" | jq -r .src_ip | grep -vcE '/(24|64)$')" 0
	equal "starts of networks" "$(sum starts "net-$table")" "$created"
	equal "translated" "$(flows "nat-$table" | jq -s 'map(.starts) | add')" "$created"
	equal "networks of translated" "$(flows "nat-$table" | jq -r 'select(.nat_dst_ip | contains(":") | not) | .nat_dst_ip' | grep -vc '\.0\.0\.0/8$')" 0

	# selection
	equal "selected" "$(sum starts "select-$table")" "$(flows finest | jq -s 'map(select((.proto == "udp" or .proto == "icmp")
		and ((.dst_port // 0) < 53 or (.dst_port // 0) > 60) and (.src_ip | startswith("10.0.1.") | not)) | .starts) | add // 0')"
	equal "selected or not" "$(($(sum starts "select-$table") + $(sum ends "select-$table") + $(sum unselected_events "select-$table")))" "$((created + deleted))"
	equal "IPv6 only" "$(sum starts "in6-$table")" "$(flows finest | jq -s 'map(select(.src_ip | contains(":")) | .starts) | add')"

	# top: the largest flows, and one record for the rest
	equal "top" "$(flows "top-$table" | wc -l)" 10
	equal "the rest" "$(jq -c 'select(.type == "other") | [.reason, .folded_flows]' "top-$table.out")" \
		"[\"top\",$(($(flows default | wc -l) - 10))]"
	flows default | jq -s -c 'sort_by(-.starts) | .[:10] | map(.starts)' >expected
	equal "the largest" "$(flows "top-$table" | jq -s -c 'map(.starts)')" "$(cat expected)"
	equal "starts" "$(sum starts "top-$table")" "$created"
	equal "by bytes" "$(flows "topbytes-$table" | wc -l)" 7

	# little room: the sums hold, and the window is partial
	equal "starts" "$(sum starts "small-$table")" "$created"
	equal "status" "$(jq -r 'select(.type == "window").status' "small-$table.out")" partial
	[ "$(sum max_error "small-$table")" -gt 0 ] || fail "no max_error"

	# levels: each counts everything
	for level in 200 1000 2000; do
		equal "starts of level $level" "$(sum starts "levels-$table" $level)" "$created"
		equal "ends of level $level" "$(sum ends "levels-$table" $level)" "$deleted"
	done
done
equal "both tables take the same ten" "$(flows top-auto | jq -c '[.src_ip, .dst_ip, .dst_port, .starts]')" "$(flows top-hash | jq -c '[.src_ip, .dst_ip, .dst_port, .starts]')"
