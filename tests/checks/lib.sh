# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the checks of the source have in common. Sourced; the caller is in the source directory.

# The C files to check. Filters of the kernel are not among them: clang compiles them for BPF, and the
# kernel's verifier reads them.
c_files() {
	find src tests/tools -name '*.c' ! -name '*.bpf.c' | LC_ALL=C sort
}

# Set includes to the folders of headers that the Makefile of build directory $1 names. Those of
# libraries are of the system: their findings are not ours.
read_includes() {
	local folder
	[ -e "$1/Makefile" ] && [ -e "$1/src/table/bpf/agg.skel.h" ] || {
		echo "$0: no build with the kernel table in $1: configure, and make" >&2
		exit 2
	}
	includes=(-Isrc -Itests "-I$1" "-I$1/src")
	while read -r folder; do
		includes+=(-isystem "$folder")
	done < <(sed -n 's/^[A-Z]*_CFLAGS = //p' "$1/Makefile" | grep -oE -- '-I ?/[^ ]+' |
		sed 's/^-I *//' | LC_ALL=C sort -u)
}
