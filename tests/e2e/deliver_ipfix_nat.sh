#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The NAT log: who had which address and port of a gateway. Events of the kernel go by way of a spool to a file of
# IPFIX and to Debian's nfcapd; the oracle is conntrack(8).
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/ipfix-lib.sh"
command -v nfcapd >/dev/null || { echo "nfcapd is not installed"; exit 77; }

echo 1 >/proc/sys/net/ipv4/ip_forward
host a 1
host b 2
nft -f - <<-'N' || { echo "nft does not work here"; exit 77; }
	table ip gateway {
		chain in { type nat hook prerouting priority dstnat
			ip daddr 10.9.2.1 tcp dport 8080 dnat to 10.9.1.2:80
		}
		chain out { type nat hook postrouting priority srcnat
			ip saddr 10.9.1.2 oifname "to-b" meta l4proto tcp masquerade to :2000-2999
			ip saddr 10.9.1.2 oifname "to-b" masquerade
		}
	}
N
serve b 443
serve a 80
start_oracle seen -e NEW,DESTROY
start --events --spool=spool
equal "standard output" "$(cat out)" ""

for _ in 1 2 3 4 5; do
	ip netns exec a ncat -z 10.9.2.2 443 || fail "no connection to b"
done
ip netns exec b ncat -z 10.9.2.1 8080 || fail "no connection to a"
ip netns exec a ping -q -c 1 -W 5 10.9.2.2 >/dev/null || fail "no ping"
ip netns exec b ncat -z 10.9.2.1 9999	# nothing is translated here
conntrack -D >/dev/null 2>&1
destroyed() { [ "$(grep -c DESTROY seen)" -ge 7 ]; }
wait_for destroyed
end_oracle
finish
has_events() { [ -n "$(ls spool/new)" ]; }
wait_for has_events
equal "files that are no events" "$(find spool/new -type f ! -name '*Z-events-*')" ""
cat spool/new/* >events
"$CTAGG" -q --read=events -w 1h >counted || fail "the events cannot be read"

deliver 0 --once --archive=. --ipfix-file=log.ipfix
"$E2E/ipfix.py" decode log.ipfix >decoded || fail "log.ipfix is no IPFIX"
# event, protocol, and the translated side before and behind the translation
jq -r '.e | [."230", ."4", (."8" // ."12"), (."7" // ."11" // 0), (."225" // ."226"), (."227" // ."228" // 0), ."229"] | join(" ")' \
	decoded | sort >got
awk '{
	n = split("", of)
	for (i = 1; i <= NF; i++) if ($i ~ /^(src|dst|sport|dport)=/) { split($i, p, "="); of[p[1], ++times[p[1] NR]] = p[2] }
	event = /NEW/ ? 4 : 5
	proto = / tcp /? 6 : / udp / ? 17 : 1
	if (of["src", 1] != of["dst", 2] || of["sport", 1] != of["dport", 2])
		print event, proto, of["src", 1], of["sport", 1] + 0, of["dst", 2], of["dport", 2] + 0, 1
	else if (of["dst", 1] != of["src", 2] || of["dport", 1] != of["sport", 2])
		print event, proto, of["dst", 1], of["dport", 1] + 0, of["src", 2], of["sport", 2] + 0, 2
}' seen | sort >wanted
cmp -s got wanted || fail "log: $(diff got wanted | head -n 6)"
[ "$(grep -c '^4 6 10.9.1.2 .* 10.9.2.1 2[0-9][0-9][0-9] 1$' got)" = 5 ] || fail "log: $(cat got)"
grep -q '^4 6 10.9.2.1 8080 10.9.1.2 80 2$' got || fail "log: $(cat got)"
grep -q '^4 1 10.9.1.2 0 10.9.2.1 0 1$' got || fail "log: $(cat got)"
grep -q 10.9.2.2 decoded && fail "the log says with whom"
equal "times" "$(jq '.e."323" / 1000 | floor' decoded | sort -n | uniq | head -n 1)" \
	"$(jq -r 'select(.kind == "start" and .reply_dst_ip == "10.9.2.1") | .time[:19] + "Z" | fromdate' events | sort -n | head -n 1)"

# Debian's nfcapd and nfdump
mkdir nf
: >nfcapd.log
nfcapd -w nf -p 19995 -b 127.0.0.1 -t 3600 >nfcapd.log 2>&1 &
capd=$!
wait_for grep -q Startup nfcapd.log
mv -- *-events-*.jsonl spool/new/
deliver 0 --once --rebind --ipfix=127.0.0.1:19995
socket_is_empty() { [ -z "$(ss -Huln "sport = :19995" | awk '$2 > 0')" ]; }
wait_for socket_is_empty
kill $capd
wait $capd
grep -q "Flows: $(wc -l <got), .*Sequence Errors: 0, Bad Packets: 0" nfcapd.log || fail "$(cat nfcapd.log)"
equal "translations of nfdump" "$(nfdump -q -R nf -o 'fmt:%sa %sp %nsa %nsp' 'src ip 10.9.1.2 and proto tcp' | awk '{ print $1, $2, $3, $4 }' | sort -u)" \
	"$(awk '$2 == 6 && $7 == 1 { print $3, $4, $5, $6 }' got | sort -u)"
