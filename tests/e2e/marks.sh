#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --mark with hexadecimal numbers, ranges and masks selects the same connections in both tables as
# conntrack -E shows with these marks; and with mark/MASK in the key, flows are told apart by the bits
# of the mask alone.
. "$(dirname "$0")/lib.sh"

find_tables
cases=(
	"--mark=0x15"
	"--mark=20,0xfF-0x101"
	"--mark=0x10/0xf0"
	"--mark=0x80000001/0x8000000f,21"
	"--mark=!0x5/7"
)
declare -A runs
for table in $tables; do
	for i in "${!cases[@]}"; do
		TABLE=$table start -w 1h -o "$i.$table" "${cases[i]}"
		runs[$i.$table]=$PID
	done
	TABLE=$table start -w 1h -o "key.$table" -k mark/0xf8
	runs[key.$table]=$PID
done
start_oracle truth -e NEW,DESTROY
for mark in 0 5 13 20 21 255 256 2147483649 4294967295; do
	gen --keys 5 --events 10 --mark $mark
done
end_oracle

for run in "${!runs[@]}"; do
	PID=${runs[$run]}
	finish
	check_output "$run"
	[ "${run%.*}" != key ] || continue
	option=${cases[${run%.*}]}
	read -r starts ends _ <<<"$("$E2E/selected.py" truth "$option")"
	[ "${starts:-0}" -gt 0 ] || fail "$option: the oracle has counted nothing"
	equal "starts, $run: $option" "$(total starts "$run")" "$starts"
	equal "ends, $run: $option" "$(total ends "$run")" "$ends"
	[ "${run#*.}" != bpf ] || equal "folded: $option" "$(total passed_events "$run")" 0
done

# The mask keeps five bits, from the fourth on. conntrack(8) leaves out a mark of 0.
awk '{ sub(/.* mark=/, "") || $0 = 0; count[($1 % 256) - ($1 % 8)]++ }
	END { for (kept in count) print kept, count[kept] }' truth | sort >expected
for table in $tables; do
	jq -r 'select(.type == "flow") | "\(.mark) \(.starts + .ends)"' "key.$table" | sort >flows
	cmp -s expected flows || fail "mark/0xf8, $table: $(diff expected flows)"
done
