#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion of fish.
. "$(dirname "$0")/cases.sh"
command -v fish >/dev/null || { echo "no fish here"; exit 77; }

# fish loads the file of a command that is there, from a folder; each file has to do alone.
mkdir bin
for program in ctagg ctagg-deliver ctagg-view; do
	ln -s /bin/true bin/$program
done
# fish 4 also names words that only hold the letters of the last word, in order. On a terminal it
# proposes those that begin with the last word, when there are any.
complete_line() {
	HOME=$work PATH=$work/bin:$PATH fish --no-config -c "set fish_complete_path $files; complete -C '$1'" | cut -f 1 |
		awk -v word="${1##* }" '{ all[NR] = $0 } index($0, word) == 1 { begins[++n] = $0 }
			END { for (i = 1; i <= (n ? n : NR); i++) print n ? begins[i] : all[i] }'
}

expect_cases
expect_lists
# Without ctagg, whose file has the functions, files are proposed.
mkdir alone
cp "$files/ctagg-view.fish" alone/
files=$work/alone expect 'ctagg-view flo' flows.jsonl
