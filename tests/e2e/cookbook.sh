#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7) as a page: each procedure has its parts and a test, each line of its displays
# fits a terminal, and other pages lead to it.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"

mandoc -T lint -W warning "$PAGE" >lint || fail "$(cat lint)"
sections_of_page "$PAGE" >sections
[ "$(wc -l <sections)" -ge 11 ] || fail "only $(wc -l <sections) procedures"
while read -r section; do
	equal "the parts of $section" "$(awk -v section=".Sh $section" '/^\.Sh /{ here = $0 == section } here && /^\.Ss /' "$PAGE")" \
		"$(printf '.Ss %s\n' Type "What you see" "What can go wrong")"
	part_of_page "$PAGE" "$section" "What can go wrong" | grep -q '^\.It' || fail "nothing can go wrong under $section"
done <sections
# Who types which: a section that no test types, or a test of a section that is gone.
sed -nE 's/^procedure "?([A-Z ]+)"?$/\1/p' "$E2E"/cookbook_*.sh "$top/tests/packaging/operator.sh" | sort | diff <(sort sections) - >differ ||
	fail "procedures on the page (<) and in tests (>): $(cat differ)"

mandoc -T ascii -O width=78 "$PAGE" | sed 's/.\x08//g' >narrow
displays "$PAGE" >displayed
[ -s displayed ] || fail "no display"
while IFS= read -r line; do
	grep -F -- "$line" narrow | grep -qvE '.{81}' || fail "wider than 80 columns: $line"
done <displayed

for page in "$top"/man/*.[15]; do
	name=${page##*/}
	grep -qx "\.Xr ctagg-cookbook 7 *,*" "$page" || fail "$name does not lead to the page"
	grep -qx "\.Xr ${name%.*} ${name##*.} *,*" "$PAGE" || fail "the page does not lead to $name"
done
grep -q 'man/ctagg-cookbook\.7' "$top/README.md" || fail "the README does not lead to the page"
