# shellcheck shell=dash disable=SC2154 # the functions and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: netlink and trace side by side while this host forwards between two others,
# with NAT, zones, marks, helpers, and rules that leave out events. conntrack -E says what has happened, line by line.
another_host 11
left=$host
another_host 12
right=$host
on_left() { nsenter -t $left -n "$@"; }
on_right() { nsenter -t $right -n "$@"; }
six() { # process or "", device, address
	${1:+nsenter -t $1 -n} sh -c "echo 0 >/proc/sys/net/ipv6/conf/$2/accept_dad; ip-linux addr add $3/64 dev $2 nodad"
}
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
six "" to-11 fd11::1
six "" to-12 fd12::1
six $left eth0 fd11::2
six $right eth0 fd12::2
on_left ip-linux -6 route add default via fd11::1
on_right ip-linux -6 route add default via fd12::1
on_left ip-linux link set lo up
on_left ip-linux link add gre1 type gre local 10.9.11.2 remote 10.9.12.2
on_right ip-linux link add gre1 type gre local 10.9.12.2 remote 10.9.11.2
on_left ip-linux addr add 10.10.0.1/24 dev gre1
on_right ip-linux addr add 10.10.0.2/24 dev gre1
mkdir -p www
head -c 100000 /dev/zero >www/file
on_right httpd -p 80 -h /run/trace_real/www
on_left httpd -p 80 -h /run/trace_real/www
# What a server of FTP says before the connection for the data.
cat >ftp <<-'N'
	#!/bin/sh
	printf '220 here\r\n'
	read -r _
	printf '227 Entering Passive Mode (10,9,12,2,39,16)\r\n'
	read -r _
	N
chmod 755 ftp
on_right nc -ll -p 21 -e /run/trace_real/ftp &
ftp=$!

rules() {
	nft -f - <<-'N' || result "trace: real packets" "FAILED nft"
	flush ruleset
	table ip nat {
		chain before { type nat hook prerouting priority -100;
			tcp dport 8080 dnat to 10.9.12.2:80
			tcp dport 8081 dnat to 10.9.11.2:80
		}
		chain after { type nat hook postrouting priority 100;
			ct status dnat iifname to-11 oifname to-11 masquerade
			oifname to-12 tcp dport 80 masquerade
			oifname to-12 udp dport 4001 snat to 10.9.12.77
		}
	}
	table inet odd {
		ct helper passive { type "ftp" protocol tcp; }
		chain raw { type filter hook prerouting priority -300;
			iifname to-11 udp dport 4002 ct zone set 5
			iifname to-11 udp dport 4008 ct original zone set 6
			udp dport 4003 notrack
		}
		chain forward { type filter hook forward priority 0;
			tcp dport 21 ct helper set "passive"
			tcp dport 80 ct mark set 7
			udp dport 4004 ct event set destroy
			udp dport 4005 ct event set new
			udp dport 4006 ct event set assured
			udp dport 4007 ct mark set 0xffffffff
			ct state related tcp dport 10000 counter
		}
	}
	N
}

# Every ending of TCP, and the other protocols.
packets_of_all_kinds() {
	on_right ip-linux link set gre1 up
	on_left ip-linux link set gre1 up
	for at in 10.9.12.2 10.9.11.1:8080 10.9.11.1:8081 '[fd12::2]'; do
		on_left timeout 5 wget -q -O /dev/null "http://$at/file" || echo "no $at" >&2
	done
	on_left timeout 5 wget -q -O /dev/null http://10.9.12.2:81/ 2>/dev/null	# refused by RST
	on_left timeout 1 nc 10.9.12.9 80 </dev/null			# nobody answers
	{ echo PASV; sleep 1; on_left timeout 2 nc 10.9.12.2 10000 </dev/null; echo; } | on_left timeout 5 nc 10.9.12.2 21 >/dev/null
	for port in 4000 4001 4002 4003 4004 4005 4006 4007 4008; do
		on_left packets --count 3 --to 10.9.12.2 --port $port --ports 1
	done >/dev/null
	on_left ping -W 1 -c 2 10.9.12.2 >/dev/null
	on_left ping -W 1 -c 1 -t 1 10.9.12.2 >/dev/null			# an error comes back
	on_left ping -W 1 -c 1 10.10.0.2 >/dev/null				# in GRE
	on_left ping6 -W 1 -c 1 fd12::2 >/dev/null
	on_left ping -W 1 -c 1 10.9.11.1 >/dev/null
	ping -W 1 -c 1 10.9.12.2 >/dev/null
	on_left ip-linux link set gre1 down
	on_right ip-linux link set gre1 down
}

# Records, and lines of conntrack -E, as lines `original tuple, reply tuple, zone, mark, starts ends packets bytes'.
of_records() {
	awk 'function of(name, otherwise, text) {
		if (!match($0, "\"" name "\":\"?[^,\"}]*")) return otherwise
		text = substr($0, RSTART, RLENGTH)
		sub(/^[^:]*:"?/, "", text)
		return text
	}
	/"type":"flow"/ {
		print of("src_ip"), of("dst_ip"), of("src_port", ""), of("dst_port", ""), of("icmp_type", ""),
			of("nat_src_ip"), of("nat_dst_ip"), of("nat_src_port", ""), of("nat_dst_port", ""), of("zone", 0), of("mark", 0),
			of("starts"), of("ends"), of("orig_packets"), of("orig_bytes"), of("reply_packets"), of("reply_bytes")
	}' "$1" | sort
}
of_lines() {
	awk '{
		split("", one); split("", two)
		for (i = 1; i <= NF; i++) {
			sub(/^zone-orig=/, "zone=", $i)
			at = index($i, "=")
			if (!at) continue
			name = substr($i, 1, at - 1)
			if (name in one) two[name] = substr($i, at + 1); else one[name] = substr($i, at + 1)
		}
		key = one["src"] " " one["dst"] " " one["sport"] " " one["dport"] " " one["type"] " " \
			two["dst"] " " two["src"] " " two["dport"] " " two["sport"] " " one["zone"] + 0 " " one["mark"] + 0
		keys[key]
		if (/\[NEW\]/) { starts[key]++; next }
		ends[key]++
		counted[key] = "packets" in one
		packets[key] += one["packets"]; bytes[key] += one["bytes"]
		reply_packets[key] += two["packets"]; reply_bytes[key] += two["bytes"]
	}
	END {
		for (key in keys)
			print key, starts[key] + 0, ends[key] + 0, counted[key] ? packets[key] " " bytes[key] " " reply_packets[key] " " reply_bytes[key] : "null null null null"
	}' "$1" | sort
}

# Nothing is in the table before; afterwards all is removed.
real() { # name, options of both
	name=$1
	shift
	conntrack -F 2>/dev/null
	conntrack -E -e NEW,DESTROY >told 2>/dev/null &
	watcher=$!
	while ! awk '$2 == 12 && $4 ~ /[1-9]/ { n = 1 } END { exit !n }' /proc/net/netlink; do usleep 50000; done
	pair_start "$@"
	packets_of_all_kinds
	conntrack -F 2>/dev/null
	# The last packets of TCP come late; none is in the table when three looks have seen none.
	quiet=0
	while [ $quiet -lt 3 ]; do
		quiet=$((quiet + 1))
		[ "$(conntrack -C)" = 0 ] || { quiet=0; conntrack -F 2>/dev/null; }
		usleep 200000
	done
	pair_stop
	kill $watcher
	wait $watcher
	of_records trace >c
	of_lines told >d
	said="$(wc -l <c) flows, $(grep -c "NEW" told) starts, $(grep -c "DESTROY" told) ends"
	if [ $status = 0,0 ] && [ "$(wc -l <c)" -gt 18 ] && cmp -s a b && cmp -s c d; then
		result "same packets: $name" "ok $said"
	else
		result "same packets: $name" "FAILED status $status, $said; $(tail -n 1 trace.err)"
		diff a b | head -n 12
		diff c d | head -n 12
	fi
}

rules
all_fields=src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark
real "NAT, zones, marks, helper" --key $all_fields
nft list chain inet odd forward | grep -q 'tcp dport 10000 counter packets [1-9]' || result "same packets: an expected connection" "FAILED"
echo 0 >$netfilter/nf_conntrack_acct
echo 0 >$netfilter/nf_conntrack_timestamp
real "without counters and times" --key $all_fields
echo 1 >$netfilter/nf_conntrack_acct
echo 1 >$netfilter/nf_conntrack_timestamp
nft flush ruleset
conntrack -F 2>/dev/null
kill $ftp $left $right
