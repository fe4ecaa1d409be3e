# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A service manager that hears what programs tell it by sd_notify's protocol (tests/tools/manager):
# in `heard', a message a line. Sourced after lib.sh.

start_manager() {	# socket
	: >heard
	"$E2E/../tools/manager" "$1" heard &
	manager=$!
	wait_for has_socket "$1"
	export NOTIFY_SOCKET=$1
}
has_socket() { grep -qE "(^| )${1//./\\.}\$" /proc/net/unix; }
end_manager() {
	kill $manager
	wait $manager 2>/dev/null
	unset NOTIFY_SOCKET
}
# Whether the manager has heard so many messages of $PID that begin like this.
heard() { [ "$(count "$2")" -ge "$1" ]; }
count() { grep -cE "^$PID $1" heard; }
# The messages of $PID but those of the watchdog and the status.
states() { sed -n "s/^$PID //p" heard | grep -vE '^(WATCHDOG|STATUS)' | tr '\n' ,; }

# Wait until the watchdog has heard of $PID so many times more.
beat() {	# how often
	wait_for heard $(($(count WATCHDOG=1) + $1)) WATCHDOG=1
}
