#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What ctagg-deliver --url sends: the request, its body, and over which connections; and how it ends
# by SIGTERM at any moment of that.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/receiver-lib.sh"
"$DELIVER" --version | grep -q libcurl || { echo "built without libcurl"; exit 77; }

make_spool spool
start_receiver r
sent() { tail -n 1 r/requests | jq -r "$1"; }

# the request
put_windows spool 1
deliver 0 --once --url="$URL/in/{name}?token={name}&x=1"
equal "path" "$(sent .path)" "/in/$(window_name 1)?token=$(window_name 1)&x=1"
equal "request" "$(sent '[.method, .headers["content-type"], .headers["idempotency-key"], .headers["content-length"], .headers["content-encoding"], .headers.expect] | @tsv')" \
	"$(printf 'POST\tapplication/x-ndjson\t%s\t%s\t\t' "$(window_name 1)" "$(lines_of 1 | wc -c)")"
equal "lines" "$(cat r/taken)" "$(lines_of 1)"
# The destination has no secrets: another token is the same destination, another path is not.
put_windows spool 1
deliver 0 --once --url="http://me:secret@$ADDRESS/in/{name}?token=secret"
equal "secrets in the spool" "$(grep -rl secret spool)" ""
equal "destination" "$(cat spool/destination)" "url http://$ADDRESS/in/{name}"
grep -q 'header-file' err || fail "the password in the arguments is not spoken of"
equal "user and password" "$(sent .headers.authorization)" "Basic $(printf me:secret | base64)"
deliver 2 --once --url="$URL/other"

# headers of a file, which is read again for each attempt
printf 'Authorization: Bearer one\nContent-Type: text/plain\n\nX-More:  a b \n' >headers
chmod 600 headers
put_windows spool 1
deliver 0 --once --rebind --header-file=headers --url="$URL"
equal "words of a private file" "$(cat err)" ""
equal "headers" "$(sent '.headers | [.authorization, .["content-type"], .["x-more"]] | @tsv')" \
	"$(printf 'Bearer one\ttext/plain\ta b')"
answer r 503
put_windows spool 1
start_deliver --retry=1ms,10ms --header-file=headers --url="$URL"
wait_for has_requests r 6
sed s/one/two/ headers >headers.new
mv headers.new headers
answer r 200
wait_for is_empty spool/new
finish
equal "a new token" "$(sent .headers.authorization)" "Bearer two"
# a file in another folder, which a link leads to, and a new one in its place
mkdir ../secrets
mv headers ../secrets/token
ln -s ../secrets/token headers
put_windows spool 1
start_deliver --retry=1ms,10ms --header-file=headers --url="$URL"
wait_for is_empty spool/new
sed s/two/three/ ../secrets/token >../secrets/new
mv ../secrets/new ../secrets/token
put_windows spool 2
wait_for is_empty spool/new
finish
equal "the token of a link" "$(sent .headers.authorization)" "Bearer three"
mv ../secrets/token headers
# a file that goes away is a failure for the time being
put_windows spool 1
start_deliver --retry=1ms,10ms --header-file=headers --url="$URL"
wait_for is_empty spool/new
mv headers away
put_windows spool 2
wait_for grep -q 'header-file: No such file' err
mv away headers
wait_for is_empty spool/new
finish
equal "words of a file that others can read" "$(grep -c 'other users can read or change headers' err)" 1

# what is no header or no URL is wrong usage, and shows no secret
for bad in "secret" "Content-Length: 5" "X: $(printf 'a\001secret')"; do
	echo "$bad" >bad
	deliver 2 --once --header-file=bad --url="$URL"
	grep -q '^ctagg-deliver: --header-file bad: line 1 ' err || fail "$(cat err)"
	grep -q secret err && fail "a secret is shown: $(cat err)"
done
for bad in ftp://h/ h:8123 http:// "http://h:99999/" "http://a b/"; do
	deliver 2 --once --url="$bad"
	[ "$(wc -l <err)" = 1 ] && grep -q '^ctagg-deliver: --url: ' err || fail "messages of $bad: $(cat err)"
done
# a pipe would be empty for the second request, or hold up the program, which could not be stopped
mkfifo pipe
for option in header-file cert cacert; do
	deliver 2 --once --$option=pipe --url="$URL"
	grep -q "^ctagg-deliver: --$option pipe: is no regular file" err || fail "$option: $(cat err)"
done
for option in header-file cert cacert; do
	deliver 1 --once --$option=none --url="$URL"
	grep -q "^ctagg-deliver: --$option none: No such file" err || fail "$option: $(cat err)"
done

# compressed, and large
seq -f '{"id":"%020.0f"}' 200000 >large
for encoding in null gzip; do
	command rm -f r/taken
	cp large "spool/new/$(window_name 2)"
	put_windows spool 1
	packed=()
	[ $encoding = null ] || packed=(--gzip)
	deliver 0 --once "${packed[@]}" --url="$URL"
	cmp -s r/taken <(lines_of 1; cat large) || fail "lines with encoding $encoding"
	equal "encoding" "$(sent '.headers["content-encoding"]')" $encoding
done
[ "$(sent .bytes)" -lt $(($(wc -c <large) / 5)) ] || fail "$(sent .bytes) bytes of $(wc -c <large)"

# Files go over one connection while it lives; the end of a connection that was kept costs no attempt.
command rm r/requests
put_windows spool {1..50}
deliver 0 --once --url="$URL"
equal "connections of 50 files" "$(jq .connection r/requests | sort -u | wc -l)" 1
command rm r/requests
answer r "200 end"
put_windows spool {1..5}
deliver 0 --once --url="$URL"
equal "connections that the server ends" "$(jq .connection r/requests | sort -u | wc -l)" 5
answer r 200 close 200
put_windows spool 1 2
deliver 0 --once --url="$URL"
equal "words of a kept connection that ended" "$(cat err)" ""

# SIGTERM while the server keeps silent, in the middle of a body that nobody reads, while a name is
# resolved, and in a wait: the program ends, long before the minute that each of these takes, and
# the file is still there.
ends_at_once() {
	kill "$PID"
	wait_for ended
	wait "$PID"
	equal "status after SIGTERM ($1)" $? 0
	equal "files left ($1)" "$(ls spool/new)" "$(window_name 2)"
}
ended() { ! kill -0 "$PID" 2>/dev/null || grep -q '^State:.Z' "/proc/$PID/status" 2>/dev/null; }
cp large "spool/new/$(window_name 2)"
for verb in hang deaf; do
	answer r $verb
	command rm r/requests
	start_deliver --timeout=1h --url="$URL"
	wait_for has_requests r 1
	ends_at_once $verb
done
answer r "503 retry-after=3600"
command rm r/requests
start_deliver --url="$URL"
wait_for grep -q 'HTTP 503' err
ends_at_once "a wait"
ip address add 10.77.0.1/32 dev lo
printf 'nameserver 10.77.0.1\noptions timeout:30 attempts:5\n' >resolv.conf
mount --bind resolv.conf "$(realpath /etc/resolv.conf)"
python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.77.0.1", 53))
open("listens", "w")
while True:
    s.recv(512)
    open("asked", "a").write("x")' &
wait_for test -e listens
for to in --url=http://silent.example/ --udp=silent.example:514; do
	[ "$to" = --udp=silent.example:514 ] && more=(--rebind) || more=(--rebind --timeout=1h)
	command rm -f asked
	start_deliver "${more[@]}" "$to"
	wait_for test -s asked
	ends_at_once "$to"
done
