# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the benchmark scripts share: private namespaces to run in, a reader that is
# started and waited for, its processor time, the load generator. Sourced.
set -u
# shellcheck disable=SC2034 # for the scripts
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
last_cpu=$(($(nproc) - 1))	# the generator's; readers run on the first CPU
pid=				# the reader's
build=				# the build directory whose programs run; scripts set it

# Leave unless the build directory $1 has the programs named after it.
need() {
	local dir=$1 program
	shift
	for program; do
		[ -x "$dir/$program" ] && continue
		echo "$(basename "$0"): $dir/$program is missing: make -C $dir bench" >&2
		exit 1
	done
}

# Run the calling script again, with its arguments, in private network, mount and pid
# namespaces; the second time go on, in an empty directory. The descriptor BENCH_WORLD
# is the network namespace that the script came from: machine-wide sysctls of net.core
# can only be set there.
private_world() {
	local outside
	if [ -z "${BENCH_WORLD-}" ]; then
		exec {outside}</proc/self/ns/net
		BENCH_WORLD=$outside unshare --net --mount --pid --fork --kill-child bash "$0" "$@"
		exit $?
	fi
	# Process 1 of a namespace heeds only signals that it has a trap for. All others end with it.
	trap 'exit 130' INT TERM
	mount -t proc proc /proc
	mount -t tmpfs tmpfs /run
	cd /run || exit 1
	ip link set lo up
}

# Wait until the reader has said that it is ready in the file `ready`, or has ended.
wait_ready() {
	while ! grep -q ready ready && kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
	kill -0 "$pid" 2>/dev/null || { echo "$(basename "$0"): the reader has not started: $(tail -n 1 ready)" >&2; exit 1; }
}

# Processor time of the reader so far, in nanoseconds. /proc/PID/stat would say it in
# ticks of 10 ms.
cpu_ns() {
	awk '{ s += $1 } END { printf "%.0f", s }' /proc/"$pid"/task/*/schedstat
}

# The reader's event socket as the kernel sees it: column 5 is what waits in it, in
# bytes; column 9 is how many messages found no room. Only an event socket has joined
# groups (column 4), and the generator has joined none.
event_socket() {
	awk -v c="$1" '$2 == 12 && $4 != "00000000" && $4 != "Groups" { s += $c } END { print s + 0 }' /proc/net/netlink
}

# Return when nothing waits in the reader's event socket.
wait_empty() {
	while [ "$(event_socket 5)" -gt 0 ]; do sleep 0.02; done
}

# Return when the reader has read all that waits and has gone to sleep.
settle() {
	local before now
	wait_empty
	now=$(cpu_ns)
	while before=$now; sleep 0.1; now=$(cpu_ns); [ "$now" != "$before" ]; do :; done
}

end_reader() {
	kill "$pid"
	wait "$pid" 2>/dev/null
}

# Make connections of $1 keys, on the last CPU; what was done is in the file `gen`.
# The generator is that of the build directory $build.
generate() {
	local keys=$1
	shift
	"$build/tests/tools/ctgen" --cpu "$last_cpu" --keys "$keys" --live 5000 "$@" >gen ||
		{ echo "$(basename "$0"): ctgen failed" >&2; exit 1; }
}

# Send so many packets into the rule that drops_world() made, from the last CPU; print
# the sender's processor time in nanoseconds: its CPU also runs the rule. The shell says
# it in milliseconds: seconds of user and system.
send_packets() {
	local TIMEFORMAT='%3U %3S'
	{ time taskset -c "$last_cpu" "$build/tests/tools/packets" --count "$1" \
		--to 127.0.0.1 --port 5000 --ports 10 >/dev/null; } 2>&1 |
		awk '{ printf "%.0f", ($1 + $2) * 1e9 }'
}

# A rule that drops UDP to ports 5000 to 5009 and logs it to group 5.
drops_world() {
	nft -f - <<-'N' || exit 1
		table inet filter {
			chain input {
				type filter hook input priority 0
				udp dport 5000-5009 log prefix "bench" group 5 drop
			}
		}
	N
}
