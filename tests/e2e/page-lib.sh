# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The procedures of ctagg-cookbook(7) for tests/e2e/typing-lib.sh, which may run where there is no
# mandoc. Sourced, by whoever knows where the page is and has pasted-lib.sh.

# The lines of a part of a section.
part_of_page() {	# page, section, part
	awk -v section=".Sh $2" -v part=".Ss $3" '/^\.Sh /{ here = $0 == section; in_part = 0 }
		/^\.Ss /{ in_part = $0 == part; next } here && in_part' "$1"
}
sections_of_page() {	# page
	sed -n 's/^\.Sh //p' "$1" | grep -vxE 'NAME|DESCRIPTION|SEE ALSO'
}

# Into the folder `page': SECTION.commands, a command a line, and SECTION.shown.
of_page() {	# page
	local section line
	mkdir -p page
	while read -r section; do
		part_of_page "$1" "$section" Type >page/part
		of_man page/part | while IFS= read -r line; do
			plain "$line"
		done >"page/$section.commands"
		part_of_page "$1" "$section" "What you see" >page/part
		displays page/part >"page/$section.shown"
		[ -s "page/$section.commands" ] && [ -s "page/$section.shown" ] || { echo "nothing to type, or to see: $section"; return 1; }
	done < <(sections_of_page "$1")
}
