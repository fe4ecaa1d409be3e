#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The units as systemd-analyze sees them: without an error, with little exposure, and with a word about
# each thing that is left open.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$CTAGG")
[ -e "$build/systemd/ctagg.service" ] || { echo "built without units"; exit 77; }
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is missing"; exit 77; }

# The settings that are not as tight as can be, by the names that units have for them.
open_settings() {	# unit
	systemd-analyze security --offline=true --no-pager --json=short "$1" |
		jq -r '.[] | select(.set == false and .exposure != null).name | sub("=.*"; "")' | sort -u
}
# Whether a comment names the setting, or stands right above it.
is_explained() {	# setting, unit
	awk -v name="$1" '
		/^#/ { comment = 1; if (index($0, name)) found = 1; next }
		index($0, name "=") == 1 && comment { found = 1 }
		{ comment = 0 }
		END { exit !found }' "$2"
}

for unit in ctagg ctagg-deliver ctagg-snapshot; do
	file=$build/systemd/$unit.service
	! grep -n '@[a-z]*@' "$file" || fail "$unit: a folder is missing"
	# in tenths
	systemd-analyze security --offline=true --no-pager --threshold=19 "$file" >analysis ||
		fail "$unit: $(tail -n 1 analysis), and 2.0 is too much"
	for setting in $(open_settings "$file"); do
		is_explained "$setting" "$file" || fail "$unit: no comment says why $setting is open"
	done
done
