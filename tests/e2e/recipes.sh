#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes for jq add up what conntrack(8) and nft count: with one window length and with
# several, of several runs and hosts in one file.
. "$(dirname "$0")/lib.sh"
. "$E2E/truth-lib.sh"
recipes=$(cd "$E2E/../../examples/recipes" && pwd) || exit 1

recipe() {	# which one, files, and options of jq
	jq -s -r -f "$recipes/$1.jq" "${@:2}"
}

# One run of ctagg with these options: its records are in `out`. What conntrack and nft have
# seen is added to the files of those which the arguments before `--` name.
: >events
observed() {	# names -- options
	local truths=() name
	while [ "$1" != -- ]; do truths+=("$1"); shift; done
	shift
	rm -f out
	fresh_rules
	nft add rule inet track in udp dport 5001 log prefix '"old"' group 5 counter drop
	conntrack -F >/dev/null 2>&1
	start_oracle events
	start -g 5 "$@"
	traffic
	close_window
	ip netns exec a "$TOOLS/packets" --count 4 --to 10.9.1.1 --port 5001 >/dev/null
	echoed 10.9.1.2 100
	wait_for closed 5
	conntrack -D >/dev/null 2>&1
	end_oracle
	finish
	check_output
	for name in "${truths[@]}"; do
		connections_as_json <events >>"$name.events"
		dropped_by_nft >>"$name.drops"
	done
}

# What the recipes have to say, from the files of a name; the records are those of the
# given files with windows of the given length.
want_top() {
	jq -s -r 'map(select(.kind == "end")) | group_by(.src)
		| map({src: .[0].src, bytes: (map(.orig_bytes + .reply_bytes) | add)})
		| sort_by(-.bytes) | .[] | "\(.bytes)\t\(.src)"' "$1.events"
}
want_failed() {
	jq -s -r 'map(select(.kind == "end")) | group_by([.dst, .dport, .proto])
		| map(map(select(.unreplied)) as $failed | select($failed != [])
			| {n: ($failed | length), of: length, from: ($failed | map(.src) | unique | length)} + .[0])
		| sort_by(-.n, .dst) | .[]
		| "\(.n) of \(.of)\t\(.proto) \(.dst) port \(.dport)\tfrom \(.from) sources"' "$1.events"
}
want_drops() {
	jq -s -r 'add | group_by(.rule) | map(.[0] + {packets: (map(.packets) | add)})
		| sort_by(-.packets) | .[] | "\(.packets)\t\(.prefix)\t\(.rule)"' "$1.drops"
}
want_reduction() {	# name, length, files
	local events records
	events=$(($(wc -l <"$1.events") + $(jq -s 'add | map(.packets) | add' "$1.drops")))
	records=$(cat "${@:3}" | grep "\"window_ms\":$2," | grep -vc '"type":"window"')
	echo "$events events in $records records: $(awk "BEGIN { printf \"%.1f\", $events / $records }" | sed 's/\.0$//') to one, 0 lost"
}
all_are() {	# what is tried, name, window length, files -- options of jq
	local what=$1 name=$2 length=$3 files=()
	shift 3
	while [ "$#" -gt 0 ] && [ "$1" != -- ]; do files+=("$1"); shift; done
	shift
	equal "$what: top-talkers" "$(recipe top-talkers "${files[@]}" "$@")" "$(want_top "$name")"
	equal "$what: failed-connections" "$(recipe failed-connections "${files[@]}" "$@")" "$(want_failed "$name")"
	equal "$what: drops-by-rule" "$(recipe drops-by-rule "${files[@]}" "$@")" "$(want_drops "$name")"
	equal "$what: reduction" "$(recipe reduction "${files[@]}" "$@")" "$(want_reduction "$name" "$length" "${files[@]}")"
}

host a 1
ip netns exec a ncat -k -l 8080 --exec /bin/cat >/dev/null 2>&1 &
wait_for listening a 8080
sysctl -qw net.netfilter.nf_conntrack_acct=1

observed one both hosts -- -w 1h
mv out one
observed three both -- -w 10s,1m,1h
mv out three
observed other hosts -- -w 1h --host other
mv out other
[ "$(want_failed one | wc -l)" -ge 2 ] || fail "no failed connections: $(want_failed one)"
[ "$(want_drops one | wc -l)" = 2 ] || fail "not two rules: $(want_drops one)"

all_are "one length" one 3600000 one --
all_are "the shortest" three 10000 three --
all_are "a length that is named" three 60000 three -- --argjson window_ms 60000
all_are "a length in text" three 3600000 three -- --arg window_ms 3600000
all_are "two hosts" hosts 3600000 one other --
all_are "two runs, one length" both 3600000 one three -- --argjson window_ms 3600000
for recipe in top-talkers failed-connections drops-by-rule; do
	want=want_${recipe%%-*}
	equal "two runs, the shortest of each: $recipe" "$(recipe $recipe one three)" "$($want both)"
	equal "in another order: $recipe" "$(recipe $recipe three one)" "$($want both)"
done

# Snapshots have no window length. Beside windows they are left out; alone, the last counts.
conntrack -F >/dev/null 2>&1
traffic
"$CTAGG" --snapshot -o snapshots || fail "snapshot"
cat one snapshots >mixed
all_are "beside a snapshot" one 3600000 mixed --
conntrack -F >/dev/null 2>&1
traffic
echoed 10.9.1.2 5000
wait_for closed 5
note_live
"$CTAGG" --snapshot -o snapshots || fail "snapshot"
jq -c '.kind = "end"' live.json >live.events
equal "the last snapshot" "$(recipe top-talkers snapshots)" "$(want_top live)"

# A scan from the other host, whose ports are closed here but for one, and from here to a server
# that drops what comes: conntrack(8) says in which state each connection ended.
ip netns exec a nft 'table inet deaf { chain in { type filter hook input priority 0; tcp dport 4100-4101 drop; }; }' ||
	{ echo "nft does not work here"; exit 77; }
serve "" 4010
rm -f out
start -w 10s,1h
start_oracle states -e DESTROY -p tcp
for port in {4000..4024}; do
	ip netns exec a ncat -z 10.9.1.1 "$port" 2>/dev/null
done
clients=()
for port in 4100 4100 4100 4100 4100 4101; do
	ncat -z -w 20 10.9.1.2 $port 2>/dev/null &
	clients+=($!)
done
echoed 10.9.1.2 100
waits() { [ "$(conntrack -L -p tcp --state SYN_SENT 2>/dev/null | wc -l)" = 6 ]; }
wait_for waits
conntrack -D -p tcp >/dev/null 2>&1
kill "${clients[@]}"
has_ended() { [ "$(wc -l <states)" -ge 32 ]; }
wait_for has_ended
end_oracle
finish
check_output
ends() {	# lines of `states`: state, source, destination, port
	sed -nE 's/.* (SYN_SENT2?|SYN_RECV|ESTABLISHED|FIN_WAIT|CLOSE_WAIT|LAST_ACK|TIME_WAIT|CLOSE) src=([^ ]*) dst=([^ ]*) .*dport=([0-9]*) .*src=.*/\1 \2 \3 \4/p' states
}
failed='$1 ~ /^(SYN_|CLOSE$)/'
scans() {
	ends | awk "$failed"' { if (!(($2, $3, $4) in seen)) ports[$2]++; if (!(($2, $3) in host)) hosts[$2]++; seen[$2, $3, $4]; host[$2, $3] }
		END { for (s in ports) if (ports[s] >= '"$1"') printf "%d ports of %d hosts\t%s\n", ports[s], hosts[s], s }' | sort -k 5
}
dead() {
	ends | awk '{ all[$3 " port " $4] } '"$failed"' { n[$3 " port " $4]++; from[$3 " port " $4, $2]; next } { lives[$3 " port " $4] }
		END { for (d in all) if (!(d in lives) && n[d] >= '"$1"') { for (f in from) if (index(f, d SUBSEP) == 1) sources[d]++
			printf "%d failed\t%s\tfrom %d sources\n", n[d], d, sources[d] } }' | sort -k 3
}
if grep -qE ' (SYN_SENT|CLOSE) ' states; then
	equal "ports that were scanned" "$(scans 20)" "24 ports of 1 hosts	10.9.1.2"
	equal "a scan: port-scan" "$(recipe port-scan out)" "$(scans 20)"
	equal "two ports: port-scan" "$(recipe port-scan out --argjson ports 2 | sort -k 5)" "$(scans 2)"
	equal "servers that are dead" "$(dead 5)" "5 failed	10.9.1.2 port 4100	from 1 sources"
	equal "a scan beside it: dead-server" "$(recipe dead-server out)" "$(dead 5)"
	equal "one try: dead-server" "$(recipe dead-server out --argjson failed 1 | sort -k 3)" "$(dead 1)"
fi
rm -f out

# Connections to 25 ports, of which as many packets came back as the argument says, and which were reset.
# A browser resets connections that have carried something: it scans nothing.
resets() {
	for port in {1..25}; do
		echo '{"kind":"end","time":"2026-11-21T01:00:03Z","proto":"tcp","src_ip":"10.0.0.7","src_port":40000,"dst_ip":"192.0.2.10",' \
			'"dst_port":'"$port"',"orig_packets":5,"orig_bytes":500,"reply_packets":'"$1"',"reply_bytes":500,"tcp_state":"close"}'
	done | "$CTAGG" --read=- >out
	recipe port-scan out
}
equal "refused: port-scan" "$(resets 1)" "25 ports of 1 hosts	10.0.0.7"
equal "reset later: port-scan" "$(resets 4)" ""
rm -f out

# Gaps: date(1) says how long. Between two runs of a host; where a window is missing; and none where
# another run had a window open, nor between two hosts.
of_windows() { jq -r "select(.type == \"window\" and .window_ms == $1) | $2" "$3"; }
gap() {	# from, until, the runs
	printf 'vm\t%s\t%s\t%s ms\t%s\n' "$1" "$2" $((($(date -d "$2" +%s%6N) - $(date -d "$1" +%s%6N) + 999) / 1000)) "$3"
}
named() { jq -c '.host = "vm"' "$1"; }
named one >first
named three >second
between=$(gap "$(of_windows 3600000 .window_end one | tail -n 1)" "$(of_windows 10000 .window_start three | head -n 1)" \
	"$(jq -r .run one | head -n 1), stop -> $(jq -r .run three | head -n 1)")
equal "two runs: gaps" "$(recipe gaps first second)" "$between"
equal "in another order: gaps" "$(recipe gaps second first)" "$between"
equal "two hosts: gaps" "$(recipe gaps one other)" ""
start -w 20ms --no-align --host vm
wait_for has_windows 9
finish
equal "none is missing: gaps" "$(recipe gaps out)" ""
jq -c 'select(.seq < 4 or .seq > 6)' out >holed
run=$(jq -r .run out | head -n 1)
equal "three are missing: gaps" "$(recipe gaps holed)" \
	"$(gap "$(jq -r 'select(.seq == 3).window_end' out)" "$(jq -r 'select(.seq == 7).window_start' out)" "$run, timer -> $run")"
jq -c '.run = "zzzzzzzz"' out >beside	# sorts last
equal "another had them open: gaps" "$(recipe gaps holed beside)" ""
jq -c 'select(.seq < 4 or .seq > 5)' beside >beside.holed
equal "another had one of them open: gaps" "$(recipe gaps holed beside.holed)" \
	"$(gap "$(jq -r 'select(.seq == 3).window_end' out)" "$(jq -r 'select(.seq == 6).window_start' out)" "$run, timer -> zzzzzzzz")"

for file in "$recipes"/*.jq; do
	name=$(basename "$file" .jq)
	recipe "$name" </dev/null >/dev/null || fail "$name on nothing"
	grep -qE "^	?equal.*: $name\"" "$E2E/recipes.sh" || fail "$name has no test"
	# A length that a run does not have would leave that run out.
	recipe "$name" one three --argjson window_ms 60000 >said 2>err && fail "$name: no error: $(cat said)"
	grep -q "has no windows of 60000 ms, but of 3600000 ms" err || fail "$name: $(cat err)"
done

# How many drops were lost is not known yet; or in one window how many events.
equal "lost_drops null" "$(jq -c 'if .type == "window" then .lost_drops = null else . end' one | recipe reduction)" \
	"$(want_reduction one 3600000 one | sed 's/0 lost/more than &/')"
equal "lost_events null" "$(jq -c 'if .seq == 1 then .lost_events = null else . end' one | recipe reduction)" \
	"$(want_reduction one 3600000 one | sed 's/0 lost/more than &/')"

# What jq cannot keep to the last digit is said to be so: 2^53 is the first such sum.
top_with() { jq -c "select(.type == \"flow\" and .orig_bytes) | .orig_bytes = 0 | .reply_bytes = 0" one |
	sed "1s/\"orig_bytes\":0/\"orig_bytes\":$1/" | recipe top-talkers | head -n 1 | cut -f 1; }
equal "2^53 - 1" "$(top_with 9007199254740991)" 9007199254740991
case $(top_with 9007199254740993) in
"about 900719925474099"?) ;;
*) fail "a number above 2^53 looks exact: $(top_with 9007199254740993)" ;;
esac
