#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether all files that name the version of ctagg name that of configure.ac. debian/ is not in the
# tarball; everything else has to be there.
# usage: tests/version.sh [SOURCE-DIRECTORY]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
version=$(sed -n 's/^AC_INIT(\[ctagg\], \[\(.*\)\])$/\1/p' configure.ac)
[ -n "$version" ] || { echo "FAIL: no version in configure.ac"; exit 1; }
failed=0

# The first line of a file on which a pattern of sed matches: its \1 is the version.
names() {	# file, pattern
	local found
	found=$(sed -nE "s/$2/\\1/p" "$1" | head -n 1)
	[ "$found" = "$version" ] && return
	echo "FAIL: $1 names version '$found', configure.ac '$version'"
	failed=1
}

names README.md '^Version ([0-9.]*[0-9])[., ].*'
names RELEASE.md '^# ctagg ([0-9.]+):.*'
names CHANGELOG.md '^## \[?([0-9.]+).*'
names man/ctagg-record.5 '.*"version":"([^"]*)".*'
names contrib/ctagg.spec '^Version: +(.*)$'
names contrib/ctagg.spec '^\* .* - (.*)-1$'
names contrib/ctagg.spec '^# rpmbuild .*ctagg-(.*)\.tar\.xz.*'
names contrib/openwrt/ctagg/Makefile '^PKG_VERSION:=(.*)$'
[ ! -e debian ] || names debian/changelog '^ctagg \((.*)-1~upstream1\) .*'
exit $failed
