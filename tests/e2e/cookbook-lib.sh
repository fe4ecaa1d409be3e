# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Type procedures of ctagg-cookbook(7) on a copy of this machine's files: whatever is written below
# /etc, /usr and /var is gone when the test ends. Sourced after lib.sh.
. "$E2E/pasted-lib.sh"
. "$E2E/page-lib.sh"
. "$E2E/typing-lib.sh"
top=$(cd "$E2E/../.." && pwd)
PAGE=$top/man/ctagg-cookbook.7
command -v mandoc >/dev/null || { echo "mandoc is missing"; exit 77; }
of_page "$PAGE" || fail "the page"

mkdir disk
mount -t tmpfs tmpfs disk
for folder in etc usr var; do
	mkdir -p disk/$folder.new disk/$folder.work
	mount -t overlay -o "lowerdir=/$folder,upperdir=$PWD/disk/$folder.new,workdir=$PWD/disk/$folder.work" \
		overlay /$folder 2>/dev/null || { echo "no overlay file systems here"; exit 77; }
done

# What `make install` brings, where a package puts it.
install_all() {
	local build
	build=$(dirname "$CTAGG")
	[ -e "$build/Makefile" ] || { echo "ctagg is not in its build folder"; exit 77; }
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" install prefix=/usr sysconfdir=/etc \
		>make.out 2>&1 || fail "make install: $(cat make.out)"
}
