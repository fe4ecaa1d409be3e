#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether the sources are laid out as CONTRIBUTING.md says. The table under "Rooms" names
# every room, the rooms that it may include, and its libraries; Makefile.am names every file.
# Fails for each rule that a file breaks, and for each permission that no file uses.
# usage: tests/structure.sh [SOURCE-DIRECTORY]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
LONGEST=500	# lines of a file
# Headers of the C library and of Linux. Whatever else stands in <> is of a library.
SYSTEM='^((arpa|linux|net|netinet|sys)/.*|dirent|endian|errno|fcntl|getopt|grp|inttypes|langinfo|limits|locale|mntent|netdb|poll|pthread|pwd|sched|search|signal|spawn|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|termios|time|unistd|wchar|wctype)\.h$'
failed=0

fail() {
	echo "FAIL: $*"
	failed=1
}

# The rows of the table of rooms: | `ROOM` | what it does | may include | library |
rows() {
	awk '/^## / { here = $2 == "Rooms" } here && /^\| `/' CONTRIBUTING.md
}

# "ROOM NAME" for each name in column $1 of the table.
column() {
	rows | awk -F'|' -v column="$1" '{
		gsub(/[` ]/, "", $2)
		n = split($column, names, /[^A-Za-z0-9_-]+/)
		for (i = 1; i <= n; i++)
			if (names[i] != "")
				print $2, names[i]
	}' | LC_ALL=C sort -u
}

# Show what of "ROOM NAME" is only in $1 and what is only in $2, each with its message.
compare() {
	local used=$1 named=$2 unnamed=$3 unused=$4 room name
	while read -r room name; do
		fail "$(printf "$unnamed" "$room" "$name")$(where "$room" "$name")"
	done < <(LC_ALL=C comm -23 "$used" "$named")
	while read -r room name; do
		fail "$(printf "$unused" "$room" "$name")"
	done < <(LC_ALL=C comm -13 "$used" "$named")
}

# The files of room $1 that include something of $2.
where() {
	awk -v room="$1" -v name="$2" '$1 == room && $3 == name && !seen[$2]++ { printf " %s", $2 }' \
		"$work/places"
}

# Fail for each circle among the edges "FROM TO" in file $1.
circles() {
	local circle
	circle=$(tsort "$1" 2>&1 >/dev/null | sed 's/^tsort: *//' | grep -v 'input contains a loop' |
		tr '\n' ' ')
	[ -z "$circle" ] || fail "$2 include each other: $circle"
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Without what a build in the source directory makes.
find src -name '*.[ch]' ! -name '*.skel.h' | LC_ALL=C sort >"$work/files"
[ -s "$work/files" ] || fail "no sources in $PWD/src"

# --- rooms ---------------------------------------------------------------------
rows | sed 's/^| `\([^`]*\)`.*/\1/' | LC_ALL=C sort >"$work/named"
sed 's,^src/,,; s,/.*,,' "$work/files" | LC_ALL=C sort -u >"$work/rooms"
while read -r room; do
	fail "CONTRIBUTING.md does not name the room $room"
done < <(LC_ALL=C comm -23 "$work/rooms" "$work/named")
while read -r room; do
	fail "CONTRIBUTING.md names the room $room, which is not there"
done < <(LC_ALL=C comm -13 "$work/rooms" "$work/named")

# --- how files include ----------------------------------------------------------
# Only in ways that the next section reads: "room/file.h" and <header>, a line each. The name
# of one generated header is a macro, which tests set.
while read -r line; do
	fail "an include should be \"room/file.h\" or <header>: $line"
done < <(xargs grep -HE '^[^"]*#[[:space:]]*(include|import)' <"$work/files" | grep -vE \
	':#include ("([a-z]+/(bpf/)?[a-z_]+|config)\.h"|<[A-Za-z0-9_/.-]+\.h>|CTAGG_((TRACE|DROPS|LAYOUT|ORDER)_)?SKELETON)[[:space:]]*(/\*.*\*/)?$')
while read -r line; do
	fail "a function of another file is declared by the header of that file: $line"
done < <(grep '\.c$' "$work/files" | xargs grep -HE '^[[:space:]]*extern ')

# --- what each file includes: "ROOM FILE PART INCLUDED", a line each ---------------
# PART is the room of one of our headers, or the library of another one.
while read -r file; do
	room=${file#src/}
	sed -nE 's/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*)[>"].*/\1/p' "$file" |
		awk -v room="${room%%/*}" -v file="$file" '
		/^(libmnl|libnetfilter_conntrack|libnftnl|nettle)\// { print room, file, substr($0, 1, index($0, "/") - 1), $0; next }
		/^bpf\//     { print room, file, "libbpf", $0; next }
		/^uuid\//    { print room, file, "libuuid", $0; next }
		/^cap-ng\.h/ { print room, file, "libcap-ng", $0; next }
		/^fixbuf\//  { print room, file, "libfixbuf", $0; next }
		/^curl\//    { print room, file, "libcurl", $0; next }
		/^ncurses(w\/|\.h)/ { print room, file, "libncursesw", $0; next }
		/^maxminddb\.h/ { print room, file, "libmaxminddb", $0; next }
		/^seccomp\.h/ { print room, file, "libseccomp", $0; next }
		/^zlib\.h/   { print room, file, "zlib", $0; next }
		{ print room, file, (index($0, "/") ? substr($0, 1, index($0, "/") - 1) : "."), $0 }'
done <"$work/files" >"$work/all"
LC_ALL=C sort -u "$work/rooms" >"$work/parts"
printf '%s\n' libmnl libnetfilter_conntrack libnftnl libbpf libcap-ng libmaxminddb libcurl libfixbuf libncursesw libseccomp libuuid nettle zlib >"$work/libraries"
while read -r file included; do
	fail "$file includes $included, which is of no room and no library that this test knows"
done < <(awk 'NR == FNR { known[$1] = 1; next } !known[$3] && $4 != "config.h" { print $2, $4 }' \
	<(cat "$work/parts" "$work/libraries") "$work/all" | grep -vE " ${SYSTEM#^}")
awk 'NR == FNR { ours[$1] = 1; next } ours[$3]' "$work/parts" "$work/all" >"$work/ours"
awk 'NR == FNR { library[$1] = 1; next } library[$3]' "$work/libraries" "$work/all" >"$work/theirs"
LC_ALL=C sort -u "$work/ours" "$work/theirs" >"$work/places"

# --- neighbours and libraries ---------------------------------------------------
awk '$1 != $3 { print $1, $3 }' "$work/ours" | LC_ALL=C sort -u >"$work/neighbours"
column 4 >"$work/may"
compare "$work/neighbours" "$work/may" \
	"%s includes %s, which CONTRIBUTING.md does not allow:" \
	"CONTRIBUTING.md lets %s include %s, and no file does"
awk '{ print $1, $3 }' "$work/theirs" | LC_ALL=C sort -u >"$work/libraries_used"
column 5 >"$work/libraries_named"
compare "$work/libraries_used" "$work/libraries_named" \
	"%s uses %s, which CONTRIBUTING.md does not name there:" \
	"CONTRIBUTING.md names for %s the library %s, which no file uses"

# --- circles --------------------------------------------------------------------
circles "$work/neighbours" rooms
# Of files: a header and what it includes.
awk '$2 ~ /\.h$/ { print $2, "src/" $4 }' "$work/ours" >"$work/headers"
circles "$work/headers" headers

# --- files ----------------------------------------------------------------------
# Also of tests and benchmarks.
while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le $LONGEST ] || fail "$file has $lines lines, more than $LONGEST"
	grep -v '^#' Makefile.am | grep -qE "(^|[[:space:]])${file//./\\.}([[:space:]]|\$)" ||
		fail "Makefile.am does not name $file"
done < <(find src tests bench completions -name '*.[ch]' ! -name '*.skel.h' | LC_ALL=C sort)

# A script that says what runs it can be run; make calls a test by its name.
while read -r script; do
	[ -x "$script" ] || fail "$script is not executable: chmod +x"
done < <(grep -rlE --include='*.sh' '^#!' tests bench examples completions | LC_ALL=C sort)

# In a man page `.Fl key' is -key, which is -k ey: a long option is `.Fl -key'.
while read -r place; do
	fail "$place shows a long option with one dash: write Fl -NAME"
done < <(grep -nEo '\<Fl [a-z]{2,}' man/*.[1-8] | grep -v 'Fl qv$')

exit $failed
