#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# HTTPS: the server is believed only with a certificate for its name by an authority that is trusted;
# a wrong one is a temporary failure, so that nothing is lost while somebody mends it.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/receiver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }
command -v openssl >/dev/null || { echo "openssl is not installed"; exit 77; }

# An authority NAME.pem; and certificates with their keys: FILE.pem by an authority for a name.
authority() {	# name
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" \
		-addext basicConstraints=critical,CA:TRUE 2>/dev/null || fail "openssl: authority $1"
}
certificate() {	# file, authority, name, options
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$1.key" -out "$1.csr" 2>/dev/null &&
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -out "$1.crt" \
			-extfile <(echo "subjectAltName=DNS:$3") "${@:4}" 2>/dev/null ||
		fail "openssl: certificate $1"
	cat "$1.crt" "$1.key" >"$1.pem"
	chmod 600 "$1.pem"
}
authority ours
authority theirs
certificate right ours localhost -days 2
certificate elsewhere ours elsewhere.example -days 2
certificate past ours localhost -days 0
certificate client ours client -days 2
certificate stranger theirs client -days 2

make_spool spool
serve_tls() {	# options
	[ -z "${RECEIVER-}" ] || stop_receiver
	command rm -f r/requests r/taken
	start_receiver r "$@"
	URL=https://localhost:${ADDRESS#*:}
}
taken() {	# options
	command rm -f r/taken
	put_windows spool 1
	deliver 0 --once --rebind "$@" --url="$URL"
	equal "lines" "$(cat r/taken)" "$(lines_of 1)"
}
left() {	# an expression that the message has, options
	put_windows spool 1
	deliver 1 --once --rebind "${@:2}" --url="$URL"
	grep -qiE "$1" err || fail "the message does not say: $1: $(cat err)"
	[ ! -e r/requests ] || fail "something was sent to a server that is not believed"
	equal "what is left" "$(ls spool/new)" "$(window_name 1)"
}

serve_tls --tls=right.pem
taken --cacert=ours.pem
equal "files over one connection" "$(put_windows spool 1 2 3; deliver 0 --once --cacert=ours.pem --url="$URL"; tail -n 3 r/requests | jq .connection | sort -u | wc -l)" 1
serve_tls --tls=right.pem
left "certificate"
left "certificate" --cacert=theirs.pem
# an address is not the name in the certificate
URL=https://$ADDRESS left "certificate|subject|match" --cacert=ours.pem
serve_tls --tls=elsewhere.pem
left "localhost" --cacert=ours.pem
is_past() { ! openssl x509 -checkend 0 -noout -in past.crt >/dev/null; }
wait_for is_past
serve_tls --tls=past.pem
left "expired" --cacert=ours.pem

# a server that wants to know who comes
serve_tls --tls=right.pem --client-ca=ours.pem
taken --cacert=ours.pem --cert=client.pem
equal "words of a private file" "$(cat err)" ""
serve_tls --tls=right.pem --client-ca=ours.pem
left . --cacert=ours.pem	# by TLS 1.3 the server only closes the connection
left . --cacert=ours.pem --cert=stranger.pem
chmod 644 client.pem
taken --cacert=ours.pem --cert=client.pem
grep -q 'other users can read or change client.pem' err || fail "$(cat err)"

# neither TLS where none is spoken, nor the reverse
URL=http://$ADDRESS
command rm r/requests
left "."
serve_tls
left "SSL|TLS|wrong version" --cacert=ours.pem
