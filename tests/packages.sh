# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The Debian packages that the scripts need. Sourced.

# shellcheck disable=SC2034 # used by those who source this
BUILD_PACKAGES="libmaxminddb-dev
	gcc libc6-dev make autoconf automake pkg-config libmnl-dev libnftnl-dev nettle-dev uuid-dev
	libcap-ng-dev libseccomp-dev libcurl4-openssl-dev zlib1g-dev
	libfixbuf-dev
	libncurses-dev
	libbpf-dev libnetfilter-conntrack-dev clang llvm bpftool"
# the demo's hosts and traffic
DEMO_PACKAGES="iproute2 nftables iputils-ping ncat procps conntrack jq util-linux"
TEST_PACKAGES="$DEMO_PACKAGES
	python3-maxminddb
	libcriterion-dev libjansson-dev
	curl openssl nginx-light
	nfdump
	pmacct
	python3 python3-fastjsonschema python3-jsonschema
	tmux
	libclang-rt-14-dev iptables conntrackd logrotate mandoc netbase shellcheck git xz-utils gawk strace zsh fish
	qemu-system-x86 busybox-static cpio kmod binutils
	prometheus prometheus-node-exporter
	clickhouse-server clickhouse-client zookeeper
	mmdebstrap gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user
	buildah debhelper dh-autoreconf dpkg-dev lintian rpm rpmlint
	chromium fonts-dejavu-core
	systemd"
# what the daemons that tests/unpack unpacks are linked to: of rsyslog, of syslog-ng
SHIPPER_LIBRARIES="libestr0 libfastjson4
	libglib2.0-0 libivykis0 libjson-c5 libpcre3"
# a Debian in a folder (tests/debian-root): a machine to install ctagg on, with what ctagg is linked to
ROOT_PACKAGES="libmaxminddb0
	systemd systemd-sysv dbus logrotate cron jq iproute2 nftables procps kmod conntrack curl
	libbpf1 libcap-ng0 libcurl4 libmnl0 libnetfilter-conntrack3 libnettle8 libnftnl11 libseccomp2
	libfixbuf9 libglib2.0-0
	libncursesw6 libtinfo6
	libuuid1 zlib1g"

debian_release() {
	(. /etc/os-release && echo "$VERSION_CODENAME")
}

# The package sources of this machine without security updates: tests do not need the updates,
# and not every mirror has all of them for every architecture.
debian_sources() {
	awk -v RS= -v ORS='\n\n' '!/-security/' /etc/apt/sources.list.d/*.sources 2>/dev/null
	cat /etc/apt/sources.list 2>/dev/null | grep -v -e -security
}

# Install those of the named packages that are missing. On another system than Debian,
# or without root, print their names and exit 1.
install_missing() {
	missing=
	if ! command -v dpkg-query >/dev/null; then
		echo "$0: this is not Debian: install what these of its packages hold: $*" >&2
		exit 1
	fi
	for package; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q 'ok installed' || missing="$missing $package"
	done
	[ -z "$missing" ] && return
	if [ "$(id -u)" != 0 ]; then
		echo "$0: missing:$missing; run as root, or: apt-get install$missing" >&2
		exit 1
	fi
	echo "$0: installing$missing" >&2
	apt-get update -qq >&2 || exit 1
	# shellcheck disable=SC2086 # a list
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		$missing >/dev/null || exit 1
}
