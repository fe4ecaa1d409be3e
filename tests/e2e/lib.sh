# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A world of its own for every end-to-end test: new network, mount and pid
# namespaces, so that whatever it makes is gone when it ends, however it ends.
# Exit 1 fails, 77 is something this machine cannot do. Sourced.

set -u
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CTAGG:?the program to test}" "${TOOLS:=$(dirname "$CTAGG")/tests/tools}"

if [ -z "${E2E_WORLD-}" ]; then
	user=
	[ "$(id -u)" = 0 ] || user="--user --map-root-user"
	# shellcheck disable=SC2086 # options
	if ! unshare $user --net --mount --pid --fork --kill-child true 2>/dev/null; then
		echo "no namespaces can be made here"
		exit 77
	fi
	# shellcheck disable=SC2086 # options
	E2E_WORLD=1 exec unshare $user --net --mount --pid --fork --kill-child bash "$0" "$@"
fi
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/work
cd /run/work || exit 1
ip link set lo up

fail() {
	echo "FAIL: $*"
	[ -s err ] && sed 's/^/  stderr: /' err | head -n 20
	exit 1
}

# Run a condition until it holds, for 20 seconds at most.
wait_for() {
	local until=$((SECONDS + 20))
	while [ $SECONDS -lt $until ]; do
		"$@" && return
		sleep 0.05
	done
	fail "never came true: $*"
}

# Start the program in the background with these options: PID; output in `out`
# unless a redirection or -o says otherwise, messages in `err`.
start() {
	: >err
	"$CTAGG" -v --table="${TABLE:-auto}" "$@" >>out 2>err &
	PID=$!
	wait_for ready
}
ready() {
	grep -q '^ctagg: ready' err || ! kill -0 "$PID" 2>/dev/null
}

# End it and see that it ended well.
finish() {
	kill -"${1:-TERM}" "$PID" 2>/dev/null
	wait "$PID"
	status=$?
	[ "$status" = 0 ] || fail "exit status $status"
}

# What holds for every output: bytes, order, bounds, ids, sums.
check_output() {
	if LC_ALL=C grep -q '[^ -~]' "${1:-out}"; then
		fail "a byte outside 0x20 to 0x7e"
	fi
	if LC_ALL=C grep -q '.\{4096\}' "${1:-out}"; then
		fail "a line of more than 4,096 bytes"
	fi
	jq -s -e -r -f "$E2E/check.jq" "${1:-out}" >verdict ||
		fail "$(cat verdict; tail -n 2 "${1:-out}")"
}

# The sum of a field over all windows; the window records' own total.
total() {
	jq -s "map(select(.type == \"window\") | .$1 // 0) | add // 0" "${2:-out}"
}

equal() {
	[ "$2" = "$3" ] || fail "$1: $2, expected $3"
}

# A rule that uses connection tracking, so that there is some (kernel facts, K1).
track() {
	nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
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

# Serve one TCP exchange on port $2 in namespace $1 ("" is ours), ready on return.
serve() {
	${1:+ip netns exec "$1"} timeout 20 ncat -k -l "$2" --exec /bin/cat >/dev/null 2>&1 &
	wait_for listening "${1-}" "$2"
}
listening() {
	${1:+ip netns exec "$1"} ss -Htln "sport = :$2" | grep -q .
}

gen() {
	"$TOOLS/ctgen" "$@" >gen.out || fail "ctgen $*"
	tail -n 1 gen.out >gen.json
	equal "what ctgen failed to do" "$(jq .failed gen.json)" 0
}
did() {
	jq ".$1" gen.json
}
