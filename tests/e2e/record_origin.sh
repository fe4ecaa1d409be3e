#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where records come from: host, run, netns, tags, and the slot that hosts group by, in records of
# every type. The oracles are ip-netns, stat, and arithmetic on the times of the records.
. "$(dirname "$0")/lib.sh"

track
nft add rule inet track in udp dport 5000 log prefix '"x"' group 5 drop

# A file's first fields up to that of the window's end, and those of tags, each variant once.
heads() {
	jq -r 'keys_unsorted | (index("window_end") // index("run")) as $last
		| .[:$last + 1] + map(select(test("^(tag_|netns)")) ) | join(" ")' "$1" | sort -u
}
runs() { jq -r .run "$1" | sort -u; }

# --- every record of a run, and of all levels ----------------------------------------
tags=(--host='gw"1' --tag site=fra --tag "rack=é")
start -w 100ms,1s -g 5 -m 2 "${tags[@]}"
gen --keys 9 --events 18
"$TOOLS/packets" --count 2 --to 127.0.0.1 --port 5000 --ports 1 >/dev/null
long_windows() { [ "$(jq -s 'map(select(.type == "window" and .window_ms == 1000)) | length' out)" -ge 2 ]; }
wait_for long_windows
finish
check_output
equal "types" "$(jq -r .type out | sort -u | tr '\n' ' ')" "flow other rule window "
equal "types of the long windows" "$(jq -r 'select(.window_ms == 1000) | .type' out | sort -u | tr '\n' ' ')" \
	"flow other rule window "
equal "first fields" "$(heads out)" \
	"type schema id host run window_ms slot window_start window_end tag_site tag_rack"
equal "hosts and tags" "$(jq -c '[.host, .tag_site, .tag_rack]' out | sort -u)" '["gw\"1","fra","é"]'
equal "lengths" "$(jq .window_ms out | sort -nu | tr '\n' ' ')" "100 1000 "
first=$(runs out)
[[ $first =~ ^[a-z0-9]{8}$ ]] || fail "run: $first"

# Times as whole microseconds, apart from jq's floating point.
micros() {
	sed -E 's/.*"window_ms":([0-9]+),"slot":"([^.]*)\.([0-9]{6})Z","window_start":"([^.]*)\.([0-9]{6})Z.*/\1 \2Z \3 \4Z \5/' out |
		sort -u >bounds
	cut -d' ' -f2 bounds | date -f - +%s >slot_s
	cut -d' ' -f4 bounds | date -f - +%s >start_s
	paste -d" " bounds slot_s start_s
}
micros >compared
[ "$(wc -l <compared)" -gt 5 ] || fail "$(cat compared)"
while read -r ms _ slot_us _ start_us slot_s start_s; do
	slot=$((slot_s * 1000000 + 10#$slot_us)) begin=$((start_s * 1000000 + 10#$start_us))
	equal "slot of a window of $ms ms" $slot $((begin - begin % (ms * 1000)))
done <compared
awk '$7 * 1e6 + $5 > $6 * 1e6 + $3' compared | grep -q . || fail "no window was cut short"

# --- another run; not aligned; a snapshot; changes; --check -----------------------------
rm out
start -w 3600 --no-align
finish
[ "$(runs out)" != "$first" ] || fail "two runs have the same name"
equal "not aligned" "$(heads out)" "type schema id host run window_ms window_start window_end"
equal "the host's name" "$(jq -r .host out)" "$(uname -n)"
rm out
gen --keys 2 --events 1	# a start alone: what is left in the table changes
"$CTAGG" -s --state=s "${tags[@]}" >out || fail "snapshot"
conntrack -D >/dev/null 2>&1
"$CTAGG" -s --state=s "${tags[@]}" >>out || fail "snapshot"
"$CTAGG" -s -m 1 "${tags[@]}" >>out || fail "snapshot"
jq -e -s 'any(.type == "change")' out >/dev/null || fail "no change"
equal "snapshots" "$(heads out)" "type schema id host run window_start window_end tag_site tag_rack"
equal "runs" "$(runs out | wc -l)" 3
"$CTAGG" --check=json -g 6 "${tags[@]}" >out
equal "--check=json" "$(heads out)" "type schema id host run tag_site tag_rack"
equal "runs of --check" "$(runs out | wc -l)" 1

# --- namespaces -----------------------------------------------------------------------------
ip netns add lan
ip netns add 12345	# a name, though it looks like a process
ip netns exec lan sleep 1000 &
inside=$!
unshare --net sleep 1000 &
nameless=$!
of() { readlink "/proc/$1/ns/net"; }
moved() { [ "$(of "$1")" != "$(of $$)" ]; }
wait_for moved $inside
wait_for moved $nameless
named() {	# what --netns takes, what records say
	"$CTAGG" --netns "$1" -w 1ms -c 1 --table=hash >out 2>err || fail "--netns $1"
	equal "netns of $1" "$(jq -r .netns out)" "$2"
	"$CTAGG" --netns "$1" -s >out 2>err || fail "--netns $1 -s"
	equal "netns of $1" "$(jq -r .netns out)" "$2"
	"$CTAGG" --netns "$1" --check=json >out 2>err
	equal "netns of $1" "$(jq -r .netns out | sort -u)" "$2"
}
named lan lan
named 12345 12345
named /run/netns/lan lan
named $inside lan
named "/proc/$nameless/ns/net" "$(stat -L -c %i "/proc/$nameless/ns/net")"
named $nameless "$(stat -L -c %i "/proc/$nameless/ns/net")"
equal "its place" "$(jq -c 'keys_unsorted | .[3:6]' out | sort -u)" '["host","run","netns"]'
kill $inside $nameless

# --- what is refused --------------------------------------------------------------------------
refused() {	# part of the message, options
	"$CTAGG" "${@:2}" >out 2>err
	equal "status of ${*:2}" $? 2
	[ ! -s out ] || fail "${*:2} writes"
	grep -q -- "$1" err || fail "${*:2}: $(cat err)"
}
long() { printf "$1%.0s" $(seq "$2"); }
for mode in "-w 1ms -c 1" --snapshot --check=json; do
	refused "--host '': " $mode --host=
	refused "--host: 385 bytes" $mode --host="$(long h 385)"
	refused "--host: 193 bytes" $mode --host="$(long \" 193)"
	refused "'a' is given twice" $mode --tag a=1 --tag a=1
	refused "'A=1'" $mode --tag A=1
	refused "--tag: 'b' finds no room" $mode --tag "a=$(long v 480)" --tag "b=$(long v 11)"
done
# ,"tag_a":"" has 11 bytes.
"$CTAGG" -s --host="$(long \" 192)" --tag "a=$(long v 480)" --tag "b=$(long v 10)" >out || fail "512 bytes of tags"
equal "tags" "$(jq -r '.tag_a + .tag_b' out | head -n 1 | tr -d '\n' | wc -c)" 490
exit 0
