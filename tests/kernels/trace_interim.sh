# shellcheck shell=dash disable=SC2086,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# Cases of guest.sh, sourced: --interim with --source=trace. What connections have carried in all windows together
# is what a counter of nftables says that all packets have had; and ctagg with --source=netlink says the same.
echo /bin/modprobe >/proc/sys/kernel/modprobe	# nft has modules loaded
for each in udp_timeout udp_timeout_stream icmp_timeout icmpv6_timeout gre_timeout gre_timeout_stream; do
	echo 600 >$netfilter/nf_conntrack_$each
done
echo 1 >$netfilter/nf_conntrack_events	# the end of a connection that began before ctagg comes too
# Zones of both directions, and of one.
nft -f - <<'N' || result "trace: interim" "FAILED nft"
	table inet talked {
		counter carried { }
		chain zones {
			type filter hook output priority -300
			udp dport 10000-10004 ct original zone set 1
			udp dport 10005-10009 ct zone set 2
			udp sport 10005-10009 ct zone set 2
			tcp dport 10005-10009 ct reply zone set 3
			tcp sport 10005-10009 ct reply zone set 3
		}
		chain sent {
			type filter hook output priority 0
			ct state new,established,related counter name carried
		}
	}
N
all_packets() { nft list counter inet talked carried | sed -n 's/.*packets \([0-9]*\) bytes \([0-9]*\).*/\1 \2/p'; }
# What all windows of a file have counted together; and what the entries of the table have carried.
counted() { # file, length of the windows in milliseconds
	grep "\"window_ms\":$2[,}]" "$1" | grep '"type":"window"' |
		sed 's/.*"orig_packets":\([0-9]*\),"orig_bytes":\([0-9]*\),"reply_packets":\([0-9]*\),"reply_bytes":\([0-9]*\).*/\1 \2 \3 \4/' |
		awk '{ p += $1 + $3; b += $2 + $4 } END { print p + 0, b + 0 }'
}
in_table() {
	conntrack -L 2>/dev/null | grep -o '\(packets\|bytes\)=[0-9]*' | tr '=' ' ' |
		awk '$1 == "packets" { p += $2 } $1 == "bytes" { b += $2 } END { print p + 0, b + 0 }'
}
sum() { echo "$*" | awk '{ print $1 + $3, $2 + $4 }'; }

# Wait until talks has done the command, and until the last acknowledgements of TCP have come, which are late.
tell() { # command
	said_before=$(wc -l <talked)
	echo "$1" >&3
	while [ "$(wc -l <talked)" = "$said_before" ] && kill -0 $talks 2>/dev/null; do usleep 20000; done
	until_now=
	while [ "$until_now" != "$(all_packets)" ]; do until_now=$(all_packets); usleep 100000; done
}
ended() { grep -c '"type":"window"' "$1"; }
end_windows() {
	ended_before=$(ended netlink),$(ended trace)
	kill -USR2 $one $two
	while [ "$(ended netlink)" = "${ended_before%,*}" ] || [ "$(ended trace)" = "${ended_before#*,}" ]; do
		kill -0 $one && kill -0 $two || break
		usleep 20000
	done
}
judge() { # name, packets and bytes by the oracle, length of windows
	for each in netlink trace; do
		[ "$status" = 0,0 ] && [ "${2% *}" -gt 0 ] && [ "$(counted $each "$3")" = "$2" ] && ! grep -q '"status":"partial"' $each && continue
		result "$1" "FAILED status $status, $each: $(counted $each "$3") of $2, $(grep -c '"status":"partial"' $each) partial; $(tail -n 1 $each.err)"
		grep -m 1 '"status":"partial"' $each
		return
	done
	result "$1" "ok $2 packets and bytes, in $(ended trace) windows"
}

conntrack -F 2>/dev/null
mkfifo commands
: >talked
talks 20 <commands >>talked &
talks=$!
exec 3>commands
tell "say 3"

# Windows end while nothing is sent. Each step is a window: connections go on; all that have no state are
# removed and begin anew at once; TCP ends and begins anew; all are removed, and stay away.
steps() {
	tell "say 5"
	end_windows
	tell "say 4"
	for each in udp icmp icmpv6 gre; do conntrack -D -p $each >/dev/null 2>&1; conntrack -D -f ipv6 -p $each >/dev/null 2>&1; done
	tell "say 7"
	end_windows
	tell "reset"
	tell "say 2"
	end_windows
	end_windows
	conntrack -F 2>/dev/null
	end_windows
	tell "say 3"
}
same_interim() { # name, options
	label=$1
	shift
	nft reset counter inet talked carried >/dev/null
	before="0 0"
	case $* in *=all*) before=$(in_table) ;; esac
	pair_start "$@"
	steps
	pair_stop
	[ $status = 0,0 ] || { result "$label" "FAILED status $status"; return; }
	if ! cmp -s a b; then
		result "$label" "FAILED $(diff a b | grep -c '^[+-]{') of $(wc -l <trace) records differ; $(tail -n 1 trace.err)"
		diff a b | grep '^[+-]{' | head -n 4
		return
	fi
	# shellcheck disable=SC2046 # two values
	judge "$label" "$(sum $before $(all_packets))" 3600000
}
all_fields=src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark
same_interim "trace: interim" -w 3600 --interim --key $all_fields
same_interim "trace: interim, all that was carried before" -w 3600 --interim=all --key $all_fields
same_interim "trace: interim, in memory, default key" -w 3600,7200 --interim --table=hash

# Windows end while connections carry, end, and begin anew with the same tuples. All that makes or removes
# entries is on one processor: elsewhere a packet could be counted after the end of its connection was told. So
# could an acknowledgement of TCP that a timer sends: connections of TCP stay open.
nft reset counter inet talked carried >/dev/null
taskset -p 1 $talks >/dev/null
pair_start -w 100ms,1s --interim
(
	while [ ! -e enough ]; do
		for each in udp icmp gre; do conntrack -D -p $each; done
		for each in udp icmpv6 gre; do conntrack -D -f ipv6 -p $each; done
	done
) >/dev/null 2>&1 &
removing=$!
taskset -p 1 $removing >/dev/null
for _ in 1 2 3 4 5; do
	tell "say 5"
done
touch enough
wait $removing
pair_stop
judge "trace: interim, tuples are used again" "$(all_packets)" 100
judge "trace: interim, the level of that" "$(all_packets)" 1000

exec 3>&-
wait $talks
nft delete table inet talked
conntrack -F 2>/dev/null
echo 2 >$netfilter/nf_conntrack_events
