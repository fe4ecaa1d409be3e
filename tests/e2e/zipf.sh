#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ten times more flows than the table has room for, with both tables: small flows come
# first and fill it, and the hundred largest have records nevertheless, with 99 % of their
# events. Every sum is exact. The generator says what each flow was.
. "$(dirname "$0")/lib.sh"
find_tables
start_all -w 3600 -m 2048
gen --keys 20480 --events 81920 --ipv6 --patient
created=$(did created) deleted=$(did deleted)
gen --keys 20480 --events 2000000 --patient --zipf 1 --per-key
created=$((created + $(did created))) deleted=$((deleted + $(did deleted)))
finish_all

name='(.src_ip + " " + .dst_ip + " " + (.dst_port | tostring))'
grep src_ip gen.out | jq -r "[.starts + .ends, $name] | @tsv" | sort -rn | head -n 100 >truth
for table in $tables; do
	out=out.$table
	equal "$table: starts" "$(total starts "$out")" "$created"
	equal "$table: ends" "$(total ends "$out")" "$deleted"
	equal "$table: flows" "$(grep -c '"type":"flow"' "$out")" 2048
	jq -r "select(.type == \"flow\") | [.starts + .ends, $name] | @tsv" "$out" >found
	wrong=$(awk -F'\t' 'NR == FNR { found[$2] = $1; next }
		found[$2] > $1 || found[$2] < 0.99 * $1 { print $2 ": " found[$2] + 0 " of " $1 }' found truth)
	[ -z "$wrong" ] || fail "$table: $wrong"
done
