# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Windows to be sent by IPFIX, and what has to arrive. Sourced after lib.sh and deliver-lib.sh.
"$DELIVER" --version | grep -q libfixbuf || { echo "built without libfixbuf"; exit 77; }

# Events of connections of two hours of a day: TCP, UDP, ICMP and ICMPv6, translated and not, with
# counters and without, and drops. The same for every test.
make_events() {	# number
	python3 - "$1" <<-'P'
		import json, random, sys
		r = random.Random(7)
		for i in range(int(sys.argv[1])):
		    six = r.random() < .3
		    own = (lambda n: f"2001:db8:{n:x}::{r.randint(1, 40):x}") if six else (lambda n: f"10.0.{n}.{r.randint(1, 40)}")
		    src, dst = own(1), own(2)
		    mark, zone = r.randint(0, 3), r.randint(0, 2)
		    proto = r.choice(["tcp", "udp", "icmpv6" if six else "icmp", "gre"])
		    e = {"type": "event", "kind": r.choice(["start", "end", "end", "drop"]),
		         "time": f"2026-11-21T0{1 + i * 2 // int(sys.argv[1])}:{r.randint(0, 59):02}:07.120001Z", "proto": proto, "src_ip": src, "dst_ip": dst, "mark": mark, "zone": zone}
		    ports = proto in ("tcp", "udp")
		    if ports:
		        e |= {"src_port": r.randint(1024, 65535), "dst_port": r.choice([53, 443, 8080])}
		    if proto.startswith("icmp"):
		        e |= {"icmp_type": 128 if six else 8, "icmp_code": r.choice([0, 1])}
		    if e["kind"] == "drop":
		        e |= {"bytes": r.randint(40, 1500)}
		    elif r.random() < .4:
		        e |= {"reply_src_ip": dst, "reply_dst_ip": "2001:db8::99" if six else "192.0.2.99"}
		        if ports:
		            e |= {"reply_src_port": e["dst_port"], "reply_dst_port": r.randint(1024, 65535)}
		    if e["kind"] == "end" and r.random() < .9:
		        e |= {"orig_packets": r.randint(1, 9), "orig_bytes": r.randint(40, 9000), "reply_packets": r.randint(0, 9), "reply_bytes": r.randint(0, 1 << 40)}
		    print(json.dumps(e))
	P
}

# Lines of ctagg for these events, as files of a spool.
: "${IPFIX_KEY:=src,dst,dport,proto,icmp,icmp-code,nat-src,nat-sport,nat-dst,nat-dport}"
spool_events() {	# spool, options
	"$CTAGG" -q --read=events --spool="$1" --host=gw1 -w 1h -k $IPFIX_KEY "${@:2}" 2>err || fail "ctagg --read"
}

# What a collector has to know of lines, as ipfix.py prints it: by the names of IANA's elements. The times
# are compared with the bounds of the window; unknown counters have no element.
expected() {	# lines
	jq -c --slurpfile p <(printf '%s\n' '{"icmp":1,"tcp":6,"udp":17,"gre":47,"icmpv6":58}') '
		def ms: (.[:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
		def id: explode | map(if . > 96 then . - 87 else . - 48 end) | reduce .[] as $d (0; . * 16 + $d);
		select(.type == "flow" or .type == "other") |
		(if .src_ip then if .src_ip | contains(":") then 6 else 4 end else null end) as $v |
		{"152": (.window_start | ms), "153": (.window_end | ms), "60": $v,
		 "8": (if $v == 4 then .src_ip else null end), "12": (if $v == 4 then .dst_ip else null end),
		 "27": (if $v == 6 then .src_ip else null end), "28": (if $v == 6 then .dst_ip else null end),
		 "11": .dst_port, "4": (if .proto then $p[0][.proto] else null end),
		 "32": (if .proto == "icmp" then .icmp_type * 256 + .icmp_code else null end),
		 "139": (if .proto == "icmpv6" then .icmp_type * 256 + .icmp_code else null end),
		 "225": (if $v == 4 then .nat_src_ip else null end), "226": (if $v == 4 then .nat_dst_ip else null end),
		 "281": (if $v == 6 then .nat_src_ip else null end), "282": (if $v == 6 then .nat_dst_ip else null end),
		 "227": .nat_src_port, "228": .nat_dst_port, "239": 1,
		 "2": .orig_packets, "1": .orig_bytes, "29305/2": .reply_packets, "29305/1": .reply_bytes,
		 "133": .drops, "132": .drop_bytes, "278": .starts, "3": .ends,
		 "279": (if .duration_ms_sum then (.duration_ms_sum + 500) / 1000 | floor else null end)}
		| with_entries(select(.value != null))' "$@" | jq -cS . | LC_ALL=C sort
}
# What has arrived, in the same form: flow identifiers apart, which are compared with ids elsewhere.
arrived() {	# messages
	"$E2E/ipfix.py" decode "$1" >decoded || fail "$1 is no IPFIX"
	jq -cS 'select(.options | not) | .e | del(."148")' decoded | LC_ALL=C sort
}

# Have the windows in `lines' wait in `spool', put there as ctagg does it.
put_lines() {
	local file
	for file in lines/*; do
		cp "$file" spool/tmp/ && mv "spool/tmp/${file##*/}" spool/new/
	done
}
