#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check for a monitor: how bad each cause is, and the exit status. On a kernel as it comes, and
# with a ctagg that has listened from the start, there is nothing worse than a note.
. "$(dirname "$0")/lib.sh"

causes() { "$CTAGG" --check=json 2>err | jq -r '"\(.severity) \(.cause)"'; }
expect() {	# what is the case, the status with --fail-on=error, warning, note
	local format level
	local -A statuses=([error]=$2 [warning]=$3 [note]=$4)
	for format in --check --check=json; do
		"$CTAGG" $format >out.all 2>err
		equal "status of $format, $1" $? "$2"
		sed -i 's/"id":.*"severity"/"severity"/' out.all
		for level in "${!statuses[@]}"; do
			"$CTAGG" $format --fail-on="$level" >out.level 2>err
			equal "status of $format --fail-on=$level, $1" $? "${statuses[$level]}"
			sed -i 's/"id":.*"severity"/"severity"/' out.level
			cmp -s out.all out.level || fail "--fail-on=$level changes what is printed: $(diff out.all out.level)"
		done
	done
	"$CTAGG" --check >text 2>err
	grep -Ev '^(error|warning|note): ' text && fail "a line begins otherwise"
	"$CTAGG" --check=json 2>err | jq -r '"\(.severity): \(.text): \(.command)"' >json
	cmp text json || fail "the text, and what is in JSON: $(diff text json)"
}

# as Linux comes, with a rule that uses connection tracking
track
equal "nf_conntrack_events" "$(cat /proc/sys/net/netfilter/nf_conntrack_events)" 2
host a 1
# So that the connections made here stay as long as the test takes.
sysctl -qw net.netfilter.nf_conntrack_icmp_timeout=3600 net.netfilter.nf_conntrack_tcp_timeout_time_wait=3600
conntrack -F 2>/dev/null
empty() { [ -z "$(conntrack -L 2>/dev/null)" ]; }
wait_for empty
start -w 1h
serve a 7000
echo hello | ncat 10.9.1.2 7000 >/dev/null || fail "no exchange"
ping -q -c1 10.9.1.2 >/dev/null
[ "$(conntrack -L 2>/dev/null | wc -l)" -ge 2 ] || fail "no connections"
expect "ctagg has listened from the start" 0 0 3
equal "the worst" "$(causes | cut -d ' ' -f 1 | sort -u)" note
# Flushed connections are of no concern either, and new ones come.
conntrack -F 2>/dev/null
ping -q -c1 10.9.1.2 >/dev/null
expect "connections were flushed" 0 0 3
conntrack -F 2>/dev/null
finish
equal "each connection has reported its end" "$(total starts)" "$(total ends)"

# Nobody listens here any more, and connections begin. (Whether these report their end depends on
# listeners in all network namespaces, and other tests have some.)
conntrack -F 2>/dev/null
ping -q -c1 10.9.1.2 >/dev/null
expect "nobody listens" 0 3 3
equal "the worst" "$(causes | head -n 1)" "warning events_auto"

# an error
sysctl -qw net.netfilter.nf_conntrack_events=0
expect "no events" 3 3 3

# nothing at all
sysctl -qw net.netfilter.nf_conntrack_events=1 net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
expect "all is well" 0 0 0

# A protocol that is not tracked, of a host that speaks the protocol.
nft flush ruleset
nft 'table ip t { chain in { type filter hook input priority 0; ct state new counter; }; }'
equal "IPv4 alone is tracked" "$(causes)" "warning no_tracking_ipv6"
nft flush ruleset
conntrack -F 2>/dev/null
nft 'table ip6 t { chain in { type filter hook input priority 0; ct state new counter; }; }'
equal "IPv6 alone is tracked" "$(causes)" "error no_tracking_ipv4"
ip addr del 10.9.1.1/24 dev to-a
equal "a host of IPv6 alone" "$(causes)" "note no_tracking_ipv4"

for wrong in "--fail-on=error" "--fail-on=note --snapshot" "--check --fail-on=bad" "--check --fail-on"; do
	# shellcheck disable=SC2086 # options
	"$CTAGG" $wrong >out 2>err
	equal "status of $wrong" $? 2
	grep -q -- '--fail-on' err || fail "$(cat err)"
done
