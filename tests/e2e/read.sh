#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ctagg --read: events come from a file, a pipe or a FIFO, and the same input gives the same bytes.
# jq and python3, which know nothing of ctagg, say what the sums are.
. "$(dirname "$0")/lib.sh"

# 3,000 events of four minutes, in the order of their minutes, with lines that are none.
cat >make.py <<'PY'
import json, random
r = random.Random(5)
for minute in range(4):
    lines = []
    for i in range(750):
        e = {"type": "event", "schema": 1, "kind": "start", "time": "2026-11-21T01:%02d:%02d.%06dZ" % (minute, r.randrange(60), r.randrange(10**6)),
             "proto": "tcp", "src_ip": "10.0.0.%d" % r.randrange(1, 40), "src_port": r.randrange(1024, 65536), "dst_ip": "192.0.2.10", "dst_port": r.choice([80, 443])}
        if r.randrange(2):
            e.update(kind="end", orig_packets=r.randrange(99), orig_bytes=r.randrange(10**6), reply_packets=r.randrange(99), reply_bytes=r.randrange(10**9), replied=True)
        lines.append(json.dumps(e))
    lines.insert(99, "no event")
    print("\n".join(lines))
PY
python3 make.py >events
printf '%s' '{"type": "loss", "time":"2026-11-21T01:03:30.5Z","lost_events":7,"lost_drops":0}' >>events

read_events() { "$CTAGG" --host gw1 "$@" 2>err; }
sums() { jq -s -c 'map(select(.type == "window")) | [length, (map(.starts) | add), (map(.ends) | add), (map(.orig_bytes) | add), (map(.lost_events) | add), (map(.undecoded_events) | add)]' "$1"; }
expected=$(jq -R -s -c '[split("\n")[] | fromjson? | select(.type == "event")] | [4, (map(select(.kind == "start")) | length), (map(select(.kind == "end")) | length), (map(.orig_bytes // 0) | add), 7, 4]' events)

read_events --read=events --seed=3 >file || fail "status $? from a file: $(cat err)"
equal "sums" "$(sums file)" "$expected"
equal "only the first malformed line is said" "$(grep -c . err)" 1
grep -q "events: line 100 " err || fail "$(cat err)"
check_output file
equal "bounds are the slot's" "$(jq -s -c 'map(select(.type == "window")) | [.[0].window_start, .[3].window_end, .[3].closed_by]' file)" \
	'["2026-11-21T01:00:00.000000Z","2026-11-21T01:04:00.000000Z","stop"]'
equal "statuses" "$(jq -s -c 'map(select(.type == "window").status) | unique' file)" '["partial"]'

# The same bytes from a pipe in pieces that split lines, from a FIFO of two writers, and again.
read_events --read=events --seed=3 >again
cmp file again || fail "other bytes from the same file"
dd if=events bs=37 status=none | read_events --read=- --seed=3 >pipe || fail "status $? from a pipe"
cmp file pipe || fail "other bytes from a pipe"
mkfifo fifo
read_events --read=fifo --seed=3 >from_fifo &
reader=$!
exec 4>fifo
head -n 1000 events >fifo
tail -n +1001 events >&4
exec 4>&-
wait $reader || fail "status $? from a FIFO"
cmp file from_fifo || fail "other bytes from a FIFO"
read_events --read=events --seed=4 >other
cmp -s file other && fail "another seed gives the same ids"
equal "records of another seed" "$(jq -c 'del(.id, .run)' other | cksum)" "$(jq -c 'del(.id, .run)' file | cksum)"

# A full table is the same however the events arrive; and so is --early-close.
read_events --read=events --seed=3 -m 20 --early-close=80 >full || fail "status $? with a small table"
dd if=events bs=41 status=none | read_events --read=- --seed=3 -m 20 --early-close=80 >full_pipe
cmp full full_pipe || fail "--early-close: other bytes from a pipe"
equal "sums of small windows" "$(sums full | jq -c '.[1:]')" "$(jq -c '.[1:]' <<<"$expected")"
jq -s -e 'map(select(.closed_by == "full")) | length > 3' full >/dev/null || fail "no window was closed by a full table"

# An unknown loss is unknown in longer windows, too, and in these only.
event() { printf '{"type":"event","schema":1,"kind":"start","time":"2026-11-21T%s.000000Z","proto":"gre","src_ip":"10.0.0.1","dst_ip":"192.0.2.1","direction":"out"}\n' "$1"; }
{
	event 01:00:01
	echo '{"type":"loss","schema":1,"time":"2026-11-21T01:00:02.000000Z","lost_events":null,"lost_drops":5}'
	echo '{"type":"loss","schema":1,"time":"2026-11-21T01:00:03.000000Z","lost_events":3,"lost_drops":null}'
	event 01:01:01
	event 01:02:01
} >unknown
read_events --read=unknown -w 60,120 >levels || fail "status $? with levels"
equal "unknown losses" "$(jq -s -c 'map(select(.type == "window") | [.window_ms / 60000, .lost_events, .lost_drops])' levels)" \
	'[[1,null,null],[1,0,0],[2,null,null],[1,0,0],[2,0,0]]'

# What a spool drops is said once in each level, also of a gap.
{
	for minute in {10..13}; do for second in {10..59}; do event "01:$minute:$second"; done; done
	event 03:00:00
} >sparse
read_events --read=sparse -w 1,60,600 -k src,dst --spool=small --spool-max=80K -o dropping || fail "status $? with a spool"
dropped() { jq -s -c --argjson ms "$1" 'map(select(.type == "window" and .window_ms == $ms) | .dropped_windows) | add' dropping; }
[ "$(dropped 1000)" -gt 0 ] || fail "nothing was dropped"
equal "dropped windows of an hour" "$(dropped 60000) $(dropped 600000)" "$(dropped 1000) $(dropped 1000)"

# A slow reader of the output: nothing is lost, and the program waits without spinning.
mkfifo slow
read_events --read=events --seed=3 -k src,sport,dst >slow &
reader=$!
exec 5<slow
cat <&5 >slow_out
exec 5<&-
wait $reader || fail "status $? with a slow reader"
equal "sums of a slow reader" "$(sums slow_out)" "$expected"

# SIGTERM while nobody writes into the FIFO: no event, no window.
start --read=fifo
finish
[ ! -s out ] || fail "a window without an event"

# Malformed lines alone make no window, and --strict tells of them all the same.
echo "no event" | read_events --read=- >out || fail "status $? from a line that is none"
[ ! -s out ] || fail "a window without an event"
echo "no event" | read_events --read=- --strict >out
equal "status of malformed lines with --strict" "$?" 4

# What cannot be read.
refused() { "$CTAGG" "$@" >/dev/null 2>err && fail "$*: status 0"; equal "$*: one line" "$(grep -c . err)" 1; }
refused --read=no/such/file
refused --read=.
cp file own
"$CTAGG" --read=own -o own 2>err && fail "it reads what it writes"
cmp -s file own || fail "the file that is input and output has changed"
