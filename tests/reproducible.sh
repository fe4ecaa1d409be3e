#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether the same sources give the same bytes in every folder: `make ctagg` in a copy of the
# sources, in a folder with a long name, and compare with the program in BUILD-DIRECTORY, which
# has to be built from these sources already. Also shows that a fresh `make ctagg` works.
# usage: tests/reproducible.sh BUILD-DIRECTORY
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
build=$(cd "$1" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

# The sources as git knows them, and what autoreconf has made of them.
sources() {
	git ls-files
	printf '%s\n' configure aclocal.m4 config.h.in Makefile.in build-aux
}

elsewhere=$work/a-folder-with-a-longer-name-than-that-of-the-other-build
mkdir "$elsewhere"
cd "$here" && sources | tar -c -T - | tar -x -C "$elsewhere" || fail "cannot copy the sources"
cd "$elsewhere" || exit 1
eval "./configure -q $("$build/config.status" --config)" >"$work/log" 2>&1 &&
	make -s -j"$(nproc)" ctagg >>"$work/log" 2>&1 ||
	{ tail -n 20 "$work/log"; fail "no fresh build"; }
cmp "$build/ctagg" ctagg || fail "the program depends on the folder that it is built in"
for name in "$build" "$here" "$work"; do
	if LC_ALL=C grep -aqF "$name" ctagg; then
		fail "the program names $name"
	fi
done
