#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots with --state: each is compared with the one before.
. "$(dirname "$0")/lib.sh"

track
entry() { conntrack -I -p udp -s "$1" -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"; }
gone() { conntrack -D -s "$1" >/dev/null 2>&1 || fail "conntrack -D"; }
snap() { "$CTAGG" --snapshot --state state -o - >out 2>err; }
what() { jq -r 'select(.type == "change") | .change + " " + .src_ip' out | sort | tr '\n' ','; }
counts() { jq -c 'select(.type == "window") | [.appeared, .vanished, .changed, .unchanged, .records]' out; }
digest() { jq -r 'select(.type == "window") | .sha256' out; }

entry 10.0.0.1
snap || fail "status $?"
equal "all is new" "$(what)" "appeared 10.0.0.1,"
equal "counts" "$(counts)" '[1,0,0,false,1]'
a=$(digest)
snap || fail "status $?"
equal "unchanged: only the window" "$(jq -c .type out)" '"window"'
equal "counts" "$(counts)" '[0,0,0,true,0]'
equal "the same digest" "$(digest)" "$a"
entry 10.0.0.2
snap || fail "status $?"
equal "one appeared" "$(what)" "appeared 10.0.0.2,"
[ "$(digest)" != "$a" ] || fail "another content, the same digest"
gone 10.0.0.2
snap || fail "status $?"
equal "A to B to A is two changes" "$(what)" "vanished 10.0.0.2,"
equal "counts" "$(counts)" '[0,1,0,false,1]'
equal "A again" "$(digest)" "$a"
equal "previous" "$(jq -c 'select(.type == "change") | [.previous_live, .live, .orig_bytes]' out)" '[1,0,null]'

# one more connection of a known flow
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1001 --dport 53 -t 600 >/dev/null 2>&1
snap || fail "status $?"
equal "changed" "$(jq -c 'select(.type == "change") | [.change, .previous_live, .live]' out)" '["changed",1,2]'
conntrack -D -p udp -s 10.0.0.1 --sport 1001 >/dev/null 2>&1
conntrack -D -p udp -s 10.0.0.1 --sport 1000 >/dev/null 2>&1
entry 10.0.0.1
snap || fail "status $?"
equal "less" "$(jq -c 'select(.type == "change") | .live - .previous_live' out)" -1

# A damaged file is set aside; one damaged byte is enough.
cp state good
entry 10.0.0.3
for at in 5 14 30 100 "$(($(stat -c %s good) - 1))"; do
	cp good state
	printf '\377' | dd of=state bs=1 seek="$at" conv=notrunc status=none
	snap || fail "status $? with byte $at damaged"
	grep -q 'set aside as state.damaged' err || fail "byte $at: $(cat err)"
	equal "lines on standard error" "$(wc -l <err)" 1
	equal "all is new" "$(what)" "appeared 10.0.0.1,appeared 10.0.0.3,"
	snap || fail "status $?"
	equal "and kept" "$(counts)" '[0,0,0,true,0]'
	rm state.damaged
done
head -c 100 good >state
snap || fail "status $?"
grep -q 'set aside' err || fail "a short file: $(cat err)"
cat good good >state
snap || fail "status $?"
grep -q 'set aside' err || fail "a long file: $(cat err)"

# A file that cannot be read is not damaged.
rm state.damaged
cp state good
strace -o calls -P state -e trace=read -e inject=read:error=EIO:when=1 \
	"$CTAGG" --snapshot --state state >out 2>err && fail "what cannot be read was compared with"
grep -q INJECTED calls || fail "strace injects nothing: $(cat calls err)"
grep -q '^ctagg: state: Input/output error; it is as it was' err || fail "$(cat err)"
equal "lines on standard output" "$(wc -l <out)" 0
cmp state good || fail "the state has changed"
cat state state >long
mv long state
snap || fail "status $?"

# A file that another ctagg has locked.
flock state sh -c 'touch locked; while [ ! -e finished ]; do sleep 0.05; done' &
wait_for test -e locked
snap && fail "a locked state was used"
grep -q 'another ctagg' err || fail "$(cat err)"
touch finished
wait

# Changes that could not be written come again with the next snapshot.
entry 10.0.0.4
"$CTAGG" --snapshot --state state >/dev/full 2>err && fail "written to /dev/full"
snap || fail "status $?"
equal "said again" "$(what)" "appeared 10.0.0.4,"

# never through a symbolic link; more flows than there is room for
ln -s state link
"$CTAGG" --snapshot --state link >/dev/null 2>err && fail "a symbolic link was followed"
"$CTAGG" --snapshot --state state -m 1 >out 2>err && fail "compared without room"
grep -q -- '--max-flows' err || fail "$(cat err)"
equal "nothing but our file is left" "$(ls -d state*)" "$(printf 'state\nstate.damaged')"
if "$CTAGG" --state state >out 2>err; then fail "--state without --snapshot"; fi
