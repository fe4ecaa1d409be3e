# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A terminal for ctagg-view: tmux, with a server of its own for each test, which ends with the test
# (its processes are in the test's pid namespace). Sourced after view-lib.sh.
#
# The terminal can be looked at while it is half drawn, its first lines new and the others old. So
# each look at it is a wait_for.

command -v tmux >/dev/null || { echo "no tmux"; exit 77; }
export TMUX_TMPDIR=/run/work
unset TMUX TMUX_PANE
export TERM=xterm-256color
# A server that ends is in the way of the next one of its name.
terminals=0
tm() { tmux -L "view$terminals" -f /dev/null -u "$@"; }
new_terminal() {	# columns, lines, command
	tm kill-server 2>/dev/null
	terminals=$((terminals + 1))
	tm new-session -d -x "$1" -y "$2" "$3" || fail "tmux"
}

# As in lib.sh, with what the terminal shows.
fail() {
	echo "FAIL: $*"
	[ -s err ] && sed 's/^/  stderr: /' err | head -n 20
	tm capture-pane -p 2>/dev/null | sed 's/^/  screen: /'
	[ -e are ] && diff are should | sed 's/^/  rows, and as they should be: /'
	exit 1
}

# Run a line of shell in a terminal of this size, in place of the one before. What comes behind it in
# the terminal: "ended" and the statuses of the line's pipe.
terminal() {	# columns, lines, line of shell
	new_terminal "$1" "$2" "bash -c '$3; echo \"ended \${PIPESTATUS[*]}\"; exec sleep infinity'"
}

press() { tm send-keys "$@"; }

# What the terminal shows, a line each; and whether it shows a text.
shown() { tm capture-pane -p; }
shows() { shown | grep -qF -- "$1"; }
hides() { ! shows "$1"; }

# The rows of the table, from the line behind the heads of the columns on, without blanks that align.
rows() {
	shown | awk '/bytes|packets.*starts/ && !n { n = 1; next } n && / of .*: at most / { exit } n' |
		tr -s ' ' | sed 's/ $//' | grep -v '^$'
}

# Draw the whole screen anew: what was on the screen before is nowhere.
draw_anew() {
	press '?'
	wait_for shows "any key leaves this help"
	press '?'
	wait_for hides "any key leaves this help"
}

# Whether the terminal is as a shell wants it: no screen of its own, a cursor, and the modes that are
# in the file `modes'.
is_given_back() {
	[ "$(tm display -p '#{alternate_on} #{cursor_flag}')" = "0 1" ] &&
		cmp -s modes <(tm display -p '#{pane_tty}' | xargs stty -g -F)
}
