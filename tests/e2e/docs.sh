#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --help of each program and its page have the same options, and --schema and ctagg-record(5) the same fields.
. "$(dirname "$0")/lib.sh"
. "$E2E/pasted-lib.sh"
man=$E2E/../../man/ctagg.1
deliver=$(dirname "$CTAGG")/ctagg-deliver
viewer=$(dirname "$CTAGG")/ctagg-view
record=$E2E/../../man/ctagg-record.5

same_options() {	# program, its page
	"$1" --help >help
	grep -E '^ +-' help | grep -oE -- '--[a-z-]+' | sort -u >in_help
	grep -oE '(Fl -|\\-\\-)[a-z-]+' "$2" | sed 's/^Fl -/--/' | sort -u >in_man
	[ -s in_help ] || fail "no options in --help"
	diff in_help in_man >differ || fail "options of $1 --help (<) and of the man page (>): $(cat differ)"
}
same_options "$CTAGG" "$man"
same_options "$deliver" "$E2E/../../man/ctagg-deliver.1"
viewing=$E2E/../../man/ctagg-view.1
[ ! -x "$viewer" ] || same_options "$viewer" "$viewing"	# not with --disable-view

# Every field of the schema, which all tests hold their lines against, with its type. Lines of
# events are no records: a field can have another type there, and they have a table of their own.
fields_where() {	# jq: whether a line of this type, $t
	"$CTAGG" --schema | jq -r '."$defs" | to_entries[] | .key as $t | select('"$1"') | .value.properties | to_entries[]
		| select(.key != "type" and .key != "schema") | "\(.key) \([.value.type] | flatten | join(" or "))"' |
		sed -E 's/^distinct_[a-z_]+_error /distinct_FIELD_error /; s/^distinct_[a-z_]+ /distinct_FIELD /' | sort -u
}
explained_in() {	# file
	sed -n 's/^\.It Cm \(.*\) Ta \(.*\) Ta.*/\1 Ta \2/p' "$1" | awk -F' Ta ' '{
		n = split($1, names, " , ")
		for (i = 1; i <= n; i++) print names[i], $2
	}' | grep -vE '^(type|schema|tag_KEY) |\\&$' | sort -u
}
event_lines='$t == "event" or $t == "loss"'
fields_where "$event_lines | not" >fields
[ "$(wc -l <fields)" -gt 30 ] || fail "only $(wc -l <fields) fields"
sed '/^\.Sh EVENTS AS LINES/,/^\.El/d' "$record" >of_records
explained_in of_records | diff fields - >differ || fail "fields of --schema (<) and of ctagg-record(5) (>): $(cat differ)"
sed -n '/^\.Sh EVENTS AS LINES/,/^\.El/p' "$record" >of_events
fields_where "$event_lines" >event_fields
[ "$(wc -l <event_fields)" -gt 30 ] || fail "only $(wc -l <event_fields) fields of events"
explained_in of_events | diff event_fields - >differ ||
	fail "fields of events of --schema (<) and of ctagg-record(5) (>): $(cat differ)"
# What is wider than its column runs into the next one.
sed 's/ , /, /g; s/ Ta$//' "$record" | awk -F'"| Ta ' '/^\.Bl -column/ { name = length($2); type = length($4) }
	/^\.It Cm/ && (length($1) - 7 > name || length($2) > type)' >wide
equal "fields wider than their columns" "$(cat wide)" ""
# A database can take each field as a column: a field has one type, no type but that of `kernel' has
# parts, and no name is a word that SQL:2016 or PostgreSQL reserve. The parts have a section.
equal "fields of two types" "$(cut -d' ' -f1 fields | uniq -d)" ""
equal "fields with parts" "$(grep -E ' (object|array)' fields)" "kernel object or null"
equal "parts of kernel" "$(sed -n '/^\.Sh THE KERNEL OBJECT/,/^\.El/s/^\.It Li //p' "$record")" \
	"$("$CTAGG" --schema | jq -r '."$defs".window.properties.kernel.properties | keys_unsorted[]')"
equal "names that are no columns" "$(cut -d' ' -f1 fields | grep -vE '^[a-z][a-z0-9_]{0,62}$|^distinct_FIELD')" ""
equal "reserved names" "$(cut -d' ' -f1 fields | grep -xFf "$E2E/sql-reserved.txt")" ""

# The columns of ctagg-view --csv are the fields of flow and other records, but for these, and its
# page names all of them.
if [ -x "$viewer" ]; then
	"$viewer" --csv /dev/null 2>/dev/null | tr -d '\r' | tr ',' '\n' | sort >columns
	"$CTAGG" --schema | jq -r '."$defs" | .flow, .other | .properties | keys[]' | sort -u |
		grep -vE '^(schema|id|slot|first_seen|last_seen|rule_candidates|uncounted_live|unsized_drops|distinct_.*|tag_.*|.*_cut)$' >shown
	grep -vx status columns | diff shown - >differ ||
		fail "fields of --schema (<) and columns of ctagg-view --csv (>): $(cat differ)"
	sed -n '/^\.Sh CSV/,/^\.El/p' "$viewing" | sed -nE 's/^\.It the .* Ta/.It/; s/ Ta .*//; s/^(\.It )?\.?Cm //p' | tr -d ' ' | tr ',' '\n' | grep . | sort >in_man
	diff columns in_man >differ || fail "columns of ctagg-view --csv (<) and of its page (>): $(cat differ)"
fi

# The keys of the live view: those of its help are those of the page.
sed -n '/^} page\[\] = {/,/^};/s/^	{ "\([^"]*\)", .*/\1/p' "$E2E/../../src/screen/help.c" | tr ' ' '\n' |
	grep -vxE '|!|-|5\+|other' | sort -u >in_help
sed -n '/^\.Sh LIVE VIEW/,/^\.Sh REPORT/p' "$viewing" | sed -nE 's/^(\.It )?\.?Cm //p' | tr ' ' '\n' | sed 's/^\\&//' |
	grep -vx '[,.;]*' | sort -u >in_man
[ "$(wc -l <in_help)" -gt 20 ] || fail "only $(wc -l <in_help) keys"
diff in_help in_man >differ || fail "keys of the help (<) and of ctagg-view(1) (>): $(cat differ)"

# The records that README and ctagg-record(5) show, folded, have the fields that ctagg writes
# in the demo's case. Only the kernel table has times of its own.
fields_of="del(.rotate_us, .drain_us) | keys_unsorted"
top=$E2E/../..
shown() {	# file, type
	sed -n '/^ *{"type":"'"$2"'"/,/}$/p' "$1" | tr -d "\n" | jq -c "$fields_of"
}
track
nft add rule inet track in udp dport 5000 log prefix '"x"' group 5 drop comment '"y"'
sysctl -qw net.netfilter.nf_conntrack_timestamp=1 net.netfilter.nf_conntrack_acct=1
start --window 1h --no-align --interim --nflog-group 5
gen --keys 1 --events 1 --proto tcp
"$TOOLS/packets" --count 1 --to 127.0.0.1 --port 5000 >/dev/null
finish
for type in flow rule window; do
	written=$(jq -c "select(.type == \"$type\" and .starts != 0) | $fields_of" out)
	equal "$type record in ctagg-record(5)" "$(shown "$record" $type)" "$written"
	[ $type = flow ] && equal "record in the README" "$(shown "$top/README.md" $type)" "$written"
done

rm out
start --events
gen --keys 1 --events 2 --proto tcp
finish
equal "event in ctagg-record(5)" "$(shown "$record" event)" "$(jq -c 'select(.kind == "end") | keys_unsorted' out)"

# The commands of the man page's NO DATA, as pasted: they mend what --check names, and do
# not lock the operator out.
nft -f - <<-'N'
	flush ruleset
	table inet filter {
		chain input { type filter hook input priority 0; }
	}
N
command -v mandoc >/dev/null || { echo "mandoc is missing"; exit 77; }
sed -n '/^\.Sh NO DATA/,/^\.Sh SIGNALS/p' "$man" >no_data
of_man no_data | grep -v '^ctagg' >pasted
[ "$(wc -l <pasted)" -ge 7 ] || fail "only $(wc -l <pasted) commands in NO DATA"
while read -r command; do
	eval "$command" >/dev/null 2>err || fail "$command"
done <pasted
ping -q -c 1 -W 2 127.0.0.1 >/dev/null || fail "the commands of NO DATA lock out: $(nft list ruleset)"
"$CTAGG" --check -g 5 --buffer-size 4K --table=hash >causes || fail "after the commands of NO DATA: $(cat causes)"

# What the README says of measurements is in bench/RESULTS.md, which has all of them: the
# sentences word by word, and each row of the table with the same figures.
measured() { sed -n '/^<!-- bench\/compare -->$/,/^<!-- end of bench\/compare -->$/p' "$1"; }
measured "$top/README.md" >short
measured "$top/bench/RESULTS.md" >long
grep -v '^|' short >sentences
[ "$(grep -c '% of the events' sentences)" -ge 1 ] || fail "the README has no sentence about losses"
while IFS= read -r line; do
	grep -qxF -- "$line" long || fail "not in bench/RESULTS.md: $line"
done <sentences
# listener, lost, says, behind, reader, floor
cells='{ gsub(/ *\| */, "|"); print }'
grep '^|' short | awk "$cells" | tail -n +3 | sort >rows
grep '^| 10000 |' long | awk "$cells" | awk -F '|' -v OFS='|' '$6 { print "", $3, $8, $9, $10, $11, $5, "" }' | sort >expected
[ "$(wc -l <rows)" -ge 4 ] || fail "the README has no measurements"
diff rows expected >differ || fail "measurements of README (<) and bench/RESULTS.md (>): $(cat differ)"

# The README names each package that building wants.
. "$top/tests/packages.sh"
for package in $BUILD_PACKAGES; do
	sed -n '/^## Install/,/^## Use/p' "$top/README.md" | grep -qw -- "$package" || fail "not in the README: $package"
done

# A terminal of 80 columns has room for each line of an example, which somebody pastes.
for page in "$man" "$record" "$viewing"; do
	mandoc -T ascii -O width=78 "$page" | sed 's/.\x08//g' >narrow
	displays "$page" >displayed
	[ -s displayed ] || fail "no example in $page"
	while IFS= read -r line; do
		grep -F -- "$line" narrow | grep -qvE '.{81}' || fail "wider than 80 columns: $line"
	done <displayed
done
