# shellcheck shell=dash disable=SC2154 # KEYS and LISTENERS are the caller's
# SPDX-License-Identifier: GPL-2.0-or-later
# The load of bench/instructions, sourced by the script that runs it on an emulated machine, whose clock counts
# instructions, and by the one that runs it on this machine, in nanoseconds. The caller has a function failed(), which
# does not return.
# A program that listens can be waited for: it is one of the sockets of netfilter's netlink
# (12) that have joined groups of ctnetlink, which are the first six bits of column 4: a ctagg that starts
# has joined the group of nftables before. Column 5 is how much waits there, column 9 what found no room.
listening() { awk '$2 == 12 && $4 ~ /[1-9a-f]$|[1-35-79abdef].$/ { n = 1 } END { exit !n }' /proc/net/netlink; }
socket() { awk -v c="$1" '$2 == 12 && $4 ~ /[1-9]/ { s += $c } END { print s + 0 }' /proc/net/netlink; }
cpu_ns() { cat /proc/"$pid"/task/*/schedstat | awk '{ s += $1 } END { printf "%.0f", s }'; }
settle() {
	while [ "$(socket 5)" -gt 0 ]; do usleep 20000; done
	now=$(cpu_ns)
	while before=$now && usleep 100000 && now=$(cpu_ns) && [ "$now" != "$before" ]; do :; done
}

# So many networks of 16 addresses, half of them where the generator's sources are, half around its
# destinations; without any, one that no address is in.
networks() {	# how many
	echo 192.0.2.0/24,nobody
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n / 2; i++) {
			printf "10.%d.%d.%d/28,source %d\n", i / 4096, i / 16 % 256, i % 16 * 16, i % 100
			printf "198.%d.%d.%d/28,destination %d\n", (n < 8192 ? 18 : 16) + i / 4096, i / 16 % 256, i % 16 * 16, i % 100
		}
	}'
}

start() {	# listener
	rm -f out said
	pid=
	case $1 in
	nobody) return ;;
	floor) floor >said & ;;
	bpf | hash) ctagg --table="$1" -w 3600 -m 65536 -o out 2>said & ;;
	trace) ctagg --source=trace -w 3600 -m 65536 -o out 2>said & ;;
	labels*)
		networks "${1#labels}" >labels.csv
		ctagg --table=bpf -w 3600 -k src-label,dst-label --labels=labels.csv -o out 2>said &
		;;
	conntrack) conntrack -E >/dev/null 2>said & ;;
	esac
	pid=$!
	while ! listening; do
		kill -0 $pid 2>/dev/null || { failed "$1 has not started: $(tail -n 1 said)"; }
		usleep 20000
	done
	settle
}

stop() {
	[ -n "$pid" ] || return
	kill -TERM $pid
	wait $pid 2>/dev/null
}

# How many events the listener that has ended tells of; "-" where it has no output.
told() {
	case $1 in
	bpf | trace | hash | labels*) grep '"type":"window"' out | sed 's/.*"starts":\([0-9]*\).*"ends":\([0-9]*\).*/\1 \2/' |
		awk '{ n += $1 + $2 } END { print n + 0 }' ;;
	conntrack) sed -n 's/.* \([0-9]*\) flow events have been shown.*/\1/p' said ;;
	*) echo - ;;
	esac
}

# Make some events: prints how many there were, and nanoseconds of processor time for each.
load() { # keys, events
	ctgen --here --keys "$1" --events "$2" --live 5000 >gen
	sed 's/.*"created":\([0-9]*\),"deleted":\([0-9]*\).*"cpu_seconds":\([0-9.]*\).*/\1 \2 \3/' gen |
		awk '{ printf "%d %.0f\n", $1 + $2, $3 * 1e9 / ($1 + $2) }'
}

measure() { # keys, listener, events
	start "$2"
	begin=$([ -z "$pid" ] || cpu_ns)
	load "$1" "$3" >first
	[ -z "$pid" ] || settle
	load "$1" "$3" >again
	read -r made first <first
	read -r more again <again
	made=$((made + more)) reader=0
	[ -z "$pid" ] || { settle; reader=$((($(cpu_ns) - begin) / made)); }
	stop
	told=$(told "$2")
	[ "$told" != $made ] || told=all
	echo "MEASURED $1 $2 $first $again $reader $told"
}

measure_all() {
	local keys listener events
	for keys in $KEYS; do
		for listener in $LISTENERS; do
			events=$((keys * 2 > 10000 ? keys * 2 : 10000))	# each key at least once
			[ "$listener" != conntrack ] || events=2000	# 300,000 instructions a line
			measure "$keys" "$listener" $events
		done
	done
}
