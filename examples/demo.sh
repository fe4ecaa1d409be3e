#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What ctagg writes, on the screen, each line with a plain sentence: two hosts in network
# namespaces of their own, traffic between them over IPv4 and IPv6, and a rule that drops.
# Takes about three seconds when ctagg is built. Wants the packages of DEMO_PACKAGES
# (tests/packages.sh), and root or a kernel that gives users namespaces.
#
# Which ctagg: $CTAGG when it is set; else that of the source tree which this script is in,
# built first if need be (on Debian what is missing for that is installed); else the
# installed one: that of the prefix which this script is installed in, or that of $PATH.
#
# At the end ctagg-view, where it stands beside ctagg, makes a report of what ctagg has written, and on
# a terminal shows the same live.
#
# Nothing is left behind but this report, ctagg-demo.html in the folder where the demo is started, also
# after Ctrl-C: the namespaces and processes end together.
# Each run gives the same figures. So that no byte depends on how fast the machine is, all
# payloads fit one packet and every packet of TCP is acknowledged at once (`quickack`).
# The demo asks for the end of a window by SIGUSR2, instead of waiting for it. Conntrack
# forgets a TCP connection two minutes after it was closed, and only then says how much it
# has carried: the demo removes connections with `conntrack -D` in its own namespace.
set -u
examples=$(cd "$(dirname "$0")" && pwd) || exit 1
top=${examples%/*}

fail() { echo "demo.sh: $*" >&2; exit 1; }

# --- outside: find ctagg, and run the rest in namespaces that end with it ---------------

# Make ctagg in the source tree, there or (when that is not configured) in build-demo/.
build() {
	cd "$top" || exit 1
	. tests/packages.sh
	# shellcheck disable=SC2086 # lists
	install_missing $BUILD_PACKAGES $DEMO_PACKAGES
	local dir=.
	if [ ! -e config.status ]; then
		dir=build-demo
		[ -x configure ] || autoreconf -i >build-demo.log 2>&1 || { cat build-demo.log >&2; exit 1; }
		rm -f build-demo.log
		mkdir -p "$dir"
	fi
	dir=$(cd "$dir" && pwd) || exit 1
	echo "demo.sh: building ctagg in $dir" >&2
	(cd "$dir" && { [ -e Makefile ] || ../configure -q; } && make_programs) >&2 || exit 1
	CTAGG=$dir/ctagg
}
# ctagg-view too, unless configured with --disable-view.
make_programs() {
	local view=
	grep -qs '^S\["VIEW_TRUE"\]=""' config.status && view="ctagg-view"
	make -s ctagg $view
}

find_ctagg() {
	if [ -n "${CTAGG-}" ]; then
		CTAGG=$(command -v "$CTAGG") || fail "CTAGG: no such program"
		CTAGG=$(realpath "$CTAGG")
	elif [ -e "$top/configure.ac" ]; then
		build
	else
		CTAGG=$(realpath -e "$top/../../../bin/ctagg" 2>/dev/null || command -v ctagg) ||
			fail "ctagg is not installed; CTAGG=FILE names one"
	fi
	export CTAGG
	for tool in unshare ip nft ss ping ncat jq sysctl conntrack; do
		command -v $tool >/dev/null || fail "$tool is missing"
	done
}

# The namespaces, and every process in them, end with `unshare`: by itself, or because
# the demo was interrupted.
run_inside() {
	local user='' world
	[ "$(id -u)" = 0 ] || user="--user --map-root-user"
	trap 'kill -KILL "$world" 2>/dev/null; wait "$world" 2>/dev/null; exit 130' INT TERM HUP
	# shellcheck disable=SC2086 # options
	DEMO_WORLD=1 unshare $user --net --mount --pid --fork --kill-child \
		bash "$examples/${0##*/}" </dev/null 9>"$1" &
	world=$!
	wait "$world"
}

say() { echo "demo: $*"; }

# What ctagg has written, shown by ctagg-view: in a file that stays, and to whoever sits there.
look_at() {	# lines
	local view=${CTAGG%/*}/ctagg-view report=ctagg-demo.html
	[ -x "$view" ] || return 0
	"$view" --report="$report" "$1" || fail "ctagg-view failed"
	if [ -t 0 ] && [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
		say "The live view of both windows comes now: ? shows its keys, q leaves it."
		"$view" "$1" || fail "ctagg-view failed"
	fi
	say "\$ ctagg-view --report=$report"
	say "The report of both windows is in ./$report: open it in a browser."
}

if [ -z "${DEMO_WORLD-}" ]; then
	find_ctagg
	lines=$(mktemp) || exit 1
	trap 'rm -f "$lines"' EXIT
	run_inside "$lines" || exit
	look_at "$lines"
	exit
fi

# --- inside: the two hosts --------------------------------------------------------------

# Run a condition until it holds.
wait_for() {
	local until=$((SECONDS + 30))
	until "$@"; do
		[ $SECONDS -lt $until ] || fail "waited for 30 s in vain: $*"
		sleep 0.02
	done
}

on_peer() { ip netns exec peer "$@"; }

make_hosts() {
	mount -t proc proc /proc
	mount -t tmpfs tmpfs /run && cd /run || exit 1
	ip link set lo up
	ip netns add peer
	ip link add to-peer type veth peer name eth0 netns peer
	ip addr add 192.0.2.1/24 dev to-peer
	ip addr add 2001:db8::1/64 dev to-peer nodad
	ip link set to-peer up
	ip -n peer link set lo up
	ip -n peer addr add 192.0.2.2/24 dev eth0
	ip -n peer addr add 2001:db8::2/64 dev eth0 nodad
	ip -n peer link set eth0 up
	ip route change 192.0.2.0/24 dev to-peer quickack 1
	ip -6 route replace 2001:db8::/64 dev to-peer metric 256 quickack 1
	ip -n peer route change 192.0.2.0/24 dev eth0 quickack 1
	ip -n peer -6 route replace 2001:db8::/64 dev eth0 metric 256 quickack 1
}

# Connections are tracked where a rule uses them, and counted when told to. One rule
# drops, and logs what it drops to group 5.
make_rules() {
	nft -f - <<-'N' || fail "nft does not work here"
		table inet demo {
			chain in { type filter hook input priority 0
				ct state new counter
				udp dport 5000 log prefix "telemetry" group 5 counter drop comment "no telemetry"
			}
			chain out { type filter hook output priority 0
				ct state new counter
			}
		}
	N
	sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
}

serves() { on_peer ss -Hln"$1" "sport = :$2" | grep -q .; }
start_servers() {
	on_peer ncat -k -l 8080 --exec /bin/cat &
	on_peer ncat -k -l 9000 --exec /bin/cat &
	on_peer ncat -u -l 514 >/dev/null &
	wait_for serves t 8080
	wait_for serves t 9000
	wait_for serves u 514
	wait_for ping -q -c 1 -W 1 192.0.2.2 >/dev/null
	wait_for ping -q -c 1 -W 1 2001:db8::2 >/dev/null
	conntrack -F >/dev/null 2>&1	# these pings are none of the demo
}

# --- the traffic ------------------------------------------------------------------------

# Send 1,000 bytes to the open connection 3, and read them back.
exchange() {
	printf '%1000s' x >&3
	read -rN 1000 -u 3 _
}

connections() {	# how many, to which address
	for ((i = 0; i < $1; i++)); do
		exec 3<>"/dev/tcp/$2/8080"
		exchange
		exec 3>&-
	done
}

datagrams() {	# how many of 1,000 bytes
	exec 4>/dev/udp/192.0.2.2/514
	for ((i = 0; i < $1; i++)); do
		printf '%1000s' x >&4
	done
	exec 4>&-
}

probes() {	# how many datagrams to the rule that drops
	# shellcheck disable=SC2016 # expanded over there
	on_peer bash -c 'for ((i = 0; i < $1; i++)); do echo probe >/dev/udp/192.0.2.1/5000; done' - "$1"
	wait_for dropped "$1"
}
dropped() { nft list chain inet demo in | grep -q "counter packets $1 .*drop"; }

# Conntrack has seen so many TCP connections close.
closed() { [ "$(conntrack -L -p tcp --state TIME_WAIT 2>/dev/null | wc -l)" = "$1" ]; }
# All that the other host sent on port 9000 is acknowledged, and so has been counted.
acknowledged() { ! on_peer ss -Hnti 'sport = :9000' | grep -q unacked; }

# --- ctagg ------------------------------------------------------------------------------

shown=0
# Print what is new in the file of records, each line with its sentence below. Flows are
# in no order, so that they are sorted here.
show() {	# file
	tail -n +$((shown + 1)) "$1" | jq -s -c 'sort_by(.type == "window", .type == "rule", .dst_port, .dst_ip)[]' |
	while read -r record; do
		echo "$record"
		jq -r -f "$examples/demo.jq" <<<"$record"
	done
	shown=$(wc -l <"$1")
}

ready() {
	grep -q '^ctagg: ready' messages && return
	kill -0 "$ctagg" 2>/dev/null || { cat messages >&2; exit 1; }
	return 1
}
start_ctagg() {	# options
	say "\$ ctagg $*"
	: >messages
	"$CTAGG" -v "$@" >records 2>messages &
	ctagg=$!
	wait_for ready
}
written() { [ "$(grep -c '"type":"window"' records)" = "$1" ]; }
# End the open window, and show it.
close_window() {	# which one
	kill -USR2 "$ctagg"
	wait_for written "$1"
	show records
}

# --- what happens -----------------------------------------------------------------------

make_hosts
make_rules
start_servers
say "This host is 192.0.2.1 and 2001:db8::1; the other one is 192.0.2.2 and 2001:db8::2."
start_ctagg --window 1h --no-align --interim --nflog-group 5

connections 5 192.0.2.2
connections 5 2001:db8::2
datagrams 100
on_peer ping -q -c 3 -i 0.2 192.0.2.1 >/dev/null
probes 7
exec 3<>/dev/tcp/192.0.2.2/9000
exchange
wait_for closed 10
wait_for acknowledged
say "The first window, with one connection (to port 9000) still open:"
close_window 1

say "\$ ctagg --snapshot --proto tcp --dport 9000"
"$CTAGG" --snapshot --proto tcp --dport 9000 >snapshot || fail "the snapshot failed"
shown_before=$shown shown=0
show snapshot
shown=$shown_before

exchange
exchange
exec 3>&-
wait_for closed 11
conntrack -D >/dev/null 2>&1
say "The second window: that connection went on and closed, and conntrack has forgotten all:"
close_window 2
cat records >&9		# without the window that the end of ctagg closes, in which nothing happens
kill "$ctagg"
wait "$ctagg" || fail "ctagg ended with status $?: $(cat messages)"
