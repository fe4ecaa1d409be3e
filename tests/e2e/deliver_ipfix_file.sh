#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-deliver --ipfix-file: whole files of the spool, each once, in a file that a decoder of our own and
# Debian's nfdump (by nfcapd) understand; elements of an enterprise. The oracle is jq.
. "$(dirname "$0")/lib.sh"
. "$E2E/deliver-lib.sh"
. "$E2E/ipfix-lib.sh"

make_events 400 >events
spool_events spool
cp -r spool/new lines
cat lines/* >all
expected all >wanted

deliver 0 --once --ipfix-file=out.ipfix
equal "destination" "$(cat spool/destination)" "ipfix-file out.ipfix"
arrived out.ipfix >got
cmp -s got wanted || fail "records: $(diff got wanted | head -n 4)"
equal "mode" "$(stat -c %a out.ipfix)" 640

# The deliverer goes on where it stopped, and cuts off what a killed one has left of a message.
size=$(stat -c %s out.ipfix)
head -c 20 out.ipfix >torn
cat torn >>out.ipfix
put_lines
deliver 0 --once --ipfix-file=out.ipfix
equal "size" "$(stat -c %s out.ipfix)" $((2 * size))
arrived out.ipfix >got
LC_ALL=C sort wanted wanted | cmp -s - got || fail "not each record twice"
# a renamed file is left, and a new one begun
start_deliver --ipfix-file=out.ipfix
mv out.ipfix old.ipfix
put_lines
wait_for is_empty spool/new
finish
arrived out.ipfix >got
cmp -s got wanted || fail "records of the new file: $(diff got wanted | head -n 4)"
equal "size of the old one" "$(stat -c %s old.ipfix)" $((2 * size))

# A disk that is full: nothing of the file stays, so that it is there once when there is room again.
mkdir small
mount -t tmpfs -o size=32k tmpfs small
make_events 4000 >events
spool_events spool
cp spool/new/* lines
deliver 1 --once --rebind --ipfix-file=small/out.ipfix
grep -q 'No space left' err || fail "$(cat err)"
"$E2E/ipfix.py" decode small/out.ipfix >decoded || fail "half a message"
mount -o remount,size=4m small
start_deliver --ipfix-file=small/out.ipfix
wait_for is_empty spool/new
finish
"$E2E/ipfix.py" decode small/out.ipfix >decoded || fail "the file is no IPFIX"
equal "identifiers that come twice" "$(grep -o '"148": [0-9]*' decoded | sort | uniq -d)" ""

# Elements of an enterprise: what is in no element of IANA.
make_events 200 >events
command rm -r lines
IPFIX_KEY=src,mark,zone spool_events spool
cat spool/new/* >all
deliver 0 --once --rebind --ipfix-file=own.ipfix --ipfix-enterprise=64999 --ipfix-domain=7
"$E2E/ipfix.py" decode own.ipfix >decoded || fail "own.ipfix is no IPFIX"
equal "domain" "$(jq .domain decoded | sort -u)" 7
own() { jq -cS 'select(.options | not) | .e | [."64999/1", ."64999/2", ."64999/13", ."64999/14"]' decoded | sort; }
equal "own elements" "$(own)" "$(jq -cS 'select(.type == "flow") | [.unreplied, .uncounted_ends, .mark, .zone]' all | sort)"
equal "of windows" "$(jq -c 'select(.options) | .e | [."64999/21", ."64999/22", ."64999/23", ."64999/24"]' decoded)" \
	"$(jq -c 'select(.type == "window") | [.status, .seq, .records, .lost_events]' all)"

# What is no file of IPFIX is not touched.
echo "a letter, longer than a header" >letter
deliver 2 --once --rebind --ipfix-file=letter
grep -q 'something else than IPFIX' err || fail "$(cat err)"
equal "the letter" "$(cat letter)" "a letter, longer than a header"
ln -s letter link
deliver 2 --once --rebind --ipfix-file=link
deliver 2 --once --ipfix-enterprise=7 --exec true

# Lines of more kinds than a session has templates: a file is sent all the same, and as many of them as there
# are templates; what comes after it begins a new session where it needs to.
make_kinds() {	# number of the file, from, to
	python3 - "${@:2}" >"spool/new/$(window_name "$1")" <<-'P'
		import json, sys
		names = ["orig_packets", "orig_bytes", "reply_packets", "reply_bytes", "starts", "ends", "drops",
		         "drop_bytes", "nat_src_port", "nat_dst_port", "dst_port", "duration_ms_sum", "src_port"]
		for i in range(int(sys.argv[1]), int(sys.argv[2])):
		    print(json.dumps({"type": "flow", "window_ms": 60000} | {name: 1 for bit, name in enumerate(names) if i >> bit & 1}))
	P
}
make_kinds 1 0 4000
make_kinds 2 4000 4600
make_kinds 3 0 5000
deliver 0 --once --rebind --ipfix-file=kinds.ipfix
is_empty spool/new || fail "files wait"
grep -q '904 records .*more kinds' err || fail "$(cat err)"
"$E2E/ipfix.py" decode kinds.ipfix >decoded || fail "kinds.ipfix is no IPFIX"
equal "records" "$(wc -l <decoded)" $((4000 + 600 + 4096))
