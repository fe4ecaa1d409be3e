#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --labels=FILE.mmdb:FIELD: the labels are those that Debian's reader of MaxMind DBs finds, in databases of
# each version and record size, with IPv4 inside of IPv6, by the path of a field; beside a file of
# CSV; and a file that is damaged is refused or read, and never ends the program otherwise.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import maxminddb' 2>/dev/null || { echo "no reader of MaxMind DBs here"; exit 77; }
"$CTAGG" -V | grep -q libmaxminddb || { echo "MaxMind DBs are not built in"; exit 77; }
oracle=$E2E/labels_mmdb.py
"$oracle" make || fail "the rows"

labelled() {	# file, path of a field, --aliases or nothing
	"$CTAGG" --read=events.jsonl -k src,dst --labels="$1:$2" >out 2>err || fail "status $?"
	equal "messages of $1:$2" "$(cat err)" ""
	"$oracle" check "$@" <out >verdict 2>&1 || fail "$1:$2: $(tail -n 2 verdict)"
	check_output
}
for bits in 24 28 32; do
	for aliases in "" --aliases; do
		"$E2E/mmdb_write.py" db.mmdb 6 $bits $aliases <rows || fail "writing"
		labelled db.mmdb as.organization $aliases
		labelled db.mmdb as.number $aliases
	done
	grep -v '^\["[0-9a-f]*:' rows >rows.4
	"$E2E/mmdb_write.py" db4.mmdb 4 $bits <rows.4 || fail "writing"
	labelled db4.mmdb as.organization
done
labelled db.mmdb places.1.name --aliases
labelled db.mmdb anonymous --aliases
# A network that stands for others too is one network, and IPv4 is not there a second time.
networks() {
	"$CTAGG" -v --read=/dev/null --labels="$1" 2>&1 | sed -n 's/^ctagg: --labels: \([0-9]*\) networks.*/\1/p'
}
"$E2E/mmdb_write.py" plain.mmdb 6 28 <rows
"$E2E/mmdb_write.py" aliases.mmdb 6 28 --aliases <rows
equal "networks with aliases" "$(networks aliases.mmdb:as.number)" "$(networks plain.mmdb:as.number)"
# A leaf above the tree of IPv4.
echo '["::/1", {"as": {"number": 5}}]' | "$E2E/mmdb_write.py" top.mmdb 6 24 || fail "writing"
labelled top.mmdb as.number

# A file of CSV behind it names a smaller network.
address=$(jq -r 'select(.src_ip | startswith("10.")).src_ip' events.jsonl | head -n 1)
echo "$address,of the file" >more.csv
"$CTAGG" --read=events.jsonl -k src --labels=plain.mmdb:as.number --labels=more.csv >out || fail "status $?"
equal "the label of the file" "$(jq -r 'select(.src_label == "of the file").src_ip' out)" "$address"
grep -q '"src_label":"645' out || fail "the database says nothing"

bad() {	# value, message
	"$CTAGG" --read=/dev/null --labels="$1" >out 2>err
	equal "status of $1" $? 2
	equal "message about $1" "$(cat err)" "ctagg: --labels: $2"
}
bad plain.mmdb:as.name "plain.mmdb: no network has a field as.name; mmdblookup(1) shows which there are"
bad plain.mmdb:as "plain.mmdb: as is neither a text nor a whole number; mmdblookup(1) shows what is in it"
bad plain.mmdb:as..x "plain.mmdb: 'as..x' is no path of a field, as in country.iso_code"
bad plain.mmdb "plain.mmdb: which field of it has the label? Name it behind the file, as in plain.mmdb:country.iso_code"
echo nothing >text.mmdb
bad text.mmdb:x "text.mmdb: The MaxMind DB file contains invalid metadata"
bad none.mmdb:x "none.mmdb: No such file or directory"

# Damage of any kind: 40 files with other bytes here and there, and 20 that end too early.
"$oracle" damage plain.mmdb 60 || fail "damage"
for file in damaged.*.mmdb; do
	timeout 60 "$CTAGG" --read=/dev/null --labels="$file:as.number" >out 2>err
	status=$?
	[ $status = 0 ] || [ $status = 2 ] || fail "$file: status $status"
	[ "$(wc -l <err)" -le 1 ] || fail "$file: more than a line"
done

# Read again behind Landlock and by seccomp's list, after it was replaced.
"$E2E/mmdb_write.py" live.mmdb 6 24 <<<'["::/1", {"name": "first"}]'
"$E2E/mmdb_write.py" next.mmdb 6 24 <<<'["::/1", {"name": "second"}]'
start -w 1h --labels=live.mmdb:name
mv next.mmdb live.mmdb
kill -HUP "$PID"
wait_for grep -q 'from the next window on' err
close_window
gen --keys 5 --events 10
finish
check_output
equal "labels after a reload" "$(jq -rs 'map(.src_label // empty) | unique | join(",")' out)" second

# A file that is made shorter in its place while it is read: at the start, and when SIGHUP comes.
seq 0 30000 | awk '{printf "[\"10.%d.%d.%d/32\", {\"name\": \"n%d\"}]\n", $1 / 65536, $1 / 256 % 256, $1 % 256, $1}' |
	"$E2E/mmdb_write.py" large.mmdb 6 28 || fail "writing"
cut_soon() {	# number of the try
	sleep "0.00$1"
	truncate -s $(($1 % 3 * 4096)) cut.mmdb
}
for try in 1 2 3 4 5 6 7 8 9; do
	cp large.mmdb cut.mmdb
	"$CTAGG" --read=/dev/null --labels=cut.mmdb:name >out 2>err &
	cut_soon $try
	wait $!
	status=$?
	[ $status = 0 ] || [ $status = 2 ] || fail "cut at the start: status $status"
done
cp large.mmdb cut.mmdb
start -w 1h --labels=cut.mmdb:name
reload() {
	cp large.mmdb new.mmdb
	mv new.mmdb cut.mmdb
	: >err
	kill -HUP "$PID"
}
for try in 1 2 3 4 5 6 7 8 9; do
	reload
	cut_soon $try
	sleep 0.1
	kill -0 "$PID" 2>/dev/null || fail "ended when a file was cut"
	reload
	wait_for grep -q 'from the next window on' err
done
finish
