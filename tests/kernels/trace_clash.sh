# shellcheck shell=dash disable=SC2154 # result(), start(), stop(), check() and $status are of guest.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Cases of guest.sh, sourced: --source=trace, and entries that the kernel makes without a start: see
# tests/e2e/clash.sh. A pair of ctaggs, one with each source, sees them; all entries are removed, so there
# is an end of each.
{
	cat <<-'N'
		table ip clash {
			chain servers {
				type nat hook output priority -100
				ip daddr 127.0.0.9 dnat to numgen inc mod 2 map { 0 : 127.0.0.2, 1 : 127.0.0.3 }
			}
			chain in {
				type filter hook input priority 0
				udp dport 7000 drop
			}
			chain slow {
				type filter hook output priority 0
	N
	for mark in $(seq 200); do echo "meta mark $mark counter"; done
	printf "}\n}\n"
} >rules
nft -f rules || result "trace: clashes" "FAILED nft"
clashes() { conntrack -S | grep -o 'clash_resolve=[0-9]*' | awk -F= '{ s += $2 } END { print s + 0 }'; }
conntrack -F 2>/dev/null

clash_case() { # name, options of both
	name=$1
	shift
	before=$(clashes)
	pair_start "$@"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		clash --rounds 100 --to 127.0.0.9 --port 7000 >/dev/null
		conntrack -F 2>/dev/null
		[ $(($(clashes) - before)) -ge 10 ] && break
	done
	pair_stop
	happened=$(($(clashes) - before))
	said="$(wc -l <b) records, starts $(total starts), ends $(total ends), clash_ends $(total clash_ends), of $happened clashes"
	clash=$(total clash_ends)
	if [ $status = 0,0 ] && cmp -s a b && [ "$clash" -gt 0 ] && [ "$clash" -le $happened ] &&
		[ "$clash" = $(($(total ends) - $(total starts))) ]; then
		result "$name" "ok $said"
	else
		result "$name" "FAILED status $status, $said, $(diff a b | grep -c '^[+-]{') differ; $(tail -n 1 trace.err)"
	fi
}
clash_case "trace: clashes"
clash_case "trace: clashes, in memory" --table=hash
clash_case "trace: clashes, another key" --key src,dst,sport,dport,nat-dst
nft delete table ip clash
