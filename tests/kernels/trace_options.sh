# shellcheck shell=dash disable=SC2154 # the functions, $pid and $status are of cases.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh: other options together with --source=trace. Netlink, beside it, has tests
# of these options of its own.
some() {
	ctgen --here --mixed --keys 200 --events 2000
	ctgen --here --mixed --zone 7 --mark 517 --keys 50 --events 400
	ctgen --here --nat --proto tcp --mark 3 --keys 50 --events 400
	ctgen --here --ipv6 --proto udp --keys 50 --events 400
}
printf '10.0.0.0/25,some\n10.0.0.128/25,others\n::/0,six\n' >labels.csv
pair "trace: labels in the key" some --labels=labels.csv --key src-label,dst-label,proto
pair "trace: labels beside the key, levels" some -w 3600,7200 --labels=labels.csv --key src,zone,mark
pair "trace: labels, in memory" some --labels=labels.csv --key src-label,dst --buffer-size=4194304
pair "trace: distinct" some --distinct=src --key dst,proto
pair "trace: a tag and a host" some --tag site=one --host gate --key src/24,dir

# New labels are in force from the next window on.
start ctagg -v --source=trace -w 1 --key src-label --labels=labels.csv
ctgen --here --mixed --keys 500 --events 4000 >gen
printf '0.0.0.0/0,four\n::/0,six\n' >labels.csv
kill -HUP $pid
while ! grep -q 'from the next window on' err && kill -0 $pid; do usleep 100000; done
seen=$(grep -c '"type":"window"' out)
while [ "$(grep -c '"type":"window"' out)" -le "$seen" ] && kill -0 $pid; do usleep 100000; done
ctgen --here --mixed --keys 500 --events 4000 >>gen
stop
check "trace: SIGHUP, other labels" bpf folded
if ! grep -q '"src_label":"some"' out || ! grep -q '"src_label":"four"' out; then
	result "trace: labels that change" "FAILED $(tail -n 1 err)"
fi

# A line for each event that the generator has made.
start ctagg -v --source=trace --events
some >gen
stop
said="starts $(grep -c '"kind":"start"' out) of $(did created), ends $(grep -c '"kind":"end"' out) of $(did deleted)"
if [ $status = 0 ] && [ "$(did created)" -gt 0 ] && [ "$said" = "starts $(did created) of $(did created), ends $(did deleted) of $(did deleted)" ]; then
	result "trace: event lines" "ok $said"
else
	result "trace: event lines" "FAILED status $status, $said; $(tail -n 1 err)"
fi
# The same lines, read, are the windows that tracing gives.
grep '"type":"event"' out >lines
ctagg --read=lines -w 1h --key src,dst,proto >windows 2>err
sum_of() { grep '"type":"window"' windows | sed "s/.*\"$1\":\([0-9]*\).*/\1/" | awk '{ s += $1 } END { print s + 0 }'; }
if [ "$(sum_of starts) $(sum_of ends)" = "$(did created) $(did deleted)" ]; then
	result "trace: event lines, read again" "ok $(wc -l <lines) lines"
else
	result "trace: event lines, read again" "FAILED starts $(sum_of starts), ends $(sum_of ends); $(tail -n 1 err)"
fi

# --strict says by its status that a window was partial.
start ctagg -v --source=trace --table=hash --buffer-size=1 --strict -w 3600
kill -STOP $pid
ctgen --here --keys 10 --events 4000 >gen
kill -CONT $pid
stop
lost=$(total lost_events)
if [ $status = 4 ] && [ "$lost" -gt 0 ] && [ $(($(total starts) + $(total ends) + lost)) = $(($(did created) + $(did deleted))) ]; then
	result "trace: --strict" "ok status 4, lost $lost"
else
	result "trace: --strict" "FAILED status $status, lost $lost; $(tail -n 1 err)"
fi
start ctagg -v --source=trace --strict -w 3600
some >gen
stop
check "trace: --strict, nothing lost" bpf folded

# Two that trace at once count the same, and the netlink listener beside them.
ctagg -v --source=trace --table=hash -w 3600 -o second 2>second.err &
second=$!
wait_ready second.err $second
pair "trace: two at once" some
kill -TERM $second
wait $second
status=$?
mv second out
if [ $status = 0 ] && [ "$(total starts) $(total ends)" = "$(did created) $(did deleted)" ]; then
	result "trace: two at once, the second" "ok starts $(total starts), ends $(total ends)"
else
	result "trace: two at once, the second" "FAILED status $status, starts $(total starts), ends $(total ends); $(tail -n 1 second.err)"
fi
