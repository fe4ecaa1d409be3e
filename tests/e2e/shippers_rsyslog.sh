#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples/rsyslog: what ctagg writes reaches a server through Debian's rsyslog, whatever happens.
. "$(dirname "$0")/lib.sh"
. "$E2E/shipping-lib.sh"
shipper=rsyslog
start_receiver r
configure_rsyslog ship "$URL/in?a=1&b=%20"

ship_through_restarts
ship_through_an_outage 404 302
equal "words of ctagg-post" "$(grep -c 'ctagg-post: the server answers 404' ship/log/ctagg-post.log)" 1
ship_through_rotations
ship_a_burst
stop_shipper

# Headers of a file, with a secret that is in no list of processes.
echo "Authorization: Bearer one" >headers
transaction() {
	printf '%s\n' 'BEGIN TRANSACTION' '{"id":1}' '{"id":2}' 'COMMIT TRANSACTION'
	wait_for has_lines answers 5
}
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
transaction | ship/bin/ctagg-post --header-file=headers unsent "$URL/in" >answers || fail "ctagg-post"
equal "answers" "$(paste -sd, answers)" "OK,OK,DEFER_COMMIT,DEFER_COMMIT,OK"
equal "headers" "$(tail -n 1 r/requests | jq -r '.headers | [.authorization, .["content-type"]] | @tsv')" \
	"$(printf 'Bearer one\tapplication/x-ndjson')"
equal "lines" "$(cat r/taken)" '{"id":1}
{"id":2}'
