# shellcheck shell=dash disable=SC2154 # the functions and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: a host forwards between two others, through a flow table without `counter'.
# The oracle is how many bytes have arrived.
echo 1 >/proc/sys/net/ipv4/ip_forward
sent=4000000

arrived() { wc -c <received; }
flush() {	# until there are so many windows
	kill -USR2 "$pid"
	while [ "$(grep -c '"type":"window"' out)" -lt "$1" ] && kill -0 "$pid" 2>/dev/null; do usleep 10000; done
}
has() { grep '"type":"window"' out | sed -n "$1p" | grep -q "$2"; }	# window, text
carried() { grep '"type":"window"' out | sed -n "$1s/.*\"orig_bytes\":\([0-9]*\).*/\1/p"; }
# Send so many bytes over the connection, and wait until they are there.
send_on() {
	target=$(($(arrived) + $1))
	head -c "$1" /dev/zero >&3
	while [ "$(arrived)" -lt $target ]; do usleep 10000; done
}

another_host 1
a=$host
another_host 2
b=$host
while ! nsenter -t $a -n ping -c 1 -W 1 10.9.2.2 >/dev/null; do :; done
nft -f - <<'N' || result "flow table" "FAILED nft"
	table inet fast {
		flowtable f { hook ingress priority 5; devices = { to-1, to-2 }; }
		chain forward {
			type filter hook forward priority 0
			ip protocol tcp flow add @f
			ct state new counter
		}
	}
N

# A connection that stays open, and that the flow table forwards from now on.
mkfifo hold
: >received
sleep 1000 | nsenter -t $b -n nc -l -p 7000 >received &
while ! nsenter -t $b -n netstat -ltn | grep -q ':7000 '; do usleep 10000; done
start ctagg -v -w 3600 --interim
nsenter -t $a -n nc 10.9.2.2 7000 <hold >/dev/null &
exec 3>hold
for _ in 1 2 3 4 5 6 7 8 9 10; do
	send_on 1
	ctagg --snapshot | grep -q '"offloaded":1,' && break
done
send_on $sent
flush 1
ctagg --check=json >causes
command=$(sed -n 's/.*"severity":"warning","cause":"offloaded".*"command":"\([^"]*\)".*/\1/p' causes)
eval "$command" 2>nft.err
flush 2
send_on $sent
flush 3
ctagg --check=json >causes_after
stop
said="$sent bytes: counted $(carried 1); $command; counted $(carried 3)"
if [ "$status" = 0 ] && has 1 '"status":"partial"' && has 1 '"flowtable_uncounted":true' && [ "$(carried 1)" -lt $sent ]; then
	result "flow table without counter" "ok $said"
else
	result "flow table without counter" "FAILED status $status, $said, $(tail -n 1 err)"
fi
# The second window began without the counter.
if has 2 '"flowtable_uncounted":true' && has 3 '"status":"ok"' && ! has 3 flowtable_uncounted &&
	[ "$(carried 3)" -ge $sent ] && ! grep -q '"cause":"offloaded"' causes_after; then
	result "flow table that --check has mended" "ok"
else
	result "flow table that --check has mended" "FAILED $said, $(cat nft.err); $(sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' out | tr '\n' ' ')"
fi
exec 3>&-
kill $a $b
nft flush ruleset
