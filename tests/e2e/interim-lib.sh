# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# For tests of --interim: a host that sends over connections which stay open, and windows
# that end when the test says so, so that the sums of each window are known. The oracle is
# conntrack -L.
# Sourced, after lib.sh.

find_tables
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_events=1 \
	net.netfilter.nf_conntrack_udp_timeout=600
host a 1
track
# No socket takes the packets, so the sender must not be told; and packets shall also come
# while our address is gone, so the sender knows our link address for good.
nft add chain inet track quiet '{ type filter hook output priority 1; }'
nft add rule inet track quiet icmp type destination-unreachable drop
ip -n a neigh replace 10.9.1.1 lladdr "$(ip -j link show to-a | jq -r ".[].address")" dev eth0 nud permanent

# A UDP connection of host a to our port $1.
declare -A talks
talk() {
	mkfifo "say.$1"
	# shellcheck disable=SC2016 # the other shell's
	ip netns exec a bash -c 'exec 3<>/dev/udp/10.9.1.1/$0
		while read -r n; do while ((n-- > 0)); do printf x >&3; done; done <say.$0' "$1" &
	exec {fd}>"say.$1"
	talks[$1]=$fd
}
# End the connection's sender.
hush() {
	local fd=${talks[$1]}
	exec {fd}>&-
	rm "say.$1"
}
connection() { conntrack -L -p udp --orig-port-dst "$1" 2>/dev/null; }
carried() { connection "$1" | sed -n 's/.*packets=\([0-9]*\).*packets=.*/\1/p'; }
has_carried() { [ "$(carried "$1")" = "$2" ]; }
# Send packets over a connection, and wait until conntrack has counted them.
say() {	# port, how many
	local before
	before=$(carried "$1")
	echo "$2" >&"${talks[$1]}"
	wait_for has_carried "$1" $((${before:-0} + $2))
}
forget() { conntrack -D -p udp --orig-port-dst "$1" >/dev/null 2>&1; }

# Start the program once for each of $tables; its windows end when they are told to.
start_interim() {
	start_all --interim --no-align -w 1h "$@"
}
# End the open window, which counts what connections have carried.
end_window() {
	local table
	local -A ended
	for table in $tables; do
		ended[$table]=$(windows "out.$table")
	done
	kill -USR2 "${pids[@]}"
	for table in $tables; do
		wait_for has_windows $((ended[$table] + 1)) "out.$table"
	done
}
# A field of each window, in one line: what, field, the values expected.
expect() {
	for table in $tables; do
		equal "$1, $table: $2" "$(jq -r "select(.type == \"window\") | .$2 // 0" "out.$table" | paste -sd ' ')" "$3"
	done
}
