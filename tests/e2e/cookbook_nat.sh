#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg-cookbook(7): who had a translated address and port at a time, by conntrack(8) as the oracle; and flows that
# Debian's nfcapd receives by IPFIX.
. "$(dirname "$0")/lib.sh"
. "$E2E/cookbook-lib.sh"
for tool in nfcapd nfdump; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
"$CTAGG-deliver" --version | grep -q libfixbuf || { echo "built without libfixbuf"; exit 77; }
install_all
systemd-sysusers /usr/lib/sysusers.d/ctagg.conf && systemd-tmpfiles --create /usr/lib/tmpfiles.d/ctagg.conf || fail "users and folders"
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.ipv4.ip_forward=1
host a 1
host b 2
track
nft -f - <<'N' || { echo "nft does not work here"; exit 77; }
table ip gateway {
	chain out { type nat hook postrouting priority srcnat
		ip saddr 10.9.1.2 oifname "to-b" meta l4proto tcp masquerade to :2000-2003
	}
}
N
serve b 443
serve a 8080

procedure "NAT LOG DUTY"
types "ctagg -v --events --proto=tcp,udp --enable=timestamp *&"
PID=$!
is_ready() { grep -q '^ctagg: ready' said; }
wait_for is_ready
start_oracle seen -e NEW -p tcp
for _ in 1 2 3; do
	ip netns exec a ncat -z 10.9.2.2 443 || fail "no connection to b"
done
end_oracle
conntrack -D >/dev/null 2>&1
has_ends() { [ "$(grep -c '"kind":"end"' /var/log/ctagg/nat.jsonl)" -ge 3 ]; }
wait_for has_ends
# Who had port 2000, or the port that somebody had: the kernel chooses among four.
had=$(grep -oE 'dst=10.9.2.1 sport=443 dport=200[0-3]' seen | head -n 1 | grep -oE '200[0-3]$')
sed -i "s/reply_dst_port == 2000/reply_dst_port == $had/" "page/NAT LOG DUTY.commands"
exec 4< <(tail -n +2 "page/NAT LOG DUTY.commands")
types "jq -r 'select(.kind == \"end\" and .reply_dst_ip *"
sees 1
equal "who had port $had" "$(cut -f 3- said | sort)" \
	"$(sed -nE "s/.* src=([^ ]*) dst=[^ ]* sport=([0-9]*) .* src=[^ ]* dst=10.9.2.1 sport=443 dport=$had.*/\1\t\2/p" seen | sort)"
types "jq -c 'select(.type == \"loss\")' *"
sees 1
procedure_ends
equal "seconds with losses" "$(cat said)" 0
finish

# --- flows by IPFIX -------------------------------------------------------------------------------
conntrack -F >/dev/null 2>&1
echo "127.0.0.1 collector.example" >>/etc/hosts
mkdir -p /var/cache/nfdump
: >nfcapd.log
nfcapd -w /var/cache/nfdump -p 4739 -b 127.0.0.1 -t 3600 >nfcapd.log 2>&1 &
collector=$!
wait_for grep -q Startup nfcapd.log
cat >as_service <<'C'
#!/bin/sh
exec setpriv --reuid=ctagg --regid=ctagg --init-groups --inh-caps=+net_admin,+bpf --ambient-caps=+net_admin,+bpf /usr/bin/ctagg "$@"
C
chmod +x as_service
CTAGG=./as_service start -w 1h --interim --dport=8080 --spool=/var/lib/ctagg/spool
exec 7<>/dev/tcp/10.9.1.2/8080
conntrack -L -p tcp --dport 8080 2>/dev/null >live
equal "connections" "$(wc -l <live)" 1
finish
procedure "SEND FLOWS BY IPFIX"
types "runuser -u ctagg-deliver -- ctagg-deliver *--ipfix=collector.example:4739"
sees 1
socket_is_empty() { [ -z "$(ss -Huln "sport = :4739" | awk '$2 > 0')" ]; }
wait_for socket_is_empty
kill $collector
wait $collector
types "nfdump -R /var/cache/nfdump *"
sees 1
procedure_ends
equal "bytes" "$(awk '$1 == "TCP" { print $2, $3, $4, $5, $6 }' said)" \
	"$(sed -nE 's/.* src=([^ ]*) dst=([^ ]*) .*dport=8080 .*bytes=([0-9]*) src=.* bytes=([0-9]*).*/\1 \2 8080 \3 \4/p' live)"
