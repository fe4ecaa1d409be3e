# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Run the entries of a file for /etc/cron.d as cron does. Sourced after lib.sh.

# Each command once, with the SHELL and PATH of the file and little else. What a command prints
# would be mailed: it has to print nothing.
run_cron() {	# file
	local commands settings command
	commands=$(sed -nE 's/^([0-9*\/,-]+ ){5}root //p' "$1")
	settings=$(grep -E '^[A-Z]+=' "$1")
	equal "lines of ${1##*/}" "$(grep -cvE '^(#|$)' "$1")" "$(printf '%s\n' "$commands" "$settings" | wc -l)"
	! grep -q % <<<"$commands" || fail "cron makes a newline of %"	# crontab(5)
	while read -r command; do
		# shellcheck disable=SC2086,SC2016 # settings without spaces; for the other shell
		env -i HOME=/root LOGNAME=root $settings sh -c 'cd && exec "$SHELL" -c "$1"' - "$command" >mail 2>&1 </dev/null ||
			fail "$command: $(cat mail)"
		equal "mail from cron" "$(cat mail)" ""
	done <<<"$commands"
}
