# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The procedures of ctagg-cookbook(7), typed as they stand on the page, which of_page() has taken
# apart. A test names what it expects to type next; so a command that is added to the page, changed
# or removed makes the test fail until the test says what has to come out. Whoever sources this has
# fail() and equal().

# Begin a procedure. Its commands come from descriptor 4, what it shows from descriptor 5.
procedure() {	# section
	section=$1
	exec 4<"page/$1.commands" 5<"page/$1.shown"
}
procedure_ends() {
	local line
	! IFS= read -r line <&4 || fail "$section: no test types: $line"
	! IFS= read -r line <&5 || fail "$section: no test compares: $line"
}

# Type the next command, which has to match a pattern, in this shell, so that its variables and
# jobs stay. What it prints is in `said'. It has to end with this status, 0 unless given.
types() {	# pattern, status
	local command status
	IFS= read -r command <&4 || fail "$section: the page ends before: $1"
	# shellcheck disable=SC2053 # a pattern
	[[ $command == $1 ]] || fail "$section: $command, expected $1"
	echo "$section: $command"
	command rm -f said	# a job may still write to it
	eval "$command" >said 2>&1 </dev/null 4<&- 5<&-
	status=$?
	equal "status of: $command: $(cat said)" $status "${2-0}"
}

# The next lines under `What you see' are lines of a file, said unless given, among which others may
# stand. Numbers, and names of runs and of the host, differ; `...' on the page is anything.
sees() {	# how many lines, file
	local line i
	for ((i = 0; i < $1; i++)); do
		IFS= read -r line <&5 || fail "$section: the page shows less"
		line=$(same_anywhere <<<"$line" | sed 's/[][\.*^$(){}?+|]/\\&/g; s/\\\.\\\.\\\./.*/g')
		same_anywhere <"${2-said}" | grep -qxE -- "$line" ||
			fail "$section: not seen: $line: $(same_anywhere <"${2-said}")"
	done
}
same_anywhere() {
	sed -E "s/\b$(uname -n)\b/gw1/g; s/\b[a-z0-9]{8}\b/RUN/g; s/[0-9]+/N/g; s/[[:space:]]+/ /g; s/^ | \$//g"
}
