#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The receiver of the tests that deliver does as its script says, with curl(1) as the sender
# that is not ours: a receiver that answers wrongly would make every such test worthless.
. "$(dirname "$0")/lib.sh"
. "$E2E/receiver-lib.sh"
command -v curl >/dev/null || { echo "curl is not installed"; exit 77; }

for i in 1 2 3; do printf '{"id":"%s"}\n' "$i$i"; done >body
# Post the body; print the status (000: none), then the status of curl itself.
post() {
	curl -s -o got -D head -m "${LIMIT:-30}" -w '%{http_code}' --data-binary "@${BODY:-body}" \
		-H "Idempotency-Key: ${NAME:-one}" "$@" "$URL/"
	echo " $?"
}

start_receiver r
equal "without a script" "$(post)" "200 0"
equal "what is taken" "$(cmp r/taken body && echo same)" same
equal "ids" "$(ids_taken r | xargs)" "11 22 33"

answer r "503 retry-after=7 body=not%20now" "429 retry-after=+90" "301 location=/there" "204"
equal "the first line" "$(post) $(grep -ci '^retry-after: 7' head) $(cat got)" "503 0 1 not now"
equal "the second line" "$(post)" "429 0"
equal "a date that lies ahead" "$(LC_ALL=C date +%s -d "$(sed -n 's/^Retry-After: //Ip' head | tr -d '\r')" |
	awk -v now="$(date +%s)" '{ print ($1 > now && $1 <= now + 90) }')" 1
equal "the third line" "$(post) $(grep -ci '^location: /there' head)" "301 0 1"
equal "the last line" "$(post)" "204 0"
equal "it stays" "$(post)" "204 0"
equal "refusals are not taken" "$(ids_taken r | wc -l)" 9
equal "names by answer" "$(NAME=two post >/dev/null; names_sent r 204 | xargs)" "one one two"

answer r "for=^bad 500" "200"
equal "a name that is refused" "$(NAME=bad post)" "500 0"
equal "another" "$(NAME=good post)" "200 0"
equal "and the first again" "$(NAME=bad post)" "500 0"

taken=$(wc -l <r/taken)
answer r close cut reset garbage "close taken" "200 half body=abc"
equal "closes without an answer" "$(post)" "000 52"
seq 100000 >large
equal "closes in the middle of the body" "$(BODY=large post | grep -cE '^000 (52|55|56)')" 1
equal "resets" "$(post)" "000 56"
equal "is no HTTP" "$(post)" "000 1"
equal "nothing of these is taken" "$(wc -l <r/taken)" "$taken"
equal "takes, and says nothing" "$(post)" "000 52"
equal "that is taken" "$(wc -l <r/taken)" $((taken + 3))
equal "closes in the middle of the answer" "$(post)" "200 18"

answer r hang deaf "200 drip=1"
for what in "never answers" "never reads" "answers a byte a second"; do
	equal "$what" "$(LIMIT=2 BODY=large post | tail -c 3)" 28
done
answer r "413 unread" "200 first=103,102" "200 end" "200 wait=0.1"
equal "answers before it reads" "$(post)" "413 0"
equal "interim answers" "$(post) $(grep -c '^HTTP/1.1 10[23]' head)" "200 0 2"
before=$(jq -s 'map(.connection) | max' r/requests)
equal "closes after the answer" "$(post)" "200 0"
equal "after a wait" "$(post)" "200 0"
equal "each curl(1) is a connection" "$(jq -s 'map(.connection) | max' r/requests)" $((before + 2))

gzip -k body
equal "packed lines" "$(BODY=body.gz post -H 'Content-Encoding: gzip')" "200 0"
equal "packed, in chunks" "$(BODY=body.gz post -H 'Content-Encoding: gzip' -H 'Transfer-Encoding: chunked')" "200 0"
equal "are taken unpacked" "$(tail -n 6 r/taken | cmp - <(cat body body) && echo same)" same
equal "and their lines counted" "$(tail -n 1 r/requests | jq -c '[.lines, .headers["content-encoding"]]')" '[3,"gzip"]'

port=${ADDRESS#*:}
stop_receiver
equal "refuses when stopped" "$(post)" "000 7"
start_receiver r --port="$port"
equal "comes back" "$(post)" "413 0"
equal "and its script with it" "$(tail -n 1 r/requests | jq -r .answer)" "413 unread"
