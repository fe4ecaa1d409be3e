#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The procedures of ctagg-cookbook(7) that want packages and systemd, typed as they stand on the page
# (./page) on a Debian that has just been started: from installing to removing. Connections are
# made by this script; the oracle of their number is a counter of nftables.
set -u
fail() {
	echo "FAIL: $*"
	journalctl --no-pager --unit=ctagg | tail -n 20
	exit 1
}
equal() { [ "$2" = "$3" ] || fail "$1: $2, expected $3"; }
wait_for() {
	local until=$((SECONDS + 60))
	while [ $SECONDS -lt $until ]; do
		"$@" && return
		sleep 0.05
	done
	fail "never came true: $*"
}
. ./typing-lib.sh

# --- connections -------------------------------------------------------------------------
ip link set lo up
nft -f - <<'N'
table inet track {
	counter made { }
	chain out {
		type filter hook output priority 0
		ct state new udp dport 9 counter name made
	}
}
N
made() { nft -j list counter inet track made | jq '.nftables[] | .counter // empty | .packets'; }
# A hundred a second or less, until the file `enough' is there: some are in a gap of a tenth of a second,
# and jq has not much to read. Each has an address of its own: one that nobody has answered would be new again.
echo 65536 >number
connect() {
	local i
	for ((i = $(cat number); ; i++)); do
		[ ! -e enough ] || break
		echo >"/dev/udp/127.$((i >> 16)).$((i >> 8 & 255)).$((i & 255))/9"
		sleep 0.01
	done 2>/dev/null
	echo $((i + 1)) >number
}
under_load() {	# what to type
	local load
	command rm -f enough
	connect &
	load=$!
	types "$1"
	touch enough
	wait $load
}
windows=/var/log/ctagg/ctagg.jsonl
starts() { jq -s 'map(select(.type == "flow" and .dst_port == 9).starts) | add // 0' "$@"; }
end_window() {
	local before
	before=$(ended)
	systemctl kill --kill-whom=main --signal=USR2 ctagg
	wait_for has_ended "$before"
}
ended() { cat $windows* | grep -c '"closed_by":"signal"'; }
has_ended() { [ "$(ended)" -gt "$1" ]; }

# --- install -----------------------------------------------------------------------------
procedure "INSTALL"
types "apt-get install -y ./ctagg_*.deb ./ctagg-deliver_*.deb"
types "systemctl is-enabled ctagg"
sees 1
types "systemctl is-active ctagg"
sees 1
types "ctagg --check"
sees 1
procedure_ends

# --- accounting at boot ------------------------------------------------------------------
accounting() { tail -n 1 $windows | jq .accounting; }
end_window
equal "accounting in a window before" "$(accounting)" false
procedure "SWITCH ACCOUNTING ON AT BOOT"
types "cp *modules-load.d/ctagg.conf /etc/modules-load.d/"
types "cp *sysctl.d/ctagg.conf /etc/sysctl.d/"
types "systemctl restart systemd-modules-load systemd-sysctl"
types "sysctl net.netfilter.nf_conntrack_acct"
sees 1
procedure_ends
end_window
equal "accounting in a window" "$(accounting)" true

# --- other options -----------------------------------------------------------------------
procedure "RUN UNDER SYSTEMD"
types "sed -i *spool* /etc/default/ctagg"
types "systemctl restart ctagg"
types "systemctl show --property=ActiveState,User ctagg"
sees 2
end_window
has_status() { systemctl show --property=StatusText --value ctagg | grep -q written; }
wait_for has_status
types "systemctl show --property=StatusText --value ctagg"
sees 1
types "systemctl enable --now ctagg-snapshot.timer"
types "journalctl --no-pager --unit=ctagg"
procedure_ends
equal "nominal length" "$(tail -n 1 $windows | jq .window_ms)" 10000
[ -n "$(ls /var/lib/ctagg/spool/new)" ] || fail "nothing in the spool"
systemctl is-active --quiet ctagg-snapshot.timer || fail "the timer is not active"

# --- rotate ------------------------------------------------------------------------------
# Every window is in one of the two files.
before=$(starts $windows)
under_load_of=$(made)
for _ in 1 2 3; do echo >/dev/udp/127.0.0.1/9; done
end_window
procedure "ROTATE"
types "logrotate --debug /etc/logrotate.d/ctagg"
[ ! -e $windows.1 ] || fail "--debug rotates"
grep -q "rotating pattern: .*/var/log/ctagg/\*.jsonl" said || fail "not read: $(cat said)"
under_load "logrotate --force /etc/logrotate.d/ctagg"
types "ls /var/log/ctagg/ctagg.jsonl*"
sees 2
procedure_ends
end_window
[ -s $windows ] || fail "nothing in the new file"
equal "connections in both files" "$(cat $windows.1 $windows | starts)" "$((before + $(made) - under_load_of))"

# --- upgrade -----------------------------------------------------------------------------
# What is in no window of the service began in a gap. The other ctagg's windows have all that began
# while it ran, and those that were open in the gap at least as much as is missing.
counted=$(starts $windows) made=$(made)
procedure "UPGRADE"
under_load "dpkg -i ./ctagg_*.deb ./ctagg-deliver_*.deb"
wait_for systemctl is-active --quiet ctagg
end_window
first=$(($(made) - made - ($(starts $windows) - counted)))
[ $first -gt 0 ] || fail "no connection began in the first gap: $first"
types "jq -s -r -f *gaps.jq /var/log/ctagg/ctagg.jsonl"
equal "gaps of one upgrade" "$(wc -l <said)" 1
sees 1

types "ctagg -v -w 1s *--tag=bridge=yes *&"
wait_for grep -q '^ctagg: ready' said
bridge=
types 'bridge=$!'
counted=$(starts $windows) made=$(made)
under_load "dpkg -i ./ctagg_*.deb ./ctagg-deliver_*.deb"
wait_for systemctl is-active --quiet ctagg
end_window
types 'kill $bridge'
wait "$bridge" || fail "the other ctagg ended with status $?"
second=$(($(made) - made - ($(starts $windows) - counted)))
[ $second -gt 0 ] || fail "no connection began in the second gap: $second"
types "jq -s -r -f *gaps.jq /var/log/ctagg/ctagg.jsonl"
equal "gaps of two upgrades" "$(wc -l <said)" 2
cp said gaps
types "jq -s -r -f *gaps.jq /var/log/ctagg/ctagg.jsonl /var/log/ctagg/bridge.jsonl"
equal "gaps beside the other ctagg" "$(cat said)" "$(head -n 1 gaps)"
procedure_ends
equal "connections that the other ctagg tells of" "$(starts /var/log/ctagg/bridge.jsonl)" $(($(made) - made))
read -r from until < <(tail -n 1 gaps | cut -f 2,3)
open=$(jq -s --arg from "$from" --arg until "$until" 'map(select(.type == "window" and .window_start < $until and .window_end > $from).starts) | add' \
	/var/log/ctagg/bridge.jsonl)
[ "$open" -ge $second ] || fail "$second connections began in the gap, and the other ctagg tells of $open"
# The bounds of the runs, said by themselves.
jq -s -r 'map(select(.type == "window")) | group_by(.run) | map(sort_by(.seq)) | sort_by(.[0].window_start)
	| [.[:-1], .[1:]] | transpose[] | "\(.[0][-1].window_end) \(.[1][0].window_start)"' $windows >bounds
equal "bounds of the runs" "$(cut -f 2,3 gaps | tr '\t' ' ')" "$(cat bounds)"
echo "$first and $second connections began in the gaps: $(cut -f 4 gaps | paste -sd,)"

# --- remove ------------------------------------------------------------------------------
procedure "REMOVE"
types "cp -r /var/log/ctagg /root/windows"
types "apt-get purge -y ctagg ctagg-deliver"
sees 2
types "rm /etc/modules-load.d/ctagg.conf /etc/sysctl.d/ctagg.conf"
types "find / -xdev -name '\*ctagg\*' -not -path '/root/\*'"
equal "files that are left" "$(cat said)" ""
types "getent passwd ctagg ctagg-deliver" 2
equal "users that are left" "$(cat said)" ""
procedure_ends
! pgrep -x ctagg || fail "ctagg still runs"
[ -s /root/windows/ctagg.jsonl ] || fail "the windows are not kept"
