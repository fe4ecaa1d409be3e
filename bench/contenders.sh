# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# The listeners that bench/compare sets against each other: how each is started, and
# how many events it has told of, by its own output. Sourced, after world.sh.
#
#   none             nobody listens
#   floor            a listener whose filter refuses every message
#   bpf, hash        ctagg with the table in the kernel, in memory; its default buffer
#   conntrack        conntrack -E, no option, the machine's default buffer
#   conntrack-best   only the two kinds of event that there are, and a large buffer
#   ulogd2           Debian's ulogd.conf with its own stack "flow-based logging via LOGEMU"
#   ulogd2-best      no hash of connections, a large buffer, the output that costs least
#
# "Large" is 1 GiB, or a quarter of the free memory if that is less.
large=$(awk '/^MemAvailable/ { n = $2 * 256; print (n < 1073741824 ? n : 1073741824) }' /proc/meminfo)

# Set net.core.rmem_default in the machine's own network namespace, where alone it can be
# set; print the value that was there before. conntrack 1.4.7 gives its option
# --buffer-size to another socket than that of its events, so only this sysctl counts.
set_default_buffer() {
	nsenter --net="/proc/self/fd/$BENCH_WORLD" sh -c \
		"sysctl -n net.core.rmem_default; sysctl -qw net.core.rmem_default=$1" 2>/dev/null
}

# Debian's configuration, with the one stack that its comments offer for connections in
# place of the one for packets, and with the files in this directory.
ulogd_shipped() {
	sed -e 's/^stack=/#&/' -e 's/^#\(stack=ct1:NFCT,ip2str1:IP2STR,print1:PRINTFLOW,emu1:LOGEMU\)/\1/' \
		-e 's#/var/log/ulog/#/run/#' -e 's#^logfile=.*#logfile="/run/ulogd.log"#' \
		-e 's/^loglevel=.*/loglevel=5/' /etc/ulogd.conf
}

# NACCT writes the shortest line of all outputs. The size has to be below the maximum:
# ulogd 2.0.8 otherwise refuses it and begins with a buffer of 2,304 bytes. The kernel
# doubles the size.
ulogd_best() {
	local plugins
	plugins=$(dirname "$(find /usr/lib -name ulogd_inpflow_NFCT.so | head -n 1)")
	cat <<-C
		[global]
		logfile="/run/ulogd.log"
		plugin="$plugins/ulogd_inpflow_NFCT.so"
		plugin="$plugins/ulogd_filter_IP2STR.so"
		plugin="$plugins/ulogd_output_NACCT.so"
		stack=ct1:NFCT,ip2str1:IP2STR,nacct1:NACCT
		[ct1]
		event_mask=0x00000005
		hash_enable=0
		netlink_socket_buffer_size=$((large / 2))
		netlink_socket_buffer_maxsize=$large
		[nacct1]
		file="/run/ulogd.out"
	C
}

# ctagg's options for a contender such as "bpf nat": its second word.
ctagg_options() {
	case ${1#* } in
	masks) echo "--key src/24,dst/24/64,dport,proto,icmp,dir" ;;
	distinct) echo "--key dst,dport,proto,icmp,dir --distinct src" ;;
	wide) echo "--key src,dst,sport,dport,proto,icmp,icmp-code,dir,zone,mark" ;;
	nat) echo "--key src,dst,dport,proto,icmp,dir,nat-src,nat-sport,nat-dst,nat-dport" ;;
	select) echo "--proto tcp,udp --src !203.0.113.0/24 --dst 0.0.0.0/0,::/0 --dport 1-65535" ;;
	nothing) echo "--proto !udp" ;;
	top) echo "--top 100" ;;
	interim) echo "--interim" ;;
	esac
}

# Start ctagg with the table that the first word of $1 names and room for $2 keys.
start_ctagg() {
	local room=65536
	[ "$2" -le $room ] || room=262144
	case $1 in *flood) room=65536 ;; *million) room=1048576 ;; esac
	# shellcheck disable=SC2046 # options
	taskset -c 0 "$build/ctagg" -v --table="${1%% *}" -m $room -o out $(ctagg_options "$1") 2>ready &
	pid=$!
	wait_ready
}

# Wait until a foreign program has joined the groups of conntrack events.
wait_listening() {
	while ! awk '$2 == 12 && $4 ~ /[1-9]/ { n = 1 } END { exit !n }' /proc/net/netlink; do
		kill -0 "$pid" 2>/dev/null || { echo "compare: $1 has not started" >&2; exit 1; }
		sleep 0.02
	done
}

# Start contender $1 on the first CPU, for $2 keys; return when it listens.
start_contender() {
	local before
	rm -f out ulogd.out syslogemu.log ulogd.log messages
	pid=
	: >ready
	case $1 in
	none) ;;
	floor)
		taskset -c 0 "$build/bench/floor" >ready &
		pid=$!
		wait_ready ;;
	bpf* | hash*)
		start_ctagg "$1" "$2" ;;
	conntrack)
		taskset -c 0 conntrack -E >/dev/null 2>messages &
		pid=$!
		wait_listening "$1" ;;
	conntrack-best)
		before=$(set_default_buffer "$large")
		taskset -c 0 conntrack -E -e NEW,DESTROY >/dev/null 2>messages &
		pid=$!
		wait_listening "$1"
		[ -z "$before" ] || set_default_buffer "$before" >/dev/null ;;
	ulogd2 | ulogd2-best)
		[ "$1" = ulogd2 ] && ulogd_shipped >ulogd.conf || ulogd_best >ulogd.conf
		taskset -c 0 ulogd -c ulogd.conf >/dev/null 2>&1 &
		pid=$!
		wait_listening "$1" ;;
	esac
}

# The receive buffer that the listener got, in bytes as the kernel counts.
buffer_bytes() {
	ss -H -f netlink -m | awk '/nft:/ && !/:kernel/ { sub(/.*,rb/, ""); if ($0 + 0 > n) n = $0 + 0 } END { print n + 0 }'
}

# Have ctagg close its window and write it.
flush_ctagg() {
	kill -USR2 "$pid"
	while ! grep -q '"closed_by":"signal"' out 2>/dev/null; do
		kill -0 "$pid" 2>/dev/null || { echo "$(basename "$0"): ctagg has ended: $(tail -n 1 ready)" >&2; exit 1; }
		sleep 0.02
	done
}

# Of what has ended, as JSON: the events that its output tells of, and what it says of
# losses: a number of events (ctagg), or how many warnings without a number.
# conntrack counts its lines itself. A line of ulogd2 with its hash is a connection, so it
# counts for two events, although the start may have been lost.
told() {
	case $1 in
	bpf* | hash*)
		jq -s -c '{delivered: (map(select(.type == "window") | .starts + .ends + .unselected_events) | add),
			says: (map(select(.type == "window") | .lost_events) | add)}' out ;;
	conntrack*)
		jq -n -c --argjson n "$(sed -n 's/.* \([0-9]*\) flow events have been shown.*/\1/p' messages)" \
			--argjson w "$(grep -c ENOBUFS messages)" '{delivered: $n, warnings: $w}' ;;
	ulogd2)
		jq -n -c --argjson n "$(wc -l <syslogemu.log)" --argjson w "$(grep -c 'losing events' ulogd.log)" \
			'{delivered: (2 * $n), warnings: $w}' ;;
	ulogd2-best)
		jq -n -c --argjson n "$(wc -l <ulogd.out)" --argjson w "$(grep -c 'losing events' ulogd.log)" \
			'{delivered: $n, warnings: $w}' ;;
	*)
		echo '{}' ;;
	esac
}

# One contender under a short load, for what an event costs the kernel: a line of JSON.
#   c, k, r    contender, keys, round
#   ns         processor time of the generator for one event: what the kernel does for the
#              listeners is part of it
cost() {	# contender, keys, round, options of ctgen
	start_contender "$1" "$2"
	generate "$2" "${@:4}"
	[ -z "$pid" ] || end_reader
	jq -c --arg c "$1" --argjson k "$2" --argjson r "$3" \
		'{c: $c, k: $k, r: $r, ns: (.cpu_seconds * 1e9 / (.created + .deleted))}' gen
}

# One contender under one load, until it has dealt with all that it received: a line of
# JSON. As cost(), and
#   generated    events, by the kernel's answers to the generator
#   dropped      of these, events that found no room in the reader's socket, by the
#                kernel's count
#   delivered, says, warnings   as told() has them
#   behind       seconds that the reader went on reading after the load had ended
#   cpu_ns       the reader's processor time
#   kib, buffer  its peak memory; its receive buffer in bytes
account() {	# contender, keys, round, options of ctgen
	local begin end kib buffer dropped ended
	start_contender "$1" "$2"
	begin=$(cpu_ns)
	buffer=$(buffer_bytes)
	generate "$2" "${@:4}"
	ended=$(date +%s%N)
	wait_empty
	ended=$((($(date +%s%N) - ended) / 1000000))
	settle
	case $1 in bpf* | hash*) flush_ctagg ;; esac
	end=$(cpu_ns)
	kib=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
	dropped=$(event_socket 9)
	end_reader
	told "$1" | jq -c --slurpfile gen gen --arg c "$1" --argjson k "$2" --argjson r "$3" \
		--argjson cpu "$((end - begin))" --argjson kib "$kib" --argjson buffer "$buffer" \
		--argjson dropped "$dropped" --argjson behind "$ended" \
		'($gen[0].created + $gen[0].deleted) as $n | . + {c: $c, k: $k, r: $r, ns: ($gen[0].cpu_seconds * 1e9 / $n),
			generated: $n, dropped: $dropped, behind: ($behind / 1000), cpu_ns: $cpu, kib: $kib, buffer: $buffer}'
}
