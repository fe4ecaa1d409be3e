#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every example of README.md, of the man pages and of --help runs as somebody would paste
# it, on real traffic, and what it prints is compared with what conntrack(8) and nft count.
#
# A new example needs nothing more when it is `ctagg OPTIONS`, alone, into `| jq` or into a
# file, and selects nothing: check_example() ends in an oracle for windows and one for
# snapshots. An example that selects, has another key, or whose jq program makes something
# else of the records is given its oracle by a line in check_example(): the jq filter that
# chooses the same of conntrack's connections, or a function that says what has to come
# out. Where an example cannot run here, cannot_run() says why. An example with neither
# makes this test fail.
#
# Time is shortened without another text: SIGUSR2 ends a window of a minute. A `ctagg`
# before the real one in PATH adds -v, which says when everything is set up.
. "$(dirname "$0")/lib.sh"
. "$E2E/pasted-lib.sh"
. "$E2E/truth-lib.sh"
. "$E2E/deliver-lib.sh"
top=$(cd "$E2E/../.." && pwd)

# --- running one ------------------------------------------------------------------------

mount -t tmpfs tmpfs /var/log
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /var/spool
mkdir bin
printf '#!/bin/sh\nexec "%s" -v "$@"\n' "$CTAGG" >bin/ctagg
chmod +x bin/ctagg
ln -s "$DELIVER" bin/ctagg-deliver
view=$(dirname "$CTAGG")/ctagg-view
[ ! -x "$view" ] || ln -s "$view" bin/ctagg-view	# not with --disable-view
ln -s "$top/examples" examples
host a 1
ip netns exec a ncat -k -l 8080 --exec /bin/cat >/dev/null 2>&1 &
wait_for listening a 8080
sysctl -qw net.netfilter.nf_conntrack_acct=1

has_option() { [[ " $example " =~ \ ($1)[\ =] ]]; }

paste_it() {
	rm -rf /var/log/* /var/lib/*
	mkdir -p /var/lib/prometheus/node-exporter
	: >pasted.out
	: >err
	PATH=$PWD/bin:$PATH bash -c "$1" >pasted.out 2>err &
	shell=$!
}
# Its program is ready: PID. Not that of the process that looks for causes, which ctagg starts then.
is_ready() {
	kill -0 $shell 2>/dev/null || fail "$example: ended at once"
	grep -q '^ctagg: ready' err && PID=$(pgrep -ox ctagg)
}
well_ended() {
	wait $shell
	equal "status of: $example" $? 0
}

# The records that it wrote, one a line, in `out`: from standard output, or from the file
# or the spool that it names.
take_output() {
	local file spool
	if has_option --spool; then
		spool=$(grep -oE -- '--spool=[^ ]+' <<<"$example")
		cat "${spool#*=}"/new/*.jsonl >pasted.out
		rm -r "${spool#*=}"
	fi
	file=$(grep -oE '(-o|--output|>>?)[ =]*[^ ]+' <<<"$example" | sed -E 's/^[^ =>]*[ =>]+//' | tail -n 1)
	jq -c . "${file:-pasted.out}" >out || fail "$example: not JSON"
	[ -s out ] || fail "$example: printed nothing"
}

# SIGUSR2, and the window is written: the process has written more than before, and sleeps.
written() { sed -n 's/^wchar: //p' "/proc/$PID/io" 2>/dev/null; }
has_written() {
	kill -0 "$PID" 2>/dev/null || return 0
	[ "$(written)" -gt "$1" ] && grep -q '^State:.S' "/proc/$PID/status" 2>/dev/null
}
end_window() {
	local before
	before=$(written)
	kill -USR2 "$PID"
	wait_for has_written "$before"
}

# How many windows it writes before it ends by itself; 0: it goes on.
windows_wanted() {
	local count
	count=$(grep -oE ' (-c|--count)[ =]?[0-9]+' <<<"$example" | grep -oE '[0-9]+$')
	echo "${count:-0}"
}

# Run an example that writes windows, with traffic. `events.json` is then what conntrack
# told of meanwhile, `live.json` what was there at the end of the traffic. With --interim
# the first window ends while all connections are there; without, or in a later window,
# they are gone.
run_windows() {
	local left
	left=$(windows_wanted)
	fresh_rules
	conntrack -F >/dev/null 2>&1
	start_oracle events
	paste_it "$example"
	wait_for is_ready
	traffic
	note_live
	if ! has_option --interim; then
		conntrack -D >/dev/null 2>&1
	elif [ "$left" != 1 ]; then
		end_window
		left=$((left - 1))
		conntrack -D >/dev/null 2>&1
	fi
	end_oracle
	connections_as_json <events >events.json
	for ((; left > 0; left--)); do
		end_window
	done
	kill "$PID" 2>/dev/null
	well_ended
}

# --- what has to come out ---------------------------------------------------------------

# What records and conntrack say of each flow, as sorted lines: a filter chooses among
# conntrack's connections (all), and a key names flows there (by source, destination, port).
all=true
key='[.proto, .src, .dst, .dport]'
their_key='[.proto, .src_ip, .dst_ip, .dst_port]'
of_records() {	# file, which records, jq: what becomes of a group
	jq -s -c "map(select($2)) | group_by($their_key) | .[] | (.[0] | $their_key) + $3" "$1"
}
of_conntrack() {	# file, filter, key, jq: what becomes of a group
	jq -s -c "map(select($2)) | group_by($3) | .[] | (.[0] | $3) + $4" "$1"
}
ipv4_network='if test(":") then . else sub("[0-9]+$"; "0/24") end'	# of an address
sum_bytes='(map(.orig_bytes // 0) | add), (map(.reply_bytes // 0) | add)'

# Windows: starts, ends and bytes of each flow, and dropped packets, in each level; and
# that sums, bounds and ids are right.
windows_tell() {	# filter, key, key of the records
	local filter=${1:-$all} their_key=${3:-$their_key} level drops=0
	run_windows
	take_output
	if has_option --no-conntrack; then
		: >events.json
	fi
	# Ends tell the bytes; where the only window is over while connections live, these do.
	jq -c 'select(.kind == "end")' events.json >ended
	[ -s ended ] || ! has_option --interim || cp live.json ended
	of_conntrack events.json "$filter" "${2:-$key}" \
		'[(map(select(.kind == "new")) | length), (map(select(.kind == "end")) | length)]' >expected.count
	of_conntrack ended "$filter" "${2:-$key}" "[$sum_bytes]" >expected.bytes
	has_option '-g|--nflog-group' && drops=$(dropped_by_nft | jq 'map(.packets) | add')
	for level in $(jq 'select(.type == "window") | .window_ms' out | sort -u); do
		jq -c "select(.window_ms == $level)" out >one
		equal "$example: drops" "$(total drops one)" "$drops"
		equal "$example: starts" "$(total starts one)" "$(jq -s 'map(.[-2]) | add // 0' expected.count)"
		equal "$example: ends" "$(total ends one)" "$(jq -s 'map(.[-1]) | add // 0' expected.count)"
		equal "$example: bytes" "$(total orig_bytes one) $(total reply_bytes one)" \
			"$(jq -s -r '"\(map(.[-2]) | add // 0) \(map(.[-1]) | add // 0)"' expected.bytes)"
		grep -q '"type":"flow"' one || continue
		check_output one
		of_records one '.type == "flow" and .drops + .logged == 0' '[(map(.starts) | add), (map(.ends) | add)]' |
			diff expected.count - >differ || fail "$example: conntrack (<), records (>): $(cat differ)"
		of_records one '.type == "flow" and .drops + .logged == 0' "[$sum_bytes]" |
			diff expected.bytes - >differ || fail "$example: conntrack (<), records (>): $(cat differ)"
	done
	[ -n "$level" ] || fail "$example: no window"
	! has_option --interim || interim_tells "$filter"
}
# With --interim the first window that SIGUSR2 ends is over at the end of the traffic. A
# shorter one, which its timer ended, can be before.
interim_tells() {	# filter
	equal "$example: live, closing and bytes after the traffic" \
		"$(jq -s -c 'map(select(.type == "window")) | (map(.window_ms) | min) as $shortest
			| map(select(.window_ms == $shortest)) | (map(.closed_by != "timer") | index(true)) as $i
			| [.[$i].live, .[$i].closing, (.[:$i + 1] | map(.orig_bytes) | add)]' out)" \
		"$(jq -s -c "map(select($1)) | [(map(select(.kind == \"live\")) | length),
			(map(select(.kind == \"closed\")) | length), (map(.orig_bytes) | add)]" live.json)"
}

# A snapshot: what is open and what TCP has closed, and the bytes of both, of each flow.
# shellcheck disable=SC2120 # no example yet has another key or selects
snapshot_tells() {	# filter, key, key of the records
	local their_key=${3:-$their_key}
	run_snapshot
	take_output
	of_conntrack live.json "${1:-$all}" "${2:-$key}" \
		"[(map(select(.kind == \"live\")) | length), (map(select(.kind == \"closed\")) | length), $sum_bytes]" >expected
	of_records out '.type == "flow" or .type == "change"' \
		"[(map(.live) | add), (map(.closing) | add), $sum_bytes]" |
		diff expected - >differ || fail "$example: conntrack (<), records (>): $(cat differ)"
	equal "$example: live, closing" "$(total live) $(total closing)" \
		"$(jq -s -r '"\(map(.[-4]) | add) \(map(.[-3]) | add)"' expected)"
}
run_snapshot() {
	fresh_rules
	conntrack -F >/dev/null 2>&1
	traffic
	note_live
	paste_it "$example"
	well_ended
}

# --check names a sysctl while it is off, and does not when it is on.
check_tells() {
	local value
	for value in 0 1; do
		fresh_rules
		sysctl -qw net.netfilter.nf_conntrack_acct=$value
		paste_it "$example"
		wait $shell
		[ "$(grep -c nf_conntrack_acct pasted.out)" = $((1 - value)) ] ||
			fail "$example: nf_conntrack_acct=$value: $(cat pasted.out)"
	done
}

# The lines of an example with a jq program of its own, and what they have to be.
prints() {	# what has to come out
	[ -n "$1" ] || fail "$example: nothing is expected"
	equal "$example" "$(cat pasted.out)" "$1"
}
# --events: a line for each event of conntrack, and one for each packet that was dropped.
events_tell() {
	local kinds='[(map(select(.kind == "new" or .kind == "start")) | length), (map(select(.kind == "end")) | length)]'
	run_windows
	take_output
	of_conntrack events.json true "$key" "$kinds" >expected
	of_records out '.kind == "start" or .kind == "end"' "$kinds" |
		diff expected - >differ || fail "$example: conntrack (<), lines (>): $(cat differ)"
	equal "$example: drops" "$(jq -s 'map(select(.kind == "drop")) | length' out)" \
		"$(dropped_by_nft | jq 'map(.packets) | add')"
}
top_sources() {
	run_windows
	prints "$(jq -s -c 'group_by(.src) | map({src_ip: .[0].src, bytes: (map(.orig_bytes + .reply_bytes) | add)})
		| sort_by(-.bytes) | .[:10][]' live.json)"
}
rules_with_drops() {
	run_windows
	prints "$(dropped_by_nft | jq -c '.[] | {rule, log_prefix: .prefix, drops: .packets}')"
}
networks() {
	run_snapshot
	sort -o pasted.out pasted.out	# flows are in no order
	prints "$(jq -s -r 'map(.src |= if test(":") then sub("[0-9]+$"; "/64") else sub("[0-9]+$"; "0/24") end)
		| group_by(.src) | map([.[0].src, (map(select(.kind == "live")) | length), (map(.orig_bytes) | add), (map(.reply_bytes) | add)]) | .[] | @csv' live.json | sort)"
}

# A recipe reads what another example has written; tests/e2e/recipes.sh has all recipes.
top_of_file() {
	local asked=$example
	example="ctagg -w 60 --interim -o /var/log/ctagg.jsonl"
	run_windows
	example=$asked
	bash -c "$example" >pasted.out || fail "$example"
	prints "$(jq -s -r 'group_by(.src) | map({src: .[0].src, bytes: (map(.orig_bytes + .reply_bytes) | add)})
		| sort_by(-.bytes) | .[] | "\(.bytes)\t\(.src)"' live.json)"
}

# What ctagg-view makes of such a file; tests/e2e/view_text.sh and view_report.sh have all of that.
viewed() {	# what is compared with the lines, and how: view_text.py's arguments
	local asked=$example
	example="ctagg -w 60 --interim -g 5 -o /var/log/ctagg.jsonl"
	run_windows
	example=$asked
	PATH=$PWD/bin:$PATH bash -c "$example" >pasted.out 2>err || fail "$example"
}
as_table() {	# group, sort, top
	viewed
	"$E2E/view_text.py" table /var/log/ctagg.jsonl pasted.out "$@" >verdict || fail "$example: $(cat verdict)"
}
as_csv_of() {	# which lines
	viewed
	jq -c "select(.type == \"window\" or ($1)) | if .type == \"window\" then .records = 0 else . end" /var/log/ctagg.jsonl >chosen
	"$E2E/view_text.py" csv chosen flows.csv >verdict || fail "$example: $(cat verdict)"
}
as_report() {
	viewed
	local page=${example#*--report=}
	grep -q '</html>' "${page%% *}" || fail "$example: no report"
	for address in $(jq -r 'select(.type == "flow") | .src_ip, .dst_ip' /var/log/ctagg.jsonl | sort -u); do
		grep -qF "$address" "${page%% *}" || fail "$example: the report lacks $address"
	done
}

# What was in the spool is in the files of /var/log, once, and in the order of the windows.
delivered_files() {
	make_spool /var/spool/ctagg
	put_windows /var/spool/ctagg 3 1 2
	paste_it "$example"
	has_option --once || wait_for is_empty /var/spool/ctagg/new
	has_option --once || kill "$(pgrep -nx ctagg-deliver)"
	well_ended
	equal "$example: left" "$(ls /var/spool/ctagg/new)" ""
	equal "$example" "$(cat /var/log/*)" "$(lines_of 1 2 3)"
	rm -rf /var/spool/ctagg
}

# Not run: whether it names the packages that tests/run.sh builds with.
packages_of_a_build() {
	# shellcheck disable=SC2086 # a list
	equal "$example" "$(printf '%s\n' ${example#apt-get install} | sort)" \
		"$(. "$top/tests/packages.sh"; printf '%s\n' $BUILD_PACKAGES | sort)"
}

# --- each example and its oracle ----------------------------------------------------------

cannot_run() {	# example, where it stands; prints the reason
	case $1 in
	./examples/demo.sh*) echo "tests/e2e/demo.sh runs it" ;;
	./tests/run.sh*) echo "it runs this test" ;;
	"ctagg-deliver "*" ssh "* | "ctagg-deliver "*" --url="* | "ctagg-deliver "*" --udp="* | \
	"ctagg-deliver "*" --ipfix="*)
		echo "it delivers to another host" ;;
	*" | ctagg-view"* | "ctagg-view --follow="*) echo "tests/e2e/view_live.sh has a terminal" ;;
	"ctagg --read="*" --anonymize="*) echo "tests/read_vectors.sh counts lines of events with a key" ;;
	"ctagg --events --spool="*) echo "tests/e2e/deliver_ipfix_nat.sh has translations to log" ;;
	"ctagg-deliver "*" --status") echo "tests/e2e/deliver_status.sh has spools in every state" ;;
	"ctagg-deliver "*" --keep="*) echo "tests/e2e/deliver_thin.sh has an archive to thin" ;;
	autoreconf* | ./configure* | make*) echo "tests/run.sh builds with these commands" ;;
	systemd-sysusers* | systemctl*) echo "tests/systemd/run makes the users and folders and starts the units" ;;
	*) case $2:$1 in
		ctagg-cookbook.7:*) echo "tests/e2e/cookbook_*.sh type the procedures" ;;
		*:"ctagg-view "*) [ ! -x "$view" ] && echo "built with --disable-view" ;;
		ctagg.1:nft* | ctagg.1:sysctl*) echo "tests/e2e/docs.sh runs the commands of NO DATA" ;;
		*) return 1 ;;
		esac ;;
	esac
}

check_example() {
	case $example in
	"ctagg --check") check_tells ;;
	"ctagg --events -g 5 -o "*) events_tell ;;
	"ctagg-deliver "*" --exec "*) delivered_files ;;
	*"--key src/24,dst,dport,proto --proto tcp,udp --dport '!53'")
		windows_tell '(.proto == "tcp" or .proto == "udp") and .dport != 53' \
			"[.proto, (.src | $ipv4_network), .dst, .dport]" ;;
	*"| jq -c 'select(.type =="*"\"window\")'" | *"| jq -c 'select(.type==\"window\")'") windows_tell ;;
	*"| jq -s -c 'map(select(.type == \"flow\" and .orig_bytes)) | group_by(.src_ip)"*) top_sources ;;
	*"| jq -c 'select(.type == \"rule\") | {rule, log_prefix, drops}'") rules_with_drops ;;
	*"--snapshot -k src/24/64 | jq -r 'select(.type == \"flow\") | [.src_ip, .live, .orig_bytes, .reply_bytes] | @csv'") networks ;;
	"jq -s -r -f examples/recipes/top-talkers.jq /var/log/ctagg.jsonl") top_of_file ;;
	"ctagg-view --table --group=src --top=5 /var/log/ctagg.jsonl") as_table src bytes 5 ;;
	"ctagg-view --table --group=rule --sort=drops /var/log/ctagg.jsonl") as_table rule drops 20 ;;
	"ctagg-view --csv --dport=8080 /var/log/ctagg.jsonl >flows.csv") as_csv_of '.dst_port == 8080' ;;
	"ctagg-view --csv /var/log/ctagg.jsonl >flows.csv") as_csv_of true ;;
	"ctagg-view --report="*" /var/log/ctagg.jsonl") as_report ;;
	"apt-get install "*) packages_of_a_build ;;
	*"| jq "* | [!c]* | c[!t]*) fail "no oracle for: $example (see the head of pasted.sh)" ;;
	*)
		if has_option '--(proto|src|dst|sport|dport|addr|port|direction|zone|mark|key|netns|read|check)|-k'; then
			fail "no oracle for: $example (see the head of pasted.sh)"
		elif has_option '--snapshot|-s'; then
			snapshot_tells
		else
			windows_tell
		fi ;;
	esac
}

{
	of_markdown "$top/README.md" | commands | sed 's/^/README.md /'
	for page in "$top"/man/*.[1-9]; do
		of_man "$page" | commands | sed "s/^/${page##*/} /"
	done
	of_help | commands | sed 's/^/--help /'
	CTAGG=$DELIVER of_help | commands | sed 's/^/--help /'
	[ ! -x "$view" ] || CTAGG=$view of_help | commands | sed 's/^/--help /'
} >examples.list
for source in README.md ctagg.1 --help; do
	grep -q "^$source ctagg " examples.list || fail "no example found in $source"
done
for program in ctagg-deliver ctagg-view; do
	grep -q "^$program.1 $program " examples.list || fail "no example found in $program.1"
done
LC_ALL=C grep -n '[^ -~]' examples.list && fail "an example has a character that no shell takes"
: >seen
while read -r source line <&3; do
	example=$(plain "$line")
	if reason=$(cannot_run "$example" "$source"); then
		echo "not run: $example: $reason"
		continue
	fi
	grep -qxF -- "$example" seen && continue
	echo "$example" >>seen
	echo "$source: $example"
	check_example
done 3<examples.list
