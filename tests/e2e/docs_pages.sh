#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What every manual page has: no complaint of mandoc or groff; the page of a program each option in
# its synopsis and as an entry, and the usual sections; each variable of the environment that a
# program asks for, each exit status, and each cause of --check.
. "$(dirname "$0")/lib.sh"
top=$(cd "$E2E/../.." && pwd)
command -v mandoc groff >/dev/null || { echo "mandoc or groff is missing"; exit 77; }
section() { sed -n "/^\.Sh $2\$/,/^\.Sh /p" "$1"; }

for page in "$top"/man/*.[157]; do
	mandoc -T lint -W warning "$page" >lint || fail "$(cat lint)"
	groff -mandoc -t -Tutf8 -ww "$page" >/dev/null 2>lint
	[ ! -s lint ] || fail "$(cat lint)"
	for name in NAME DESCRIPTION "SEE ALSO"; do
		grep -qx "\.Sh $name" "$page" || fail "${page##*/} has no section $name"
	done
done

for page in "$top"/man/*.1; do
	program=$(dirname "$CTAGG")/$(basename "$page" .1)
	for name in SYNOPSIS OPTIONS ENVIRONMENT FILES "EXIT STATUS" EXAMPLES DIAGNOSTICS; do
		section "$page" "$name" | grep -q '^[^.]\|^\.\(Nm\|Dl\)' || fail "${page##*/} has nothing in $name"
	done
	[ -x "$program" ] || continue	# ctagg-view, with --disable-view
	# Each option has an entry, and stands in the synopsis by one of its names; the words that
	# select stand there as one.
	section "$page" SYNOPSIS | grep -oE -- ' -[a-z][a-z-]+|Fl [A-Za-z]+|\| [A-Z]\b' | sed -E 's/^ -/--/; s/^(Fl|\|) //' >synopsis
	"$program" --help | sed '/^Selection\|^Which flows/,/^$/d' | sed -nE 's/^ +(-([A-Za-z]), )?(--[a-z-]+).*/\3 \2/p' >options
	[ "$(wc -l <options)" -ge 8 ] || fail "no options in --help"
	while read -r long short; do
		grep -qE "^\.It Fl.* -${long#--}( |$)" "$page" || fail "${page##*/} has no entry: $long"
		grep -qx -e "$long" synopsis || { [ -n "$short" ] && grep -q "^[a-zA-Z]*$short" synopsis; } ||
			fail "${page##*/}, SYNOPSIS: lacks $long"
	done <options
done

# What is asked of the environment, and of other programs' variables nothing.
grep -rhoE '(getenv|take_variable)\("[A-Z_]+"' "$top/src" --include='*.c' | grep -oE '[A-Z_]+"' | tr -d '"' | sort -u >asked
[ "$(wc -l <asked)" -ge 6 ] || fail "only $(wc -l <asked) variables"
cat "$top"/man/*.1 | sed -n '/^\.Sh ENVIRONMENT/,/^\.Sh [^E]/s/^\.It Ev //p' | tr -d ' ' | tr ',' '\n' | sort -u >named
missing=$(comm -23 asked named)
equal "variables that no page has" "$missing" ""

# The statuses that the program ends with are those of its page. Here each is had once.
statuses() { section "$top/man/$1.1" "EXIT STATUS" | sed -n 's/^\.It \([0-9]\)$/\1/p' | tr '\n' ' '; }
ends_with() {	# status, command
	"${@:2}" >out 2>err </dev/null
	equal "status of ${*:2}" $? "$1"
}
ends_with 0 "$CTAGG" --version
ends_with 1 "$CTAGG" --read=/nowhere
ends_with 2 "$CTAGG" --window
ends_with 3 "$CTAGG" --check	# nothing tracks connections here
echo no event >lines
ends_with 4 "$CTAGG" --read=lines --strict
equal "statuses of ctagg" "$(statuses ctagg)" "0 1 2 3 4 "
equal "statuses of ctagg-deliver" "$(statuses ctagg-deliver)" "0 1 2 "
equal "statuses of ctagg-view" "$(statuses ctagg-view)" "0 1 2 "

# The causes of --check, in the sources and on the page.
cat "$top"/src/check/*.c | tr '\n' ' ' | grep -oP 'causes_add\([^;"]*"\K[a-z_0-9]+' | sort -u >causes
sed -n '/^\.Ss Causes/,/^\.Ss /p' "$top/man/ctagg.1" | grep -oE '^\.Cm [a-z_0-9]+' | sed 's/^\.Cm //' | sort -u >on_page
[ "$(wc -l <causes)" -ge 20 ] || fail "only $(wc -l <causes) causes"
diff causes <(grep -vxE 'null|json|auto' on_page) >differ || fail "causes of the sources (<) and of ctagg(1) (>): $(cat differ)"
