#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion of fish.
. "$(dirname "$0")/cases.sh"
command -v fish >/dev/null || { echo "no fish here"; exit 77; }

complete_line() {
	HOME=$work fish --no-config -c "source $files/ctagg.fish; source $files/ctagg-deliver.fish; source $files/ctagg-view.fish; complete -C '$1'" | cut -f 1
}

expect_cases
expect_lists
