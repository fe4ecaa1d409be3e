#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The main job, on the screen: two hosts in private network namespaces, TCP, UDP
# and ICMP between them over IPv4 and IPv6, and what ctagg says of it. Installs
# what is missing (Debian), builds in build-demo/. Records go to standard output,
# all else to standard error. Nothing is left of the hosts, also after Ctrl-C.
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$here" || exit 1

say() { echo "demo: $*" >&2; }

build() {
	. tests/packages.sh
	# shellcheck disable=SC2086 # lists
	install_missing $BUILD_PACKAGES $DEMO_PACKAGES
	say "building in build-demo/"
	[ -x configure ] || autoreconf -i >build-demo.log 2>&1 || { cat build-demo.log >&2; exit 1; }
	rm -f build-demo.log
	mkdir -p build-demo
	(cd build-demo && { [ -e Makefile ] || ../configure -q; } && make -s) >&2 || exit 1
}

if [ -z "${DEMO_WORLD-}" ]; then
	build
	DEMO_WORLD=1 exec unshare --net --mount --pid --fork --kill-child bash "$here/examples/demo.sh"
fi

# From here on all is private: namespaces, mounts and processes end with us.
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
trap 'exit 130' INT TERM
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
# connections are tracked where a rule uses them, and counted when told to
nft -f - <<-'N'
	table inet demo {
		chain in { type filter hook input priority 0
			ct state new counter
		}
		chain out { type filter hook output priority 0
			ct state new counter
		}
	}
N
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1

ip netns exec peer ncat -k -l 8080 --exec /bin/cat &
say "two hosts are up; ctagg watches 192.0.2.1 and 2001:db8::1 with windows of 5 s"
"$here/build-demo/ctagg" --window 5 --count 2 &
ctagg=$!
for to in 192.0.2.2 2001:db8::2; do
	for ((try = 0; try < 100; try++)); do
		ping -q -c 1 -W 1 "$to" >/dev/null 2>&1 && break
	done
	for ((i = 0; i < 5; i++)); do
		head -c 20000 /dev/zero | ncat "$to" 8080 >/dev/null
	done
	echo query | ncat -u --send-only "$to" 53
	ip netns exec peer ping -q -c 2 -i 0.2 "${to%2}1" >/dev/null
done
say "traffic is done; ending all connections, so that their bytes are known"
conntrack -D >/dev/null 2>&1
wait "$ctagg"
status=$?
say "done"
exit $status
