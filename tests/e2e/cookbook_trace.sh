#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): tracing. Where this kernel refuses tracing programs, up to that: tests/kernels counts by them on
# kernels that take them. What the kernel drops is counted either way; the oracle are a counter of nft and the
# kernel's own count of datagrams without a socket.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
install_all
mkdir -p /var/log/ctagg
host a 1
track
nft add table inet filter '{ chain in { type filter hook input priority 0; udp dport 5000 counter drop; }; }' ||
	{ echo "nft does not work here"; exit 77; }
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
said_is() { [ "$(cat said)" = "$1" ] || fail "said: $(cat said)"; }

procedure TRACING
if "$CTAGG" --check --source=trace | grep -q '^error: --source=trace'; then
	types "ctagg --check --source=trace" 3
	sees 1
	types "ctagg -w 1s -c 1 --source=trace --netns=all *"	# the status is jq's
	sees 1
else
	types "ctagg --check --source=trace"
	IFS= read -r _ <&5
	types "ctagg -w 1s -c 1 --source=trace --netns=all *"
	IFS= read -r _ <&5
	said_is '["ok",0]'
fi
types "ctagg -v -w 1h --no-conntrack --kernel-drops=NETFILTER_DROP,NO_SOCKET *&"
PID=$!
is_ready() { kill -0 $PID 2>/dev/null && grep -q '^ctagg: ready' said; }
refused() { ! kill -0 $PID 2>/dev/null; }
ready_or_refused() { is_ready || refused; }
wait_for ready_or_refused
if refused; then
	grep -q '^ctagg: --kernel-drops: ' said || fail "neither runs nor says why: $(cat said)"
	echo "this kernel takes no program for --kernel-drops"
	exit 77
fi
before=$(awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp)
ip netns exec a "$TOOLS/packets" --count 4 --to 10.9.1.1 --port 5000 >/dev/null
ip netns exec a "$TOOLS/packets" --count 3 --to 10.9.1.1 --port 5001 >/dev/null
refused_packets=$(($(awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp) - before))
dropped=$(nft -j list chain inet filter in | jq '[.nftables[].rule // empty | .expr[] | .counter // empty | .packets] | add')
equal "packets dropped, packets without a socket" "$dropped $refused_packets" "4 3"
finish
types "jq -s -r 'map(select(.type == \"flow\")) *"
sees 2
procedure_ends
equal "drops of the kernel" "$(sort said)" "$(printf '%s\t%s\n' "$dropped" NETFILTER_DROP "$refused_packets" NO_SOCKET | sort)"
