# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What is done to a log shipper, and that all lines arrive. Sourced after lib.sh by a test that then
# names the shipper: shipper=rsyslog or shipper=syslog_ng (see shippers-lib.sh). The oracle is
# tests/tools/receiver: it has written down what the shipper has sent, by HTTP.
. "$E2E/shippers-lib.sh"
. "$E2E/receiver-lib.sh"

# shellcheck disable=SC2154 # the test names the shipper
start_shipper() { start_$shipper ship; }

# ctagg adds a window of so many flows to the file.
put() {	# flows, minutes
	"$TOOLS/fleet" 1 "${2-1}" "$1" | "$CTAGG" --read=- -w 60 -o ship/log/ctagg.jsonl 2>err || fail "ctagg --read"
}
rotate() {
	sed "s#/var/log/ctagg.jsonl .*{#$PWD/ship/log/ctagg.jsonl {#" "$examples/logrotate.d/ctagg" >logrotate.conf
	chmod 600 logrotate.conf
	logrotate -f -s "$PWD/logrotate.state" logrotate.conf >rotate.out 2>&1 || fail "logrotate: $(cat rotate.out)"
}

# Lines that ctagg has written and that have come, each once.
written() { find ship/log -name 'ctagg.jsonl*' -exec zcat -f {} + | LC_ALL=C sort -u; }
arrived() { [ ! -f r/taken ] || LC_ALL=C sort -u r/taken; }
all_arrived() {
	[ -f r/taken ] && [ "$(wc -l <r/taken)" -ge "$number" ] && [ "$(arrived | wc -l)" -ge "$number" ]
}
ids() { grep -o '"id":"[^"]*"' "$1" | sort -u | wc -l; }
# Everything arrives, and nothing else: with ids taken into account, each line once.
check_arrived() {	# after what
	written >sent
	number=$(wc -l <sent)
	wait_for all_arrived
	arrived >came
	cmp -s sent came || fail "$1: $(diff sent came | head -n 3)"
	equal "$1: ids" "$(ids sent)" "$number"
	command rm sent came
}
has_come() {	# line
	[ -f r/taken ] && grep -qxF "$1" r/taken
}
# The shipper starts after ctagg, is stopped while the file is rotated, and is killed while it sends.
ship_through_restarts() {
	put 200
	start_shipper
	check_arrived "a start"
	stop_shipper
	put 200
	rotate
	put 200
	start_shipper
	check_arrived "a rotation while the shipper was stopped"
	for _ in 1 2 3; do
		put 2000
		wait_for newer_lines
		stop_shipper KILL
		put 200
		start_shipper
	done
	check_arrived "SIGKILL"
}
# Lines have come since the last time.
lines_before=0
newer_lines() {
	local lines
	lines=$(wc -l <r/taken)
	[ "$lines" -gt $lines_before ] && lines_before=$lines
}

# The server is away or says no while the file is rotated, and the shipper restarted.
ship_through_an_outage() {	# statuses
	local before
	answer r "$@" 503
	before=$(requests r)
	put 1000
	wait_for has_requests r $((before + $# + 1))
	rotate
	put 1000
	stop_shipper
	put 1000
	start_shipper
	wait_for has_requests r $((before + $# + 2))
	equal "lines taken by a server that says no" "$(arrived | comm -12 - <(written) | wc -l)" "$(arrived | wc -l)"
	answer r 200
	check_arrived "an outage"
}

# ctagg writes windows under load while logrotate renames the file.
ship_through_rotations() {
	local load
	start -w 100ms -t 5 -o ship/log/ctagg.jsonl
	(gen --keys 2000 --duration 6 --patient) &
	load=$!
	for _ in 1 2 3; do
		wait_for test -s ship/log/ctagg.jsonl
		wait_for has_come "$(grep -m 1 . ship/log/ctagg.jsonl)"
		rotate
	done
	wait $load || fail "no load"
	finish
	check_arrived "rotations"
}

# A line as long as one can be, and very many.
ship_a_burst() {
	local line=
	put 100
	line=$(grep -m 1 '"type":"flow"' ship/log/ctagg.jsonl)
	line=$(jq -c --arg pad "$(printf '%4096s' '' | tr ' ' x)" '.id |= .[:24] + "ffffffffffff" | .tag_pad = $pad | .tag_pad = $pad[:(8191 - (tojson | length))]' <<<"$line")
	equal "bytes of the long line" "${#line}" 4095
	echo "$line" >>ship/log/ctagg.jsonl
	put 10000 10
	[ "$(wc -l <ship/log/ctagg.jsonl)" -gt 100000 ] || fail "no burst"
	check_arrived "a burst"
	command rm r/taken
}
