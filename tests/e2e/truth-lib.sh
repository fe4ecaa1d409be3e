# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What an example has to say, without ctagg: conntrack(8) tells of connections, the counters
# of nft of dropped packets. Sourced after lib.sh.

# Lines of conntrack(8) as JSON: one object a connection. `kind` is new or end for events; of
# the table closed when TCP has closed the connection, else live. The first value of a name
# is the original direction's, the second one the reply's.
connections_as_json() {
	awk '
		/\[UPDATE\]/ { next }
		{
			split("", first); split("", second)
			kind = /\[NEW\]/ ? "new" : /\[DESTROY\]/ ? "end" : / (LAST_ACK|TIME_WAIT|CLOSE) / ? "closed" : "live"
			proto = $1 ~ /^\[/ ? $2 : $1
			for (i = 1; i <= NF; i++)
				if (split($i, part, "=") == 2) {
					if (part[1] in first)
						second[part[1]] = part[2]
					else
						first[part[1]] = part[2]
				}
			printf "{\"kind\":\"%s\",\"proto\":\"%s\",\"src\":\"%s\",\"dst\":\"%s\",\"dport\":%s,", kind, proto,
				first["src"], first["dst"], "dport" in first ? first["dport"] : "null"
			printf "\"orig_bytes\":%d,\"reply_bytes\":%d,\"unreplied\":%s}\n", first["bytes"], second["bytes"],
				/UNREPLIED/ ? "true" : "false"
		}'
}

# What is in the table now, into `live.json`.
note_live() { conntrack -L -f ipv4 2>/dev/null >live; conntrack -L -f ipv6 2>/dev/null >>live; connections_as_json <live >live.json; }

# Packets that rules with a counter dropped, as [{rule, prefix, packets, bytes}].
dropped_by_nft() {
	nft -j list ruleset | jq -c '[.nftables[].rule // empty
		| select(.expr | any(has("drop")))
		| {rule: "\(.family)/\(.table)/\(.chain)/\(.handle)", prefix: (.expr[] | .log // empty | .prefix)}
			+ (.expr[] | .counter // empty)]'
}

# Rules that track connections, and one that drops and logs to group 5.
fresh_rules() {
	nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
		flush ruleset
		table inet track {
			chain in { type filter hook input priority 0
				ct state new counter
				udp dport 5000 log prefix "refused" group 5 counter drop comment "no service here"
			}
			chain out { type filter hook output priority 0
				ct state new counter
			}
		}
	N
}

# Traffic between us and host `a`: TCP and UDP over both families, ping, and packets that
# are dropped. On return all of it has been seen, and every TCP connection is closed.
traffic() {
	local to
	for to in 10.9.1.2 fd09:1::2; do
		echoed $to 20000
		echoed $to 3000
		"$TOOLS/packets" --count 1 --to $to --port 53 >/dev/null
	done
	ip netns exec a ping -q -c 1 10.9.1.1 >/dev/null || fail "no ping"
	"$TOOLS/packets" --count 3 --to 10.9.1.2 --port 53 >/dev/null
	ip netns exec a "$TOOLS/packets" --count 5 --to 10.9.1.1 --port 5000 >/dev/null
	wait_for closed 4
}
echoed() {	# address, bytes: sent to its port 8080, and received from there
	exec 5<>"/dev/tcp/$1/8080" || fail "no TCP to $1"
	head -c "$2" /dev/zero >&5
	equal "echo of $1" "$(head -c "$2" <&5 | wc -c)" "$2"
	exec 5>&-
}
closed() { [ "$({ conntrack -L -f ipv4 -p tcp --state TIME_WAIT; conntrack -L -f ipv6 -p tcp --state TIME_WAIT; } 2>/dev/null | wc -l)" = "$1" ]; }
