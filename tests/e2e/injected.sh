#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Starts that a process has caused, by both tables: `conntrack -I', and `conntrackd -c' on the
# gateway of a pair that takes over. Packets cause the other starts, and `conntrack -L', which
# makes none, causes nothing. The oracle is conntrack -E -o userspace.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
command -v conntrackd >/dev/null || { echo "conntrackd is not installed"; exit 77; }

# A gateway of a pair with its other gateway: its connections go there.
daemon() {	# name, its address, the other's, device -- command that runs the daemon
	cat >"$1.conf" <<-C
		Sync {
			Mode FTFW {
				CommitTimeout 60
				PurgeTimeout 60
			}
			UDP {
				IPv4_address $2
				IPv4_Destination_Address $3
				Port 3780
				Interface $4
				Checksum on
			}
		}
		General {
			HashSize 1024
			HashLimit 8192
			LockFile $PWD/$1.lock
			UNIX {
				Path $PWD/$1.ctl
			}
			Filter From Userspace {
				Protocol Accept {
					UDP
				}
				Address Ignore {
					IPv4_address 10.9.1.1
					IPv4_address 10.9.1.2
				}
			}
		}
	C
	"${@:6}" conntrackd -C "$PWD/$1.conf" >"$1.log" 2>&1 &
	wait_for answers "$1"
}
answers() { conntrackd -C "$1.conf" -s >/dev/null 2>&1; }
cached() { [ "$(conntrackd -C here.conf -e 2>/dev/null | grep -c udp)" = "$1" ]; }

host a 1
track
find_tables
daemon there 10.9.1.2 10.9.1.1 eth0 -- ip netns exec a
daemon here 10.9.1.1 10.9.1.2 to-a -- env
start_all -w 1h,2h
start_oracle truth -e NEW -o userspace

ping -q -c 1 10.9.1.2 >/dev/null || fail "no ping"
"$TOOLS/packets" --count 3 --to 10.9.1.2 --port 53 >/dev/null
for port in 1 2 3 4 5; do
	conntrack -I -p udp -s 10.77.0.1 -d 10.77.0.2 --sport $port --dport 9 -t 60 >/dev/null 2>&1 || fail "conntrack -I"
done
conntrack -L >/dev/null 2>&1
conntrack -U -p udp -s 10.77.0.1 -t 90 >/dev/null 2>&1 || fail "conntrack -U"
# So many that the oracle's buffer has room for them all at once.
ip netns exec a "$TOOLS/ctgen" --hold --keys 100 --events 100 --live 100 >/dev/null || fail "ctgen"
wait_for cached 100
conntrackd -C here.conf -c >commit 2>&1 || fail "conntrackd -c: $(cat commit)"
committed() { [ "$(grep -c 'USERSPACE' truth)" -ge 105 ]; }
wait_for committed
end_oracle
finish_all

injected=$(grep -c '\[NEW\].*USERSPACE' truth)
equal "connections that were made and taken over" "$injected" 105
others=$(grep '\[NEW\]' truth | grep -vc USERSPACE)
[ "$others" -ge 2 ] || fail "no packet caused a start"
for table in $tables; do
	jq -c 'select(.type == "window") | [.window_ms, .starts, .injected_starts]' "out.$table" >said
	equal "$table: starts, and those that were injected" "$(cat said)" \
		"$(printf '[%d,%d,%d]\n' 3600000 $((injected + others)) "$injected" 7200000 $((injected + others)) "$injected")"
done
