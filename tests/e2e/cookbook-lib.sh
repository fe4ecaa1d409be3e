# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The procedures of ctagg-cookbook(7), typed as they stand on the page, on a copy of this
# machine's files: whatever is written below /etc, /usr and /var is gone when the test ends.
# A test names what it expects to type next; so a command that is added to the page, changed or
# removed makes the test fail until it says what has to come out. Sourced after lib.sh.
. "$E2E/pasted-lib.sh"
top=$(cd "$E2E/../.." && pwd)
PAGE=$top/man/ctagg-cookbook.7
command -v mandoc >/dev/null || { echo "mandoc is missing"; exit 77; }

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

# --- a procedure ------------------------------------------------------------------------

# The displays of a part of a section, in a file of its own.
part_of_page() {	# section, part
	awk -v section=".Sh $1" -v part=".Ss $2" '/^\.Sh /{ here = $0 == section; in_part = 0 }
		/^\.Ss /{ in_part = $0 == part; next } here && in_part' "$PAGE"
}

# Begin a procedure. Its commands come from descriptor 4, what it shows from descriptor 5.
procedure() {	# section
	section=$1
	part_of_page "$1" Type >part
	of_man part >commands
	[ -s commands ] || fail "no command under $1 in ${PAGE##*/}"
	part_of_page "$1" "What you see" >part
	displays part >shown
	[ -s shown ] || fail "nothing to see under $1 in ${PAGE##*/}"
	exec 4<commands 5<shown
}
procedure_ends() {
	! IFS= read -r command <&4 || fail "$section: no test types: $command"
	! IFS= read -r line <&5 || fail "$section: no test compares: $line"
}

# Type the next command, which has to match a pattern, in this shell, so that its variables and
# jobs stay. What it prints is in `said'. It has to end with this status, 0 unless given.
types() {	# pattern, status
	local command status
	IFS= read -r command <&4 || fail "$section: the page ends before: $1"
	# shellcheck disable=SC2053 # a pattern
	[[ $(plain "$command") == $1 ]] || fail "$section: $command, expected $1"
	echo "$section: $command"
	command rm -f said	# a job may still write to it
	eval "$command" >said 2>&1 </dev/null 4<&- 5<&-
	status=$?
	equal "status of: $command: $(cat said)" $status "${2-0}"
}

# The next lines under `What you see' are those of a file, in which others may stand around them.
# Numbers, names of runs and of the host differ; `...' on the page is anything.
sees() {	# how many lines, file
	local line i
	for ((i = 0; i < $1; i++)); do
		IFS= read -r line <&5 || fail "$section: the page shows less"
		line=$(same_anywhere <<<"$line" | sed 's/[][\.*^$(){}?+|]/\\&/g; s/\\\.\\\.\\\./.*/g')
		same_anywhere <"${2-said}" | grep -qxE -- "$line" || fail "$section: not seen: $line: $(same_anywhere <"${2-said}")"
	done
}
same_anywhere() {
	sed -E "s/\b$(uname -n)\b/gw1/g; s/\b[a-z0-9]{8}\b/RUN/g; s/[0-9]+/N/g; s/[[:space:]]+/ /g; s/^ | \$//g"
}
