#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What can be checked of contrib/openwrt without OpenWrt's build system: make reads the Makefile, with
# stand-ins for the files that it includes; its options are options of configure, which are tried with
# a build in TREE, the unpacked tarball; what its recipes install exists; and the start script, with
# stand-ins for procd, gives options that ctagg takes.
# usage: tests/packaging/openwrt.sh SOURCES TREE
set -u
here=$(cd "$1" && pwd) tree=$(cd "$2" && pwd) || exit 1
package=$here/contrib/openwrt/ctagg
standins=$here/tests/packaging/openwrt
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

in_openwrt() {
	make -s -C "$package" -f "$package/Makefile" TOPDIR="$standins" INCLUDE_DIR="$standins" "$@"
}

# --- the Makefile -------------------------------------------------------------------------
in_openwrt facts >"$work/facts" || fail "make"
cat "$work/facts"
version=$(sed -n 's/^AC_INIT(\[ctagg\], \[\(.*\)\])$/\1/p' "$here/configure.ac")
grep -qx "source ctagg-$version.tar.xz" "$work/facts" || fail "another version than configure.ac's"
read -ra options < <(sed -n 's/^configure //p' "$work/facts")
[ "${#options[@]}" -gt 0 ] || fail "no options"

# --- the build, without what OpenWrt has no package of --------------------------------------
mkdir "$work/build" && cd "$work/build" || exit 1
"$tree/configure" -q --prefix=/usr --sysconfdir=/etc --enable-option-checking=fatal "${options[@]}" >"$work/log" 2>&1 ||
	{ tail -n 20 "$work/log"; fail "configure ${options[*]}"; }
make -s -j"$(nproc)" CFLAGS=-O0 >"$work/log" 2>&1 && make -s install DESTDIR="$work/installed" >"$work/log" 2>&1 ||
	{ tail -n 20 "$work/log"; fail "make"; }
for name in ctagg ctagg-deliver; do
	in_openwrt "install-$name" ROOT="$work/root" INSTALLED="$work/installed" || fail "Package/$name/install"
done
(cd "$work/root" && find . -type f -printf '%m %P\n' | sort -k 2) | tee "$work/files"
diff - "$work/files" <<'END' || fail "expected (<) and installed (>)"
644 etc/capabilities/ctagg.json
600 etc/config/ctagg
755 etc/init.d/ctagg
755 usr/bin/ctagg
755 usr/bin/ctagg-deliver
END

# Its dependencies bring every library that the programs are linked to.
depended() {
	sed -n "s/^depends $1 //p" "$work/facts" | tr ' ' '\n' | sed -nE 's/^\+//p' | sed -E 's/^[A-Z_]+://'
}
for library in $(readelf -d "$work/root/usr/bin/ctagg" "$work/root/usr/bin/ctagg-deliver" |
	sed -nE 's/.*Shared library: \[(lib[a-z-]+)\.so.*/\1/p' | grep -vx libc | sed 's/^libz$/zlib/' | sort -u); do
	{ depended ctagg; depended ctagg-deliver; } | grep -qx "$library" || fail "no dependency brings $library"
done

# --- the start script -----------------------------------------------------------------------
jq -e '[.bounding, .effective, .ambient, .permitted, .inheritable] | unique == [["CAP_NET_ADMIN"]]' \
	"$work/root/etc/capabilities/ctagg.json" >/dev/null || fail "capabilities"
started() {	# the file in /etc/config
	(. "$standins/procd.sh" "$1" && . "$work/root/etc/init.d/ctagg" && start_service)
}
started "$package/files/ctagg.config" >"$work/command" || fail "start_service"
[ ! -s "$work/command" ] || fail "a service that is not enabled is started: $(cat "$work/command")"
sed "s/enabled '0'/enabled '1'/" "$package/files/ctagg.config" >"$work/config"
unshare --net --mount --pid --fork --kill-child bash "$standins/run.sh" "$standins/procd.sh" "$work/root" "$work/config" ||
	fail "the command of the start script"
