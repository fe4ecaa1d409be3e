#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Listeners before and after ctagg in the kernel's list of sockets get every message
# whole, whether ctagg's filter takes the event or passes it on.
. "$(dirname "$0")/bpf-lib.sh" || exit 1

events() {
	[ "$(wc -l <"$1")" -ge "$2" ]
}

sysctl -qw net.netfilter.nf_conntrack_acct=1
start_oracle before -e NEW,DESTROY -o id
before=$oracle
start -w 1h --max-flows 50
start_oracle after -e NEW,DESTROY -o id
after=$oracle
# More flows than room, so that the filter takes some events and passes others on. The
# default buffer, which conntrack has, holds 166 events.
gen --keys 100 --events 2000 --live 80 --patient --mark 7
gen --keys 100 --events 2000 --live 80 --patient --ipv6 --proto tcp
wait_for events before 4000
wait_for events after 4000
kill -INT "$before" "$after"
wait "$before" "$after"
finish
check_output
[ "$(folded)" -gt 0 ] && [ "$(passed)" -gt 0 ] || fail "folded $(folded), passed on $(passed)"
equal "events of ours" "$(($(total starts) + $(total ends)))" 4000

# Whole: the counters and the mark, at the end of a message, are there, and both
# listeners print the same.
for who in before after; do
	equal "lines of the listener $who" "$(wc -l <$who)" 4000
	equal "starts" "$(grep -c '\[NEW\] .* src=.* src=.* id=' $who)" 2000
	equal "ends with counters" "$(grep -c '\[DESTROY\].* packets=0 bytes=0 .* packets=0 bytes=0 .*id=' $who)" 2000
	equal "marks" "$(grep -c mark=7 $who)" 2000
done
cmp before after || fail "the listeners heard different things"
