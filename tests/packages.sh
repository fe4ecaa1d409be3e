# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The packages that the scripts need, by their names in Debian and Ubuntu, and how these are installed.
# NAME|NAME...: the first of these that the release has. Sourced.

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
	libclang-rt-14-dev|libclang-rt-dev iptables conntrackd logrotate mandoc netbase shellcheck git xz-utils gawk strace zsh fish
	qemu-system-x86 busybox-static cpio kmod binutils
	prometheus prometheus-node-exporter
	clickhouse-server clickhouse-client zookeeper
	mmdebstrap gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user
	buildah debhelper dh-autoreconf dpkg-dev lintian rpm rpmlint
	chromium fonts-dejavu-core
	cppcheck clang-tidy valgrind gcovr
	systemd"
# what the daemons that tests/unpack unpacks are linked to: of rsyslog, of syslog-ng
SHIPPER_LIBRARIES="libestr0 libfastjson4
	libglib2.0-0|libglib2.0-0t64 libivykis0|libivykis0t64 libjson-c5 libpcre3|libpcre2-8-0"
# a Debian in a folder (tests/debian-root): a machine to install ctagg on, with what ctagg is linked to.
# Debian 13 has four of these by other names (libcurl4t64); apt finds them, since each provides its old name
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

# The tests that need a package, for releases that do not have the package; they are skipped there.
tests_with() {	# package
	case $1 in
	clickhouse-*|zookeeper) echo 'tests/e2e/clickhouse*.sh' ;;
	chromium) echo tests/e2e/view_report_page.sh ;;
	*) echo "those that want $1" ;;
	esac
}

system_name() {
	(. /etc/os-release && echo "$PRETTY_NAME") 2>/dev/null || uname -s
}

is_installed() {	# package
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# Whether the release has a package, as far as the package lists say. A name that other packages
# provide is none: dpkg would never call it installed.
release_has() {	# package
	LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# Print those of the packages of which no alternative is installed, each with all of its alternatives.
missing_of() {
	for alternatives; do
		for package in $(echo "$alternatives" | tr '|' ' '); do
			is_installed "$package" && continue 2
		done
		echo "$alternatives"
	done
}

# Print for each package the first alternative that the release has; nothing where it has none.
choose() {
	for alternatives; do
		for package in $(echo "$alternatives" | tr '|' ' '); do
			release_has "$package" && echo "$package" && continue 2
		done
	done
}

# Print the packages of which the release has no alternative, by their first names.
lacking_of() {
	for alternatives; do
		[ -n "$(choose "$alternatives")" ] || echo "${alternatives%%|*}"
	done
}

# Say in a line which packages this release does not have, and which tests cannot run without them.
say_lacking() {
	echo "$0: $(system_name) has no $*; skipped without:" \
		"$(for package; do tests_with "$package"; done | sort -u | paste -s -d ' ')" >&2
}

# Install those of the named packages that are missing, and say which of them this release does not
# have. Without root, print their names and exit 1. On another system than Debian: see elsewhere().
install_missing() {
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		elsewhere
		return
	fi
	missing=$(missing_of "$@")
	[ -z "$missing" ] && return
	# shellcheck disable=SC2086 # lists, from here on
	if [ "$(id -u)" != 0 ]; then
		missing=$(choose $missing | paste -s -d ' ')
		[ -n "$missing" ] || return 0	# none that the release has
		echo "$0: missing: $missing; run as root, or: apt-get install $missing" >&2
		exit 1
	fi
	apt-get update -qq >&2 || exit 1
	chosen=$(choose $missing | paste -s -d ' ')
	lacking=$(lacking_of $missing)
	[ -z "$lacking" ] || say_lacking $lacking
	[ -n "$chosen" ] || return 0
	echo "$0: installing $chosen" >&2
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		$chosen >/dev/null || exit 1
}

# --- other systems --------------------------------------------------------------------------
# What the build and the demo look for: programs, and libraries as pkg-config calls them.
PROGRAMS_WANTED="cc make autoreconf pkg-config clang llvm-strip bpftool
	ip nft ping ncat sysctl conntrack jq unshare"
LIBRARIES_WANTED="libmnl libnftnl nettle uuid libcap-ng libseccomp libcurl zlib libfixbuf ncursesw libmaxminddb
	libbpf libnetfilter_conntrack"

# Print what of this is not there. A folder that is configured has its libraries.
wanted_of_elsewhere() {
	for program in $PROGRAMS_WANTED; do
		(PATH=$PATH:/usr/sbin:/sbin && command -v "$program") >/dev/null || echo "$program"
	done
	[ -e config.status ] || for library in $LIBRARIES_WANTED; do
		pkg-config --exists "$library" 2>/dev/null || echo "$library"
	done
}

# Print the command that installs all that the build and the demo need, on the system whose ID and
# ID_LIKE are given. The names were looked up, the commands have not been run.
command_elsewhere() {
	case " $* " in
	*" fedora "*|*" rhel "*)
		echo dnf install gcc make autoconf automake pkgconf-pkg-config clang llvm bpftool libmnl-devel libnftnl-devel nettle-devel \
			libuuid-devel libcap-ng-devel libseccomp-devel libcurl-devel zlib-devel libfixbuf-devel ncurses-devel libmaxminddb-devel \
			libbpf-devel libnetfilter_conntrack-devel iproute nftables iputils nmap-ncat procps-ng conntrack-tools jq util-linux ;;
	*" suse "*|*" opensuse "*)
		echo zypper install gcc make autoconf automake pkg-config clang llvm bpftool \
			"$(for library in $LIBRARIES_WANTED; do printf "'pkgconfig(%s)' " "$library"; done)" \
			iproute2 nftables iputils ncat procps conntrack-tools jq util-linux ;;
	*" arch "*)
		echo pacman -S --needed gcc make autoconf automake pkgconf clang llvm bpf libmnl libnftnl nettle util-linux-libs libcap-ng \
			libseccomp curl zlib ncurses libmaxminddb libbpf libnetfilter_conntrack \
			iproute2 nftables iputils nmap procps-ng conntrack-tools jq util-linux ;;
	*" alpine "*)
		echo apk add gcc musl-dev linux-headers make autoconf automake pkgconf clang llvm bpftool libmnl-dev libnftnl-dev nettle-dev \
			util-linux-dev libcap-ng-dev libseccomp-dev curl-dev zlib-dev ncurses-dev libmaxminddb-dev libbpf-dev \
			libnetfilter_conntrack-dev bash iproute2 nftables iputils nmap-ncat procps-ng conntrack-tools jq util-linux ;;
	*) return 1 ;;
	esac
}

# Not Debian, nor what is made of it: go on when all is there; otherwise say what to install, and exit 1.
elsewhere() {
	wanted=$(wanted_of_elsewhere | paste -s -d ' ')
	[ -n "$wanted" ] || return 0
	echo "$0: $(system_name) has no packages of Debian: install these yourself: $wanted" >&2
	# shellcheck disable=SC2046,SC2154 # ID and ID_LIKE are of os-release
	command=$(command_elsewhere $( (. /etc/os-release && echo "$ID" "${ID_LIKE-}") 2>/dev/null)) &&
		echo "$0: probably by: $command" >&2
	case " $wanted " in
	*" libfixbuf "*) echo "$0: without libfixbuf: ./configure --disable-ipfix first" >&2 ;;
	esac
	exit 1
}
