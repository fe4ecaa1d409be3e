#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): find out why there is no data, on a host where no rule tracks connections, until
# a window has connections, which conntrack(8) sees, too.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
install_all
host a 1
sysctl -qw net.netfilter.nf_conntrack_timestamp=1	# one note less

procedure "FIND OUT WHY THERE IS NO DATA"
types "ctagg --check" 3
sees 2
types "ctagg --check=json | jq -r 'select(.severity == \"error\").command'"
command=$(cat said)
types "nft 'table inet track {*"
nft list ruleset >typed
nft flush ruleset
eval "$command" || fail "what --check prints: $command"
nft list ruleset | diff typed - >differ || fail "the page's command (<) and that of --check (>): $(cat differ)"
types "sysctl -w net.netfilter.nf_conntrack_acct=1"
types "ctagg --check --fail-on=warning"
sees 1
begin_forever() { while sleep 0.1; do ncat -w 1 10.9.1.1 9 </dev/null; done; }
export -f begin_forever
ip netns exec a bash -c begin_forever 2>/dev/null &
load=$!
start_oracle events -e NEW
types "ctagg -w 2s -c 1 --no-align | jq *"
sees 1
kill $load
end_oracle
grep -q 'src=10.9.1.2' events || fail "no connection began"
procedure_ends
