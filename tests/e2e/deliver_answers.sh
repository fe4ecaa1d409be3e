#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each row of the table ANSWERS in ctagg-deliver(1): what the server answers, and what becomes of
# the file. The receiver is the oracle of what was sent, the spool of what became of it.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/receiver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }

# Deliver one window, whose requests are answered as the script says. What became of it: "taken"
# (gone from new/, the receiver has its lines), "left" (still in new/), "dead"; then how often it
# was sent and the exit status.
became() {	# lines of the script
	command rm -rf r/requests r/taken spool/dead/*
	put_windows spool 1
	answer r "$@"
	"$DELIVER" --spool=spool --rebind --once --retry=1ms --timeout="${TIMEOUT:-20s}" --url="$URL" 2>err
	local status=$? what=left
	if [ -n "$(ls spool/dead)" ]; then
		what=dead
	elif is_empty spool/new; then
		what=taken
		equal "lines of $*" "$(tail -n 2 r/taken)" "$(lines_of 1)"
	else
		rm "spool/new/$(window_name 1)"
	fi
	echo "$what $(requests r) $status"
}
make_spool spool
start_receiver r

# 2xx takes
for status in 200 201 202 204 206 299; do
	equal "$status" "$(became $status)" "taken 1 0"
done
# temporary: --once ends with the first
for status in 408 425 429 500 501 502 503 504 507 511 599; do
	equal "$status" "$(became $status)" "left 1 1"
	grep -q "HTTP $status" err || fail "$status is not said: $(cat err)"
done
# all others: three times, then a dead letter that says why
for status in 300 301 302 303 304 307 308 400 401 403 404 405 409 410 411 413 415 422 428 431 451 499 600; do
	equal "$status" "$(became "$status location=/elsewhere body=no%20such%20table")" "dead 3 0"
	grep -q "^attempts 3$" spool/dead/*.why || fail "attempts of $status: $(cat spool/dead/*.why)"
	grep -q "^answer HTTP $status.*: no such table$" spool/dead/*.why ||
		[ $status = 304 ] || fail "why of $status: $(cat spool/dead/*.why)"
done
# no redirection is followed
equal "paths asked for" "$(jq -r .path r/requests | sort -u)" /
# an answer that changes its mind before the third time
equal "400, 400, 200" "$(became 400 400 200)" "taken 3 0"
equal "400, 500" "$(became 400 500)" "left 2 1"

# interim answers are no answers
equal "103, 102, then 200" "$(became "200 first=103,102")" "taken 1 0"
equal "103, then 400" "$(became "400 first=103")" "dead 3 0"
equal "100 alone" "$(TIMEOUT=1s became 100)" "left 1 1"
# no answer
for verb in close cut reset garbage torn "200 half body=x"; do
	equal "$verb" "$(became "$verb")" "left 1 1"
done
for verb in hang deaf "200 drip=1"; do
	equal "$verb" "$(TIMEOUT=1s became "$verb")" "left 1 1"
	grep -q 'nothing moved for 1000 ms (--timeout)' err || fail "$verb: $(cat err)"
done
# what never ends, and would be kept in memory, is given up before --timeout
equal "trailers" "$(became trailers)" "left 1 1"
grep -q 'nothing moved' err && fail "trailers: $(cat err)"
# a slow answer is an answer
equal "slow" "$(became "200 wait=1.5")" "taken 1 0"
# and so is one after a body that is read slowly: the kernel has all of it long before, and nothing
# but that moves for more than the time of --timeout
seq -f '{"id":"%020.0f"}' 120000 >large
stop_receiver
start_receiver r --buffer=65536
command rm -f r/taken
answer r "200 trickle=120000"
cp large "spool/new/$(window_name 1)"
deliver 0 --rebind --once --timeout=1s --url="$URL"
cmp large r/taken || fail "what was read slowly"
command rm r/taken
# taken, and the answer is lost: it comes again, with the same ids
equal "taken and closed" "$(became "close taken")" "left 1 1"
put_windows spool 1
answer r 200
deliver 0 --rebind --once --url="$URL"
equal "what came" "$(cat r/taken)" "$(lines_of 1 1)"
equal "its names" "$(names_sent r | sort -u)" "$(names_of 1)"
# a refusal counts although the rest of the answer is missing, and although the file was not read
equal "half of a 400" "$(became "400 half body=x")" "dead 3 0"
equal "a 400 that never ends" "$(TIMEOUT=1s became "400 stall body=x")" "dead 3 0"
equal "a 200 that never ends" "$(TIMEOUT=1s became "200 stall body=x")" "left 1 1"
equal "413 before the lines are read" "$(became "413 unread")" "dead 3 0"

# nobody there
stop_receiver
equal "refused connection" "$(became)" "left 0 1"
equal "a name that is none" "$(URL=http://no.such.host.invalid became)" "left 0 1"
grep -qi 'resolve' err || fail "$(cat err)"

# A file of 5 MB whose refusal comes before it is read: waiting for 100 Continue keeps the answer.
start_receiver r --port="${ADDRESS#*:}"
seq -f '{"id":"%020.0f"}' 180000 >"spool/new/$(window_name 3)"
answer r "413 unread"
deliver 0 --rebind --once --retry=1ms --url="$URL"
equal "a large file that is refused" "$(ls spool/dead | head -n 1)" "$(window_name 3)"
equal "what it waited for" "$(jq -r .headers.expect r/requests | sort -u)" 100-continue
mv "spool/dead/$(window_name 3)" large
command rm spool/dead/*

# 429 with Retry-After, as seconds and as a date: nothing is sent before that time, though the wait
# would be a millisecond. The date has whole seconds.
for after in 2 +3; do
	command rm -f r/requests r/taken
	answer r "429 retry-after=$after" 200
	put_windows spool 1 2
	start_deliver --rebind --retry=1ms --url="$URL"
	wait_for is_empty spool/new
	finish
	equal "names" "$(names_sent r)" "$(names_of 1 1 2)"
	jq -s -e '.[1].time - .[0].time >= 1.9' r/requests >/dev/null || fail "sent before Retry-After $after"
done

# A file that alone gets 500 steps aside: the others arrive meanwhile, and it is tried again.
command rm -f r/requests r/taken
answer r "for=0000000002.jsonl 500" 200
put_windows spool 1 2 3 4
start_deliver --rebind --retry=1ms,10ms --url="$URL"
others() { [ "$(ls spool/new)" = "$(window_name 2)" ]; }
wait_for others
equal "what the others wrote" "$(cat r/taken)" "$(lines_of 1 3 4)"
answer r 200
wait_for is_empty spool/new
finish
equal "in the end" "$(cat r/taken)" "$(lines_of 1 3 4 2)"
