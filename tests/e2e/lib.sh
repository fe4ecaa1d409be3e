# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A world of its own for every end-to-end test: new network, mount and pid
# namespaces, so that whatever it makes is gone when it ends, however it ends.
# Exit 1 fails, 77 is something this machine cannot do. Sourced.

set -u
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CTAGG:?the program to test}" "${TOOLS:=$(dirname "$CTAGG")/tests/tools}"

fail() {
	echo "FAIL: $*"
	[ -s err ] && sed 's/^/  stderr: /' err | head -n 20
	exit 1
}
skip() {
	echo "SKIP: $*"
	exit 77
}

if [ -z "${E2E_WORLD-}" ]; then
	user=
	[ "$(id -u)" = 0 ] || user="--user --map-root-user"
	world="unshare $user --net --mount --pid --fork --kill-child"
	# shellcheck disable=SC2086 # options
	set -- $world bash "$0" "$@"
	why=$($world true 2>&1) || skip "no namespaces can be made here: $why"
	# What runs in there does not hear of signals to us, so it is killed.
	E2E_WORLD=1 setpriv --pdeathsig KILL "$@" &
	trap 'kill -KILL $!; exit 143' INT TERM HUP
	wait $!
	exit $?
fi
mount -t proc proc /proc || skip "no /proc can be mounted here"
mount -t tmpfs tmpfs /run || skip "no tmpfs can be mounted here"
mkdir /run/work
cd /run/work || exit 1
ip link set lo up

# Run a condition until it holds, for 30 seconds at most. What is expanded in its
# arguments is expanded once: a condition on what changes is a function.
wait_for() {
	local i
	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.05
	done
	fail "never came true: $*"
}

# Start the program in the background with these options: PID; output in `out`
# unless -o says otherwise, messages in `err`.
start() {
	: >err
	"$CTAGG" -v --table="${TABLE:-auto}" "$@" >>out 2>err &
	PID=$!
	wait_for ready
}
ready() {
	grep -q '^ctagg: ready' err && return
	kill -0 "$PID" 2>/dev/null || fail "it ended before it was ready"
	return 1
}

# End it (with another signal than TERM if named), or wait for its end, and see
# that it ended well.
finish() {
	kill -"${1:-TERM}" "$PID" || fail "it is not there to be ended"
	ended
}
ended() {
	wait "$PID"
	local status=$?
	[ "$status" = "${1:-0}" ] || fail "exit status $status, expected ${1:-0}"
}

# What holds for every output: whole lines, bytes, order, bounds, ids, sums.
check_output() {
	local file=${1:-out}
	if LC_ALL=C grep -q '[^ -~]' "$file"; then
		fail "a byte outside 0x20 to 0x7e in $file"
	fi
	[ -z "$(tail -c 1 "$file")" ] || fail "$file ends in the middle of a line"
	jq -n -R -r -f "$E2E/check.jq" "$file" >verdict 2>&1 || fail "$file: jq: $(cat verdict)"
	[ "$(cat verdict)" = ok ] || fail "$file: $(cat verdict)"
}

# Fields of the window records, one a line; the sum of one over all windows.
of_windows() {
	jq -c "select(.type == \"window\") | $1" "${2:-out}"
}
total() {
	of_windows ".$1 // 0" "${2:-out}" | jq -s add
}

equal() {
	[ "$2" = "$3" ] || fail "$1: $2, expected $3"
}

# Where the kernel gives no buffer as large as was asked for, the fastest load
# cannot be taken without loss: by the program's own word, or by what users get.
needs_buffer() {
	! grep -q 'granted a receive buffer' err ||
		skip "a large receive buffer needs CAP_NET_ADMIN in the machine's first user namespace"
}

# A rule that uses connection tracking, so that there is some (kernel facts, K1).
# Its counters count the first packets of connections.
track() {
	nft -f - <<-'N' || skip "nft does not work here"
		table inet track {
			chain in { type filter hook input priority 0
				ct state new counter
			}
			chain out { type filter hook output priority 0
				ct state new counter
			}
			chain through { type filter hook forward priority 0
				ct state new counter
			}
		}
	N
}
nft_counted() {	# by the rule of chain $1
	nft list chain inet track "$1" | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}

# Another host, named $1, with address 10.9.$2.2 and fd09:$2::2; ours end in 1.
host() {
	ip netns add "$1"
	ip link add "to-$1" type veth peer name eth0 netns "$1"
	ip addr add "10.9.$2.1/24" dev "to-$1"
	ip addr add "fd09:$2::1/64" dev "to-$1" nodad
	ip link set "to-$1" up
	ip -n "$1" link set lo up
	ip -n "$1" addr add "10.9.$2.2/24" dev eth0
	ip -n "$1" addr add "fd09:$2::2/64" dev eth0 nodad
	ip -n "$1" link set eth0 up
	ip -n "$1" route add default via "10.9.$2.1"
	ip -n "$1" -6 route add default via "fd09:$2::1"
	wait_for ping -q -c1 -W1 "10.9.$2.2" >/dev/null
	wait_for ping -q -c1 -W1 "fd09:$2::2" >/dev/null
}
netfilter() {
	sysctl -qw "net.netfilter.$1=$2" || skip "net.netfilter.$1 cannot be set here"
}

# Echo what comes to TCP port $2 in namespace $1 ("" is ours), ready on return;
# and what comes to UDP port $2, of one client.
serve() {
	${1:+ip netns exec "$1"} ncat -k -l "$2" --exec /bin/cat >/dev/null 2>&1 &
	wait_for listening t "${1-}" "$2"
}
serve_udp() {
	${1:+ip netns exec "$1"} ncat -u -l "$2" --exec /bin/cat >/dev/null 2>&1 &
	wait_for listening u "${1-}" "$2"
}
listening() {
	${2:+ip netns exec "$2"} ss -Hln"$1" "sport = :$3" | grep -q .
}

gen() {
	"$TOOLS/ctgen" "$@" >gen.out || fail "ctgen $*"
	tail -n 1 gen.out >gen.json
	equal "what ctgen failed to do" "$(jq .failed gen.json)" 0
}
did() {
	jq ".$1" gen.json
}

# --- the kernel's own word: conntrack -E -----------------------------------------

event_sockets() {
	awk '$2 == 12 && $4 !~ /^0+$/' /proc/net/netlink | wc -l
}
one_more_socket_than() {
	[ "$(event_sockets)" -gt "$1" ]
}
# No event waits to be read, by anybody.
drained() {
	awk '$2 == 12 && $5 > 0 { exit 1 }' /proc/net/netlink
}

# From here on the kernel's events go to the file `truth` too.
tell_truth() {
	local sockets
	sockets=$(event_sockets)
	: >truth
	conntrack -E -e NEW,DESTROY >truth 2>truth.err &
	wait_for one_more_socket_than "$sockets"
}
# Every event so far has arrived in `truth`: a last one has, of protocol 252.
truth_told() {
	gen --proto 252 --keys 1 --events 2
	wait_for grep -q '^ *\[DESTROY\] unknown *252' truth
}

# One line for every flow: protocol source destination port-or-type starts ends
# unreplied, packets and bytes there and back; as ctagg says, and as the kernel.
flows_of() {
	jq -r 'select(.type == "flow") | [.proto, .src_ip, .dst_ip, .dst_port // .icmp_type // "-",
		.starts, .ends, .unreplied, .orig_packets, .orig_bytes, .reply_packets, .reply_bytes]
		| map(. // "null") | join(" ")' "$1" | add_up
}
flows_of_kernel() {
	awk '
	/^ *\[(NEW|DESTROY)\]/ {
		src = dst = port = ""
		n = 0
		for (i = 4; i <= NF; i++) {
			split($i, pair, "=")
			if (pair[1] == "src" && src == "") src = pair[2]
			else if (pair[1] == "dst" && dst == "") dst = pair[2]
			else if ((pair[1] == "dport" || pair[1] == "type") && port == "") port = pair[2]
			else if (pair[1] == "packets" || pair[1] == "bytes") count[n++] = pair[2]
		}
		while (n < 4) count[n++] = "null"
		# without a tracker for it, ports are shown as 0
		if (port == "" || ($2 == "dccp" || $2 == "udplite") && port == 0) port = "-"
		end = $1 == "[DESTROY]"
		print $2 == "unknown" ? $3 : $2, src, dst, port, !end, end, end && /UNREPLIED/,
			count[0], count[1], count[2], count[3]
	}' "$1" | add_up
}
add_up() {
	awk '{
		key = $1 " " $2 " " $3 " " $4
		keys[key]
		for (i = 5; i <= NF; i++)
			if ($i != "null") { sum[key, i] += $i; known[key, i] = 1 }
	}
	END {
		for (key in keys) {
			line = key
			for (i = 5; i <= 11; i++)
				line = line " " (known[key, i] ? sprintf("%.0f", sum[key, i]) : "null")
			print line
		}
	}' | sort
}
# Every flow of the output is what the kernel said of it.
same_as_truth() {
	flows_of "${1:-out}" >ours
	flows_of_kernel truth >theirs
	[ -s theirs ] || fail "conntrack -E showed nothing: $(cat truth.err)"
	diff ours theirs >differ ||
		fail "ctagg (<) and conntrack -E (>) differ, of $(wc -l <theirs) flows: $(head -n 6 differ)"
}
