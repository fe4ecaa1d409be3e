# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the tests of drops: rules, packets for them, and what nft has counted, which is the
# oracle. Sourced, after lib.sh.

# Packets that the named counter of nft has counted.
counted() {	# family, table, name
	nft -j list counter "$1" "$2" "$3" | jq '.nftables[] | .counter // empty | .packets'
}

# A table that drops UDP to port 5000 and logs it to group 5: the prefix.
drop_udp() {
	nft -f - <<-N || fail "the ruleset"
		table inet filter {
			counter dropped { }
			chain input {
				type filter hook input priority 0; policy accept;
				udp dport 5000 counter name dropped log prefix "$1" group 5 drop
			}
		}
	N
}

# A bridge, br0, of two ports: left and right. What is sent from left-end or right-end comes in there.
bridge() {
	local dev
	ip link add br0 type bridge
	for dev in left right; do
		ip link add $dev type veth peer name $dev-end
		ip link set $dev master br0
		ip link set $dev up
		ip link set $dev-end up
	done
	ip link set br0 up
}

# Send UDP packets from host a to our address.
send_from_a() {	# count, port
	ip netns exec a "$TOOLS/packets" --count "$1" --to 10.9.1.1 --port "$2" >/dev/null
}

# The handle of the rule in a chain of table inet filter whose text matches.
handle_of() {	# chain, pattern
	nft -a list chain inet filter "$1" | sed -n "s/.*$2.*# handle \([0-9]*\)\$/\1/p"
}
