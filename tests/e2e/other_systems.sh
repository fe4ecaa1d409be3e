#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/packages.sh, by which the demo and tests/run.sh install what they need, does where the release has
# other packages, and on systems that are not Debian; and what configure says there. The other systems are an
# os-release of theirs, and programs that are not in PATH.
. "$(dirname "$0")/lib.sh"
top=$(cd "$E2E/../.." && pwd)

# --- a Debian with other packages: by its apt, which only notes what it is told ---------------
mkdir fake
cat >fake/apt-cache <<'E2'
#!/bin/sh
# apt-cache policy PACKAGE, of the packages in ./has
case $2 in
virtual) printf '%s:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n' "$2" ;;
*) ! grep -qxF "$2" has || printf '%s:\n  Installed: (none)\n  Candidate: 1.0-1\n' "$2" ;;
esac
E2
cat >fake/dpkg-query <<'E2'
#!/bin/sh
! grep -qxF "$4" installed || printf 'install ok installed'
E2
cat >fake/apt-get <<'E2'
#!/bin/sh
echo "$*" >>told
E2
cat >fake/id <<'E2'
#!/bin/sh
cat user
E2
chmod +x fake/*
printf 'PRETTY_NAME="Debian GNU/Linux 14 (forky)"\nID=debian\n' >os-release
mount --bind os-release "$(realpath /etc/os-release)"

# Install packages by a script of this name. Leaves its status, what it said and what apt was told.
installs() {	# packages
	: >told
	PATH=$PWD/fake:$PATH bash -c '. "$1/tests/packages.sh"; shift; install_missing "$@"; echo went on' ./script "$top" "$@" >out 2>err
	status=$?
}
printf '%s\n' new both-a both-b plain >has
printf '%s\n' there there-2 >installed
echo 0 >user
installs there 'gone|there-2'
equal "all is there" "$status $(cat out err told)" "0 went on"
installs plain 'old|new' 'virtual|new' 'both-a|both-b' there
equal "the release's names" "$status $(tail -n 1 told)" \
	"0 install -y -qq --no-install-recommends plain new new both-a"
equal "what is said of them" "$(cat err)" "./script: installing plain new new both-a"
installs plain clickhouse-server clickhouse-client 'virtual|gone' there
equal "with packages that the release lacks" "$status $(tail -n 1 told)" "0 install -y -qq --no-install-recommends plain"
equal "what is said of those" "$(head -n 1 err)" "./script: Debian GNU/Linux 14 (forky) has no clickhouse-server clickhouse-client\
 virtual; skipped without: tests/e2e/clickhouse*.sh those that want virtual"
installs clickhouse-server there
equal "nothing can be installed" "$status $(cat out told)" "0 went on
update -qq"
echo 1000 >user
installs plain 'old|new' clickhouse-server
equal "not root" "$status $(cat out err told)" \
	"1 ./script: missing: plain new; run as root, or: apt-get install plain new"
installs clickhouse-server there
equal "not root, and the rest cannot be had" "$status $(cat out err told)" "0 went on"
# A test that tests/packages.sh names is there.
for wanted in clickhouse-server zookeeper chromium; do
	for test in $(cd "$top" && . tests/packages.sh && eval echo "$(tests_with $wanted)"); do
		[ -e "$top/$test" ] || fail "tests/packages.sh names $test, which is not there"
	done
done

# --- other systems: all programs of this machine but those of Debian -------------------------
mkdir programs
for folder in /usr/local/bin /usr/local/sbin /usr/bin /bin /usr/sbin /sbin; do
	for program in "$folder"/*; do
		case ${program##*/} in
		apt*|dpkg*|jq|llvm-strip*) ;;
		*) ln -s "$program" programs/ 2>/dev/null ;;
		esac
	done
done
mkdir tree tree/examples tree/tests	# in which nothing is configured
cp "$top"/examples/demo.* tree/examples/
cp "$top"/tests/packages.sh "$top"/tests/run.sh "$top"/tests/suite.sh tree/tests/
cp "$top/configure.ac" tree/
on_system() {	# os-release, command
	printf '%b' "$1" >os-release
	shift
	(cd tree && PATH=$OLDPWD/programs env -u CTAGG "$@") >out 2>err </dev/null
	status=$?
}
same_word() { tr -s ' \n' '\n' | grep -qxF -- "$1"; }
names() {	# words
	local word
	for word; do
		same_word "$word" <err || fail "$word is not named: $(cat err)"
	done
}
for script in ./examples/demo.sh ./tests/run.sh; do
	on_system 'PRETTY_NAME="Fedora Linux 42"\nID=fedora\n' $script
	equal "$script on Fedora: status" "$status" 1
	equal "$script on Fedora" "$(head -n 1 err)" \
		"$script: Fedora Linux 42 has no packages of Debian: install these yourself: llvm-strip jq"
	grep -qF "$script: probably by: dnf install gcc " err || fail "no command: $(cat err)"
	# what the package for rpm is built with
	# shellcheck disable=SC2046 # words
	names $(sed -n 's/^BuildRequires: *\([^ ]*\).*/\1/p' "$top/contrib/ctagg.spec" | grep -vE '^(python3|systemd-rpm-macros)$')
done
[ ! -e tree/build-demo ] || fail "something was built"
on_system 'PRETTY_NAME="AlmaLinux 9"\nID="almalinux"\nID_LIKE="rhel centos fedora"\n' ./examples/demo.sh
names dnf nmap-ncat
on_system 'PRETTY_NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n' ./examples/demo.sh
names zypper "'pkgconfig(libnetfilter_conntrack)'" "'pkgconfig(libfixbuf)'" bpftool
on_system 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\n' ./examples/demo.sh
names pacman libnetfilter_conntrack bpf
on_system 'ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"\n' ./examples/demo.sh
names apk libnetfilter_conntrack-dev bash
on_system 'ID=void\nPRETTY_NAME=Void\n' ./examples/demo.sh
equal "a system that nobody has looked up" "$(cat err)" \
	"./examples/demo.sh: Void has no packages of Debian: install these yourself: llvm-strip jq"

# A library that is not there, by the name that pkg-config has for it; and how to do without one.
rm programs/pkg-config
cat >programs/pkg-config <<'E2'
#!/bin/bash
# pkg-config, for which there is no $LACKED
[[ " $* " != *" $LACKED "* ]] || exit 1
exec /usr/bin/pkg-config "$@"
E2
chmod +x programs/pkg-config
ln -s "$(command -v jq)" programs/jq
printf '#!/bin/sh\n' >programs/llvm-strip && chmod +x programs/llvm-strip
on_system 'ID=void\nPRETTY_NAME=Void\n' env LACKED=libfixbuf ./examples/demo.sh
equal "without a library" "$(cat err)" "./examples/demo.sh: Void has no packages of Debian: install these yourself: libfixbuf
./examples/demo.sh: without libfixbuf: ./configure --disable-ipfix first"
# All is there: the demo goes on to build, in a folder that is configured whatever libraries there are.
printf '#!/bin/sh\necho configured\nexit 1\n' >tree/configure && chmod +x tree/configure
on_system 'ID=void\nPRETTY_NAME=Void\n' env LACKED=none ./examples/demo.sh
equal "nothing is missing" "$(cat err)" "demo.sh: building ctagg in $PWD/tree/build-demo
configured"
touch tree/config.status && printf 'ctagg:\n\t@echo made; exit 1\n' >tree/Makefile
on_system 'ID=void\nPRETTY_NAME=Void\n' env LACKED=libfixbuf ./examples/demo.sh
grep -qx made err || fail "a configured folder is not built: $(cat err)"

# --- configure -------------------------------------------------------------------------------
# Says what each system calls what is missing, and goes on no further.
mkdir configured
lacks() {	# libraries
	(cd configured && PKG_CONFIG=$PWD/../lacking LACKED="$*" "$top/configure" -q) >out 2>err && fail "configured without $*"
	grep '^configure: error: ' err >said
}
cat >lacking <<'E2'
#!/bin/bash
# pkg-config, for which there is none of $LACKED
for library in $LACKED; do
	[[ " $* " != *" $library "* ]] || exit 1
done
exec pkg-config "$@"
E2
chmod +x lacking
[ -x "$top/configure" ] && [ ! -e "$top/config.status" ] || exit 0	# configure refuses another folder then
lacks libmnl
equal "without libmnl" "$(cat said)" \
	"configure: error: libmnl >= 1.0.4 not found: on Debian install libmnl-dev, on Fedora libmnl-devel, elsewhere what has libmnl.pc"
lacks libfixbuf
equal "without libfixbuf" "$(cat said)" \
	"configure: error: libfixbuf >= 2.3 not found: on Debian install libfixbuf-dev, on Fedora libfixbuf-devel, elsewhere what has libfixbuf.pc; or --disable-ipfix"
