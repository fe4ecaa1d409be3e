#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --labels: every record has the labels that its key determines, and no others: of whole addresses, of
# networks that lie in one label, of marks; from one file or several, with quotes and all that
# spreadsheets write. In records, snapshots, changes and lines of events. The oracle is a list of the networks in Python.
. "$(dirname "$0")/lib.sh"
oracle=$E2E/labels.py
"$oracle" make || fail "the events"

labelled() {	# what is run, files of labels
	"$oracle" check "${@:2}" <out >verdict 2>&1 || fail "$1: $(tail -n 2 verdict)"
	[ "$1" = lines ] || check_output
}
run() {	# key, files of labels
	local options=(--key="$1")
	shift
	for file; do
		options+=(--labels="$file")
	done
	"$CTAGG" --read=events.jsonl "${options[@]}" >out 2>err || fail "status $?"
	equal "messages" "$(cat err)" ""
	labelled "${options[*]}" "$@"
}
run src,dst networks.csv
run src,dst networks.csv more.csv
run src,dst more.csv networks.csv
# Where the key keeps a part of an address, the label is that of all addresses with this part.
run src/24/120,dst/25/128,dport networks.csv more.csv
run src/23/125 networks.csv
run dst,mark,sport networks.csv marks.csv
equal "labels of marks" "$(jq -r '.mark_label // empty' out | sort -u | tr '\n' ,)" "guests,one more,voice,"
# Of a part of a mark: 16 is in guests whatever its other bits are; 0 can be 256.
"$CTAGG" --read=events.jsonl --key=mark/0xff --labels=marks.csv >out || fail "status $?"
check_output
equal "labels of parts of marks" \
	"$(jq -r 'select(.type == "flow" and .mark) | "\(.mark) \(.mark_label)"' out | sort | tr '\n' ,)" \
	"0 null,16 guests,17 guests,18 guests,23 guests,7 null,"

# Lines of events, which --read counts as before. Of a packet there is no mark.
"$CTAGG" --events --read=events.jsonl --labels=networks.csv --labels=marks.csv >out || fail "status $?"
sed 's/"mark":0,//' out >lines
labelled lines networks.csv marks.csv <lines
"$CTAGG" --read=lines -w 1h >again || fail "status $?"
equal "starts in lines with labels" "$(total starts again)" "$(grep -c '"start"' events.jsonl)"

# The label is that of the true address, of which another one is shown.
(umask 077 && head -c 32 /dev/zero >key)
"$CTAGG" --read=events.jsonl -k src --labels=networks.csv >true || fail "status $?"
"$CTAGG" --read=events.jsonl -k src --labels=networks.csv --anonymize=key >shown || fail "status $?"
for run in true shown; do
	jq -r '.src_label // empty' $run | sort | uniq -c >labels.$run
done
cmp -s labels.true labels.shown || fail "anonymized: $(diff labels.true labels.shown)"
[ -s labels.true ] || fail "no labels"

# A snapshot, and changes, of connections that are there.
gen --keys 200 --events 200 --hold
prefix=$("$CTAGG" -s -k src | jq -rs '[.[] | .src_ip // empty][0]')
echo "$prefix/9,the generator" >gen.csv
"$CTAGG" -s -k src,dst --labels=gen.csv --state=state >out || fail "status $?"
equal "changes without the label" "$(jq -c 'select(.type == "change" and .src_label != "the generator")' out)" ""
[ "$(grep -c '"change"' out)" -gt 0 ] || fail "no changes"
"$CTAGG" -s -k src --labels=gen.csv >out || fail "status $?"
equal "flows without the label" "$(jq -c 'select(.type == "flow" and .src_label != "the generator")' out)" ""

# Labels and lines are bounded, and a label that is too long says so.
printf '10.0.0.0/8,%s\n2001:db8::/32,%s\n' "$(printf '\001%.0s' {1..3000})" "$(printf 'n%.0s' {1..3000})" >long.csv
for mode in "" --events; do
	"$CTAGG" --read=events.jsonl $mode --labels=long.csv >out || fail "status $?"
	equal "too long lines" "$(LC_ALL=C awk 'length($0) + 1 > 4096' out)" ""
	equal "long labels that are not cut" "$(jq -c 'select(.src_label and .src_label_cut != true)' out)" ""
	[ "$(jq -r 'select(.src_label_cut).src_label | length' out | sort -nu | tail -n 1)" -gt 200 ] || fail "cut too short"
done

# What cannot be read is said, with what to do, and nothing is counted.
bad() {	# value, message
	"$CTAGG" --read=events.jsonl --labels="$1" >out 2>err
	equal "status of $1" $? 2
	equal "message about $1" "$(cat err)" "ctagg: --labels: $2"
	equal "output with $1" "$(cat out)" ""
}
bad nothing.csv "nothing.csv: No such file or directory"
printf 'network,label\n10.0.0.0/8,a\n10.0.0.0/08x,b\n' >bad.csv
bad bad.csv "bad.csv:3: '10.0.0.0/08x': '08x' is not a whole number in decimal digits"
: >empty.csv
bad empty.csv "empty.csv: neither a network nor a mark is in the file"
