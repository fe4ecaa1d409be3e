# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A receiver of windows or datagrams for tests that deliver: tests/tools/receiver says how it
# answers and what it writes down. Sourced after lib.sh.
RECEIVE=$E2E/../tools/receiver
[ -x /usr/bin/python3 ] || { echo "the receiver wants python3"; exit 77; }

# Start a receiver in a folder, with more of its options; it accepts on return. Its process id
# is RECEIVER, its address ADDRESS (127.0.0.1:PORT), and URL is http:// with it.
start_receiver() {	# folder, options
	command rm -f "$1/port"
	"$RECEIVE" "${@:2}" "$1" 2>"$1.err" &
	RECEIVER=$!
	wait_for receiver_accepts "$1"
	ADDRESS=127.0.0.1:$(cat "$1/port")
	# shellcheck disable=SC2034 # used by those who source this
	URL=http://$ADDRESS
}
receiver_accepts() {
	kill -0 "$RECEIVER" 2>/dev/null || fail "the receiver ended: $(cat "$1.err")"
	[ -s "$1/port" ]
}

# A receiver that is gone refuses connections; start_receiver FOLDER --port=N brings it back.
stop_receiver() {
	kill -KILL "$RECEIVER"
	wait "$RECEIVER" 2>/dev/null
}

# From now on the receiver of a folder answers so: an argument a line of the script.
answer() {	# folder, lines
	mkdir -p "$1"
	printf '%s\n' "${@:2}" >"$1/answers.new"
	mv "$1/answers.new" "$1/answers"
}

# What came: the names in the order in which they were answered, of all requests or of those
# whose answer an expression matches; how many requests; the ids of the records taken, sorted.
names_sent() {	# folder, expression
	[ ! -f "$1/requests" ] || jq -r --arg answer "${2-}" 'select(.answer | test($answer)).name' "$1/requests"
}
requests() {	# folder
	cat "$1/requests" 2>/dev/null | wc -l
}
has_requests() {	# folder, at least so many
	[ "$(requests "$1")" -ge "$2" ]
}
ids_taken() {	# folder
	[ ! -f "$1/taken" ] || jq -r .id "$1/taken" | LC_ALL=C sort
}
