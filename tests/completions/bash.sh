#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion of bash.
. "$(dirname "$0")/cases.sh"
# shellcheck source=../../completions/ctagg.bash
. "$files/ctagg.bash"
# shellcheck source=../../completions/ctagg-deliver.bash
. "$files/ctagg-deliver.bash"
# shellcheck source=../../completions/ctagg-view.bash
. "$files/ctagg-view.bash"

# $equals is what the = of --table=b becomes before bash splits the line into words: a
# word of its own where it is in COMP_WORDBREAKS.
complete_line() {
	local line=${1//=/$equals}
	read -ra COMP_WORDS <<<"$line"
	[[ $line == *' ' && $1 != *= ]] && COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	case $1 in
	ctagg-deliver*) _ctagg_deliver ;;
	ctagg-view*) _ctagg_view ;;
	*) _ctagg ;;
	esac
	printf '%s\n' "${COMPREPLY[@]}"| sed '/^$/d'
}

[[ $(complete -p ctagg) == *'-F _ctagg '* ]] || fail "bash completes ctagg by $(complete -p ctagg)"
[[ $(complete -p ctagg-deliver) == *'-F _ctagg_deliver '* ]] || fail "no completion of ctagg-deliver"
[[ $(complete -p ctagg-view) == *'-F _ctagg_view '* ]] || fail "no completion of ctagg-view"
# also where bash has not loaded the other file yet
bash -c '. "$1/ctagg-deliver.bash" && declare -F _ctagg_typed' - "$files" >/dev/null || fail "ctagg-deliver.bash alone"
for equals in ' = ' =; do
	expect_cases
	expect_lists
done
# Without ctagg, whose file has the functions, bash proposes files, as for any command.
mkdir alone
cp "$files/ctagg-view.bash" alone/
bash -c '. alone/ctagg-view.bash && ! complete -p ctagg-view' 2>said || fail "ctagg-view.bash alone: $(cat said)"
