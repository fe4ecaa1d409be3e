#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without CAP_BPF --table=auto counts in memory and says so once, and --table=bpf fails.
# With CAP_BPF and CAP_NET_ADMIN alone the kernel table works.
. "$(dirname "$0")/lib.sh"

cp "$CTAGG" /run/ctagg
cat >/run/with <<'S'
#!/bin/sh
# the program as nobody, with some capabilities
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set "-all,$CAPS" \
	--inh-caps "-all,$CAPS" --ambient-caps "-all,$CAPS" /run/ctagg "$@"
S
chmod 755 /run/with
CTAGG=/run/with
export CAPS

# A user namespace has no user nobody, and BPF is refused to its root.
if ! CAPS=+net_admin /run/with -V >/dev/null 2>&1; then
	CTAGG=/run/ctagg
	rootless=1
fi

CAPS=+net_admin
TABLE=auto start -w 1h
equal "lines about the table" "$(grep -c 'kernel table' err)" 1
grep -qE 'no kernel table, counting in memory: .*(CAP_BPF|has no BPF)' err || fail "no reason given"
gen --keys 100 --events 1000
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal ends "$(total ends)" "$(did deleted)"
equal table "$(jq -r 'select(.type == "window").engine' out)" hash
equal folded "$(total kernel_events)" 0

"$CTAGG" --table=bpf -w 100ms -c 1 >out 2>err
equal "status of --table=bpf" $? 1
equal "lines of --table=bpf" "$(wc -l <err)" 1
grep -qE 'CAP_BPF|has no BPF' err || fail "no reason given"
[ ! -s out ] || fail "--table=bpf writes records without a table"
if [ -n "${rootless-}" ] || grep -q 'has no BPF' err; then
	exit 0
fi

# Without CAP_PERFMON the verifier is stricter.
CAPS=+net_admin,+bpf
: >out
TABLE=bpf start -w 1h
while read -r name set; do
	[ $((0x$set & ~(1 << 12 | 1 << 39))) = 0 ] || fail "capabilities left: $name $set"
done < <(grep -E '^Cap(Inh|Prm|Eff|Amb):' /proc/"$PID"/status)
gen --keys 100 --events 10000 --mixed
finish
check_output
equal starts "$(total starts)" "$(did created)"
equal ends "$(total ends)" "$(did deleted)"
equal folded "$(total kernel_events)" "$(($(did created) + $(did deleted)))"

# It takes the program for every kind of key and selection, and for --interim.
while read -r options; do
	eval "set -- $options"
	"$CTAGG" --table=bpf -w 10ms -c 1 "$@" >/dev/null 2>err || fail "CAP_BPF alone: $options"
done <<'O'
--interim
--key src/24,dst,proto
--key nat-src,nat-dport --interim
--key zone,mark,icmp-code
--key mark/0xff00
--proto tcp
--sport 80 --dport '!53'
--zone 5 --mark '!3'
--mark 0x10/0xf0,0x80000000/0xc0000000,1,2,3,4,5,6-7
--src 10.0.0.0/8
--addr 10.0.0.0/8,fd00::/8
--addr '!10.0.0.1' --port '!53'
--key src,dst,sport,dport,proto,icmp,icmp-code,dir,nat-src,nat-sport,nat-dst,nat-dport,zone,mark --src '!10.0.0.0/8' --dst fd00::/8 --proto udp --addr '!10.1.2.3' --port 1-99 --direction in --dport 53 --sport 1-9 --mark 3 --zone 1-4,9 --interim
O
