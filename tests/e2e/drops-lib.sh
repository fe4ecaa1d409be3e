# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the tests of drops: what nft has counted. Sourced.

# packets of the named counter: family, table, name
counted() {
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
