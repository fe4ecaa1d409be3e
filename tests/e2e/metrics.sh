#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --metrics: what the file says is what the window records add up to, with both tables; promtool
# finds nothing wrong with it, and prometheus-node-exporter hands it on; a reader sees whole files
# only; a folder without room costs no window.
. "$(dirname "$0")/lib.sh"
command -v promtool prometheus-node-exporter >/dev/null || { echo "prometheus is missing"; exit 77; }

# The value of a sample, as the file $1 has it: name, with labels if there are any.
sample() { awk -v name="$2" '$1 == name { print $2 }' "$1"; }
check_format() { promtool check metrics <"$1" >lint 2>&1 || fail "promtool: $(cat lint)"; }

# --- the numbers ------------------------------------------------------------------------

track
nft add rule inet track in udp dport 5000 log prefix '"x"' group 5 log prefix '"x"' group 6 drop
sysctl -qw net.netfilter.nf_conntrack_acct=1
find_tables
mkdir textfiles
group=5
for table in $tables; do
	TABLE=$table start -o "out.$table" -w 1h,2h -g $group -m 50 --tag table=$table --metrics=textfiles/$table.prom
	pids+=("$PID")
	group=$((group + 1))
	equal "starts before the first window" "$(sample textfiles/$table.prom "ctagg_starts_total{tag_table=\"$table\"}")" 0
done
# More flows than the table has room for, in two windows.
for round in 1 2; do
	gen --keys 100 --events 300
	"$TOOLS/packets" --count 10 --to 127.0.0.1 --port 5000 >/dev/null
	[ $round = 2 ] && break
	kill -USR2 "${pids[@]}"
	for table in $tables; do
		wait_for has_windows 1 "out.$table"
	done
done
finish_all
for table in $tables; do
	file=textfiles/$table.prom
	check_format $file
	jq -c 'select(.window_ms == 3600000)' "out.$table" >shortest
	is() {	# sample, with its labels but the tag's; expected
		local name=$1 label=
		[[ $1 == *'{'* ]] && name=${1%%'{'*} label=,${1#*'{'} && label=${label%'}'}
		equal "$table: $1" "$(sample $file "$name{tag_table=\"$table\"$label}")" "$2"
	}
	[ "$(total starts shortest)" -ge 200 ] || fail "$table: only $(total starts shortest) starts"
	for counter in starts injected_starts clash_ends ends unreplied drops logged lost_events lost_drops kernel_events passed_events \
			undecoded_events dropped_windows dropped_records records unread_rules drop_bytes write_errors; do
		is ctagg_${counter}_total "$(total $counter shortest)"
	done
	for what in packets bytes; do
		is "ctagg_${what}_total{direction=\"orig\"}" "$(total orig_$what shortest)"
		is "ctagg_${what}_total{direction=\"reply\"}" "$(total reply_$what shortest)"
	done
	for counter in drop early_drop insert_failed invalid clash_resolve chaintoolong; do
		is ctagg_kernel_${counter}_total "$(jq -s "map(.kernel.$counter // empty) | add" shortest)"
	done
	is ctagg_kernel_entries "$(jq -s 'map(.kernel.entries // empty)[-1]' shortest)"
	is ctagg_kernel_max "$(cat /proc/sys/net/netfilter/nf_conntrack_max)"
	is ctagg_windows_total 2
	is ctagg_partial_windows_total "$(grep -c '"status":"partial"' shortest)"
	folded=$(jq -s 'map(.folded_flows // 0) | add' shortest)
	[ "$folded" -ge 50 ] || fail "$table: nothing was folded"
	is ctagg_folded_flows_total "$folded"
	is ctagg_table_capacity 50
	is ctagg_table_rows "$(jq -s 'map(select(.type == "window"))[-1].table_rows' shortest)"
	seconds() { jq -s "map(.$1 // empty) | if . == [] then empty else add end" shortest |
		awk '{ printf "%d.%06d\n", $1 / 1000000, $1 % 1000000 }'; }
	is ctagg_rotate_seconds_total "$(seconds rotate_us)"
	is ctagg_drain_seconds_total "$(seconds drain_us)"
	end=$(jq -r 'select(.type == "window").window_end' shortest | tail -n 1)
	is ctagg_last_window_timestamp_seconds "$(date -u -d "$end" +%s.%6N)"
	is "ctagg_build_info{version=\"$("$CTAGG" --version | awk 'NR == 1 { print $2 }')\"}" 1
	wrote=$(sample $file "ctagg_write_seconds_total{tag_table=\"$table\"}")
	[ "${wrote//[.0]/}" ] || fail "$table: writing took no time: $wrote"
	if grep -E '[0-9]e[+-]?[0-9]' $file; then
		fail "a number that is not written in full"
	fi
	if grep -E '127\.0|10\.[0-9]+\.|fd09' $file; then
		fail "an address"
	fi
done

# --- a scrape ----------------------------------------------------------------------------

prometheus-node-exporter --collector.disable-defaults --collector.textfile --log.level=error \
	--collector.textfile.directory=textfiles --web.listen-address=127.0.0.1:9100 2>exporter.err &
exporter=$!
wait_for listening "" 9100
printf 'GET /metrics HTTP/1.0\r\n\r\n' | ncat 127.0.0.1 9100 | tr -d '\r' >scraped
kill $exporter
equal "errors of node_exporter" "$(cat exporter.err)" ""
equal "node_textfile_scrape_error" "$(sample scraped node_textfile_scrape_error)" 0
# It sorts labels and writes numbers as Go does.
compared=0
while read -r name value; do
	[[ $name == \#* ]] && continue
	with=$(sed -E 's/\{(tag_table="[a-z]+"),(direction="[^"]+")\}/{\2,\1}/' <<<"$name")
	got=$(sample scraped "$with")
	[ -n "$got" ] || fail "not scraped: $name"
	awk -v a="$value" -v b="$got" 'BEGIN { exit !(a + 0 == b + 0) }' || fail "scraped: $name $got, written: $value"
	compared=$((compared + 1))
done < <(cat textfiles/*.prom)
[ $compared -ge 50 ] || fail "only $compared samples"

# --- replaced ----------------------------------------------------------------------------

# The name only ever stands for a file that is complete: the first write is to another name.
strace -o calls -e trace=open,openat,unlink,write,rename "$CTAGG" --table=hash -c 2 -w 10ms --no-align -o traced.out \
	--metrics=traced.prom 2>err || fail "under strace"
equal "calls that change traced.prom itself" "$(grep -c '"traced.prom"[^)]*)' calls)" \
	"$(grep -c 'rename("traced.prom.[0-9]*.new", "traced.prom")' calls)"
[ "$(grep -c 'rename(' calls)" -ge 4 ] || fail "not replaced after each window, at the start and at the end"

# Windows of a millisecond replace the file a thousand times a second. Each file that a reader
# opens is a whole one, and its counters never go back.
start -o many.out -w 1ms --no-align --metrics=many.prom
wait_for grep -q '^ctagg_kernel_max' many.prom	# known when the first window is closed
last=$(tail -n 1 many.prom | cut -d' ' -f1)
before=0
for ((i = 0; i < 100; i++)); do
	cat many.prom >seen || fail "the file is not there"
	equal "last family of a file that is replaced" "$(tail -n 1 seen | cut -d' ' -f1)" "$last"
	now=$(sample seen ctagg_windows_total)
	[ "$now" -ge "$before" ] || fail "windows went back from $before to $now"
	before=$now
done
[ "$before" -ge 10 ] || fail "only $before windows"
finish
equal "windows in the last file" "$(sample many.prom ctagg_windows_total)" "$(windows many.out)"
equal "files that are left" "$(echo many.prom*)" many.prom
equal "mode" "$(stat -c %a many.prom)" 644

# --- where it cannot be written ------------------------------------------------------------

refused() {	# status, words of the message, options
	"$CTAGG" "${@:3}" >refused.out 2>err
	equal "status of ${*:3}" $? "$1"
	grep -qF -- "$2" err || fail "${*:3} does not say: $2"
	equal "messages of ${*:3}" "$(wc -l <err)" 1
	equal "lines of ${*:3}" "$(wc -l <refused.out)" 0
}
refused 1 "none/ctagg.prom: No such file or directory" -c 1 -w 1ms --table=hash --metrics=none/ctagg.prom
refused 2 "/dev/null is no regular file" -c 1 -w 1ms --table=hash --metrics=/dev/null
[ -c /dev/null ] || fail "/dev/null was replaced"
refused 2 "--metrics and --snapshot" --snapshot --metrics=f

# A folder without room is said once, and costs no window; with room again, the file is replaced.
mkdir small
mount -t tmpfs -o size=64k tmpfs small
start -o full.out -w 1h --metrics=small/ctagg.prom
head -c 1M /dev/zero >small/fill 2>/dev/null
for round in 1 2; do
	kill -USR2 "$PID"
	wait_for has_windows $round full.out
done
wait_for grep -q 'cannot replace small/ctagg.prom: No space left' err
equal "windows in the file of before" "$(sample small/ctagg.prom ctagg_windows_total)" 0
command rm small/fill
kill -USR2 "$PID"
wait_for has_windows 3 full.out
wait_for grep -q 'replacing small/ctagg.prom again' err
equal "messages of the full folder" "$(grep -c 'cannot replace' err)" 1
finish
equal "windows with room again" "$(sample small/ctagg.prom ctagg_windows_total)" 4
equal "windows" "$(windows full.out)" 4
