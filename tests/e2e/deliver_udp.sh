#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --udp: a datagram a record, never cut; with --syslog as RFC 5424 has it, for which the
# oracle is Python's regular expressions.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/receiver-lib.sh"

make_spool spool
start_receiver r --udp
UDP=$ADDRESS
datagrams() { has_lines r/datagrams "$1"; }

# a datagram a record, in order, without the newline
put_windows spool 1 2 3
deliver 0 --once --udp="$UDP"
wait_for datagrams 6
equal "datagrams" "$(jq -r .text r/datagrams)" "$(lines_of 1 2 3)"
equal "destination" "$(cat spool/destination)" "udp $UDP"
equal "what is left" "$(find spool -name '*.jsonl*')" ""

# Lengths around the limit: of what is longer nothing is sent, and how many were not is said.
record() {	# bytes
	printf '{"id":"%0*d"}' $(($1 - 9)) 0
}
name=$(window_name 4)
for n in 1399 1401 1400 4095 70000 1400; do record $n; echo; done >"spool/new/$name"
command rm r/datagrams
deliver 0 --once --udp="$UDP"
wait_for datagrams 3
equal "bytes of datagrams" "$(jq .bytes r/datagrams | xargs)" "1399 1400 1400"
equal "what is said of the others" "$(cat err)" \
	"ctagg-deliver: $name: 3 records are too long to be sent, and were left out"

# RFC 5424, also where the record lacks a field; the limit holds with the header
cat >"spool/new/$name" <<-'E'
	{"id":"1","type":"flow","schema":1,"host":"gw 1","run":"k3v9x2ma","window_end":"2026-11-21T01:01:00.000000Z","log_prefix":"\"host\":\"x\""}
	{"id":"2","type":"window"}
E
header=$(printf '<30>1 - - ctagg - - - ' | wc -c)
{ record $((1400 - header)); echo; record $((1401 - header)); echo; } >>"spool/new/$name"
command rm r/datagrams
cp "spool/new/$name" lines
deliver 0 --once --syslog --udp="$UDP"
wait_for datagrams 3
equal "headers" "$(jq -r '.text[:70]' r/datagrams | sed 's/{.*//')" "<30>1 2026-11-21T01:01:00.000000Z gw_1 ctagg k3v9x2ma flow - 
<30>1 - - ctagg - window - 
<30>1 - - ctagg - - - "
equal "messages" "$(jq -r '.text | sub("^[^{]*"; "")' r/datagrams)" "$(head -n 3 lines)"
equal "bytes" "$(jq .bytes r/datagrams | tail -n 1)" 1400
# the grammar of RFC 5424 (6), with RFC 3339's of time
python3 - <<-'P' || fail "a message is not of RFC 5424"
	import json, re, sys
	p = "[\x21-\x7e]"
	time = r"(-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))"
	message = re.compile(rf"<(\d|[1-9]\d|1[0-8]\d|19[01])>[1-9]\d? {time} (-|{p}{{1,255}}) (-|{p}{{1,48}}) (-|{p}{{1,128}}) (-|{p}{{1,32}}) - [\x20-\x7e]+")
	sys.exit(not all(message.fullmatch(json.loads(line)["text"]) for line in open("r/datagrams")))
P

# Nobody listens: the kernel of the receiving host says so after a datagram, and the file waits.
stop_receiver
put_windows spool 2
lines_of 1 | head -n 1 >"spool/new/$(window_name 1)"	# no second datagram finds out for the first
deliver 1 --once --retry=1ms --udp="$UDP"
grep -q 'Connection refused' err || fail "$(cat err)"
equal "what is left" "$(ls spool/new)" "$(names_of 1 2)"
put_windows spool 1
command rm r/datagrams
start_deliver --retry=10ms,50ms --udp="$UDP"
wait_for grep -q 'Connection refused' err
start_receiver r --udp --port="${ADDRESS#*:}"
wait_for is_empty spool/new
finish
wait_for datagrams 4
equal "in order" "$(jq -r .text r/datagrams)" "$(lines_of 1 2)"

# a firewall of this host refuses them; no route; no such name
put_windows spool 1
nft 'add table inet refuse; add chain inet refuse out { type filter hook output priority 0; };
	add rule inet refuse out udp dport 9999 drop' || { echo "nft does not work here"; exit 77; }
deliver 1 --once --rebind --udp=127.0.0.1:9999
grep -q 'not permitted' err || fail "$(cat err)"
deliver 1 --once --rebind --udp=192.0.2.1:514
grep -q 'unreachable' err || fail "$(cat err)"
deliver 1 --once --rebind --udp=no.such.host.invalid:514
grep -q "cannot resolve 'no.such.host.invalid'" err || fail "$(cat err)"
# IPv6
python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::1", int(sys.argv[1])))
open("listens", "w")
print(s.recv(2000).decode(), s.recv(2000).decode(), sep="\n", file=open("six", "w"))' "${ADDRESS#*:}" &
wait_for test -e listens
deliver 0 --once --rebind --udp="[::1]:${ADDRESS#*:}"
wait_for test -s six
equal "by IPv6" "$(cat six)" "$(lines_of 1)"
