#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --addr and --port count what has an address or a port of the list at either end, in both tables
# and in a snapshot. The oracle is conntrack -E, and conntrack -L.
. "$(dirname "$0")/lib.sh"

find_tables
sysctl -qw net.netfilter.nf_conntrack_acct=1
# Sources are 10.0.0.N and fd00::N, destinations 198.18.0.N and 2001:db8::N to port 1000 + N.
cases=(
	"--addr=10.0.0.4"
	"--addr=198.18.0.4-198.18.0.8,2001:db8::3,fd00::7"
	"--addr=!10.0.0.0/30,2001:db8::/32"
	"--port=1002,1005-1008"
	"--port=!1003,40000-65535"
	"--addr=198.18.0.0/29,10.0.0.12 --port=!1002 --src=!10.0.0.4"
)
declare -A runs
for table in $tables; do
	for i in "${!cases[@]}"; do
		# shellcheck disable=SC2086 # options
		TABLE=$table start -w 1h -o "$i.$table" ${cases[i]}
		runs[$i.$table]=$PID
	done
done
start_oracle truth -e NEW,DESTROY
gen --proto tcp --mixed --keys 20 --events 80
gen --proto udp --mixed --keys 20 --events 80 --nat
gen --proto icmp --keys 20 --events 40
gen --proto gre --keys 20 --events 40
end_oracle

for run in "${!runs[@]}"; do
	PID=${runs[$run]}
	finish
	check_output "$run"
	options=${cases[${run%.*}]}
	# shellcheck disable=SC2086 # options
	read -r starts ends _ <<<"$("$E2E/selected.py" truth $options)"
	[ "${starts:-0}" -gt 0 ] || fail "$options: the oracle has counted nothing"
	equal "starts, $run: $options" "$(total starts "$run")" "$starts"
	equal "ends, $run: $options" "$(total ends "$run")" "$ends"
	equal "what is left out, $run: $options" "$(total unselected_events "$run")" \
		$(($(grep -c '' truth) - starts - ends))
	[ "${run#*.}" != bpf ] || equal "folded: $options" "$(total passed_events "$run")" 0
done

# Where ctgen has translated a destination to is no end.
gen --hold --nat --keys 20 --events 20
conntrack -L >listed 2>/dev/null
# The second `src=' of a line is that of replies: the host that really answers.
translated=$(awk '{ for (i = n = 0; i < NF; i++) if ($i ~ /^src=/ && n++) print substr($i, 5) }' listed | head -n 1)
for list in 10.0.0.4 '!10.0.0.4,198.18.0.8/30' "$translated"; do
	read -r _ _ live <<<"$("$E2E/selected.py" listed "--addr=$list")"
	equal "connections in a snapshot, $list" "$("$CTAGG" --snapshot "--addr=$list" | tail -n 1 | jq .live)" "$live"
done
equal "connections that have $translated at an end" "$live" 0
