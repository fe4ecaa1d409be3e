#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --ipfix by UDP: what nfcapd (nfdump) and nfacctd (pmacct) receive has the sums of the lines, and
# what a decoder of our own reads is what the lines say, record by record; the oracle is jq.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/ipfix-lib.sh"
for tool in nfcapd nfdump nfacctd; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
CAPD=19995 ACCTD=19996 OWN=19997

make_events 600 >events
spool_events spool --top=150
cp -r spool/new lines
cat lines/* >all
sum() { jq -s "[.[] | select(.type == \"flow\" or .type == \"other\") | .$1 // 0] | add" all; }
send() {	# port
	put_lines
	deliver 0 --once --rebind --ipfix="127.0.0.1:$1"
}

# A decoder that shares nothing with libfixbuf: each record, and the messages themselves.
"$E2E/ipfix.py" udp $OWN messages &
wait_for test -e messages.ready
send $OWN
equal "destination" "$(cat spool/destination)" "ipfix 127.0.0.1:$OWN"
has_all() { [ "$("$E2E/ipfix.py" decode messages 2>/dev/null | wc -l)" = "$(wc -l <all)" ]; }
wait_for has_all
arrived messages >got
expected all >wanted
cmp -s got wanted || fail "records: $(diff got wanted | head -n 4)"
equal "kinds of records" "$(jq -s 'map(.e | has("8"), has("27"), has("32"), has("139"), has("225"), (has("2") | not)) | any' decoded)" true
# the id of a record, cut to its second half, tells records that come twice
equal "flow identifiers" "$(jq -r 'select(.options | not) | .e."148" | . % 1e6 | floor' decoded | wc -l)" "$(wc -l <got)"
equal "identifiers that come twice" "$(grep -o '"148": [0-9]*' decoded | sort | uniq -d)" ""
# the window's record: who, when, and what a collector has if it has everything
equal "windows" "$(jq -c 'select(.options) | .e | [."149", ."300", ."269", ."268", ."2", ."29305/1", ."278", ."3", ."133"]' decoded)" \
	"$(jq -c 'def ms: (.[:19] + "Z" | fromdate) * 1000; select(.type == "window") |
		[1, .host, (.window_start | ms), (.window_end | ms), .orig_packets, .reply_bytes, .starts, .ends, .drops]' all)"

# Debian's nfcapd: both directions, and the ends of connections as flows
mkdir nf
: >nfcapd.log
nfcapd -w nf -p $CAPD -b 127.0.0.1 -t 3600 >nfcapd.log 2>&1 &
capd=$!
wait_for grep -q 'Startup' nfcapd.log
send $CAPD
socket_is_empty() { [ -z "$(ss -Huln "sport = :$1" | awk '$2 > 0')" ]; }
wait_for socket_is_empty $CAPD
kill $capd
wait $capd
# nfcapd 1.7.1 does not count options records, so behind each window it sees a gap in the sequence numbers.
grep -q "Sequence Errors: 1, Bad Packets: 0" nfcapd.log || fail "$(cat nfcapd.log)"
# nfdump's own CSV has other columns in each version
nfdump -q -N -R nf -o 'fmt:%ts,%pkt,%opkt,%byt,%obyt' >nf.csv || fail "nfdump"
column() { awk -F, -v n="$1" '{ sum += $n } END { printf "%.0f\n", sum }' nf.csv; }
equal "records of nfdump" "$(grep -c '^2026-' nf.csv)" "$(wc -l <got)"
equal "packets" "$(column 2) $(column 3)" "$(sum orig_packets) $(sum reply_packets)"
equal "bytes" "$(column 4) $(column 5)" "$(sum orig_bytes) $(sum reply_bytes)"
equal "translated sources" "$(nfdump -q -R nf -o 'fmt:%nsa' | tr -d ' ' | grep -cxF 192.0.2.99)" \
	"$(jq -r 'select(.nat_src_ip == "192.0.2.99") | .id' all | wc -l)"

# Debian's nfacctd, which learns the other direction by the numbers of its elements. It leaves records without
# an address out: those of `other'.
cat >primitives <<-'E'
	name=reply_packets field_type=29305:2 len=8 semantics=u_int
	name=reply_bytes field_type=29305:1 len=8 semantics=u_int
	name=flow_id field_type=148 len=8 semantics=u_int
E
cat >nfacctd.conf <<-E
	nfacctd_port: $ACCTD
	nfacctd_ip: 127.0.0.1
	plugins: print[a]
	aggregate_primitives: $PWD/primitives
	aggregate[a]: src_host, dst_host, proto, flow_id, reply_packets, reply_bytes
	print_output[a]: json
	print_output_file[a]: $PWD/acct
	print_output_file_append[a]: true
	print_refresh_time[a]: 1
E
: >nfacctd.log
nfacctd -f nfacctd.conf >nfacctd.log 2>&1 &
wait_for grep -q 'waiting for NetFlow' nfacctd.log
wait_for grep -q 'setting object handlers' nfacctd.log
send $ACCTD
flows=$(jq -r 'select(.type == "flow") | .id' all | wc -l)
wait_for has_lines acct "$flows"
sum_of_flows() { jq -s "[.[] | select(.type == \"flow\") | .$1 // 0] | add" all; }
equal "what nfacctd has" "$(jq -sc 'map([.packets, .bytes, (.reply_packets | tonumber), (.reply_bytes | tonumber)])
		| transpose | map(add)' acct)" \
	"[$(sum_of_flows orig_packets),$(sum_of_flows orig_bytes),$(sum_of_flows reply_packets),$(sum_of_flows reply_bytes)]"

# Nobody listens: the file waits. What is no record is left out, and said.
put_lines
deliver 1 --once --rebind --ipfix=127.0.0.1:9
[ -n "$(ls spool/new)" ] || fail "a file that nobody took is gone"
command rm spool/new/*
name=$(window_name 1)
printf '%s\n' 'no JSON' '{"type":"rule","id":"x"}' '{"type":"flow","window_ms":1,"starts":1}' >"spool/new/$name"
deliver 0 --once --rebind --ipfix="127.0.0.1:$OWN"
equal "what is said" "$(cat err)" \
	"ctagg-deliver: $name: 1 records cannot be read, are too long for a message, or are of more kinds than a session has templates, and were left out"
