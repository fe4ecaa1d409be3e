# shellcheck shell=dash disable=SC2154 # the functions and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: the filter on the socket. What it needs, and what happens without.
usual_loads ""

old=$(cat /proc/sys/net/core/optmem_max)
echo 2048 >/proc/sys/net/core/optmem_max
start ctagg -v --table=bpf -w 1
ctgen --here --keys 100 --events 4000 >gen
stop
echo "$old" >/proc/sys/net/core/optmem_max
check "optmem_max too small: the stub" bpf folded

start only +net_admin ctagg -v -w 1
ctgen --here --keys 500 --events 4000 >gen
stop
check "without CAP_BPF: falls back" hash
grep -q 'no kernel table' err || result "the fallback says so" "FAILED"

(only +net_admin ctagg --table=bpf -c 1) >out 2>err
status=$?
if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ]; then
	result "without CAP_BPF: --table=bpf" "ok status 1, $(cat err)"
else
	result "without CAP_BPF: --table=bpf" "FAILED status $status"
fi

# Without CAP_PERFMON the verifier is stricter.
start only +net_admin,+bpf ctagg -v --table=bpf -w 1
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "CAP_NET_ADMIN and CAP_BPF only" bpf folded

start only +net_admin,+bpf ctagg -v --table=bpf -w 1 --key src/24,dst/24/64,sport,dport,proto,nat-dst,nat-dport,zone,mark/0xff \
	--proto tcp,udp --src 0.0.0.0/0,::/0 --dst '!203.0.113.0/24' --zone 0 --mark '!3,0x80/0xf0' \
	--addr '!203.0.113.0/24' --port 0-65535
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "the same, another key and a selection" bpf folded

# Labels in the key, which change in between.
printf '10.0.0.0/25,some\n::/0,six\n' >labels.csv
start only +net_admin,+bpf ctagg -v --table=bpf -w 1,2 --key src/24,src-label,dst-label,proto,dir,zone,nat-dst \
	--labels=labels.csv --src 0.0.0.0/0,::/0
ctgen --here --mixed --keys 500 --events 4000 >gen
printf '10.0.0.0/24,others\n::/0,six\n' >labels.csv
kill -HUP $pid
while ! grep -q 'from the next window on' err && kill -0 $pid; do usleep 100000; done
seen=$(grep -c '"type":"window".*"window_ms":1000' out)
while [ "$(grep -c '"type":"window".*"window_ms":1000' out)" -le "$seen" ] && kill -0 $pid; do usleep 100000; done
ctgen --here --mixed --keys 500 --events 4000 >>gen
stop
grep '"window_ms":2000' out >level
grep '"window_ms":1000' out >windows && mv windows out
check "the same, labels in the key" bpf folded
if grep -q '"src_label":"some"' out && grep -q '"src_label":"others"' out; then
	result "labels that change" "ok $(grep -c src_label out) records"
else
	result "labels that change" "FAILED $(tail -n 1 err)"
fi
[ "$(grep '"type":"window"' level | sed 's/.*"starts":\([0-9]*\).*/\1/' | awk '{ s += $1 } END { print s + 0 }')" = "$(did created)" ] ||
	result "labels that change: the level" "FAILED"

start only +net_admin,+bpf ctagg -v --table=bpf -w 500ms --interim
ctgen --here --mixed --keys 500 --events 4000 >gen
stop
check "the same, live connections" bpf
