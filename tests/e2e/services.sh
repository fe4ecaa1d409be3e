#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ports by the names of services: ctagg selects the ports that getent(1) finds in /etc/services,
# and writes numbers. Where the file has no such name, the option is refused.
. "$(dirname "$0")/lib.sh"

port_of() { getent services "$1" | sed -E 's:.* ([0-9]+)/.*:\1:'; }
http=$(port_of http) https=$(port_of https) domain=$(port_of domain)
[ -n "$http" ] && [ -n "$https" ] && [ -n "$domain" ] || { echo "no services in /etc/services"; exit 77; }

track
for port in "$domain" "$((http - 1))" "$http" "$((http + 1))" "$https" "$((https + 1))"; do
	conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport "$http" --dport "$port" -t 600 >/dev/null 2>&1 ||
		fail "conntrack -I"
done
selected() {	# options: which destination ports are selected
	"$CTAGG" --snapshot "$@" >out 2>err || fail "$*: $(cat err)"
	jq -r 'select(.type == "flow").dst_port' out | sort -n | tr '\n' ' '
}
ports() { printf '%s\n' "$@" | sort -n | tr '\n' ' '; }
equal "a name" "$(selected --dport http)" "$(ports "$http")"
jq "select(.type == \"flow\").dst_port | type == \"number\"" out >types
[ "$(sort -u types)" = true ] || fail "a port that is no number: $(cat out)"
equal "a list" "$(selected --dport "https,domain")" "$(ports "$domain" "$https")"
equal "a range" "$(selected --dport http-https)" "$(ports "$http" $((http + 1)) "$https")"
equal "all others" "$(selected --dport '!http-https,domain')" "$(ports $((http - 1)) $((https + 1)))"
equal "source ports" "$(selected --sport http --dport "$http-$http")" "$(ports "$http")"
equal "no source port" "$(selected --sport https)" ""

# Without the names: by number only.
: >empty
without() { unshare --mount bash -c 'mount --bind empty /etc/services && exec "$@"' - "$CTAGG" "$@" >out 2>err; }
without --snapshot --dport "$http" || fail "a number needs /etc/services: $(cat err)"
without --snapshot --dport http
equal "status without /etc/services" $? 2
equal "the message" "$(cat err)" "ctagg: --dport http: 'http' is neither a number nor a service in /etc/services"
[ ! -s out ] || fail "records: $(cat out)"
