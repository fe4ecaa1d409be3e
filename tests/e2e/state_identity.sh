#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A state file belongs to one key and one selection, however those are written, and is used
# by one run at a time.
. "$(dirname "$0")/lib.sh"

track
conntrack -I -p udp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 53 -t 600 >/dev/null 2>&1 || fail "conntrack -I"
networks() { for ((i = $2; i != $3; i += $1)); do printf '%s10.%d.0.0/16' "${comma-}" "$i"; comma=,; done; comma=; }
snap() { "$CTAGG" --snapshot --state state "$@" >out 2>err; }
same() {	# with these options the file is used, and nothing is new
	snap "$@" || fail "refused with $*"
	equal "nothing is new with $*" "$(jq -c 'select(.type == "window") | [.appeared, .unchanged]' out)" '[0,true]'
}
other() {	# with these options the file is refused
	cp state before
	snap "$@"
	equal "status with $*" $? 2
	grep -q 'another --key or selection' err || fail "$(cat err)"
	cmp state before || fail "the file was changed"
}

# Lists of 20 and of 21 networks; in another order, or with one network twice.
snap --src "$(networks 1 0 20)" || fail "status $?"
other --src "$(networks 1 0 21)"
other --src "$(networks 1 0 19)"
other --src "!$(networks 1 0 20)"
other --dst "$(networks 1 0 20)"
other
same --src "$(networks -1 19 -1)"
same --src "$(networks 1 0 20),10.7.0.0/16"
same --src "10.7.1.2,$(networks 1 0 20)"
same --src 10.0.0.0-10.19.255.255
rm state

# fields of the key in another order, a prefix length, a condition that was not there
snap -k src,dst,proto --dport 53,80-90 --proto udp || fail "status $?"
same -k proto,dst,src --dport 80-85,84-90,53 --proto 17
other -k src,dst --dport 53,80-90 --proto udp
other -k src/24,dst,proto --dport 53,80-90 --proto udp
other -k src,dst,proto --dport 53,80-91 --proto udp
other -k src,dst,proto --dport 53,80-90
other -k src,dst,proto --sport 53,80-90 --proto udp
rm state

# a damaged file, and a reader so slow that the first run is still there when a second comes
"$TOOLS/ctgen" --keys 3000 --live 3000 --events 3000 --hold >/dev/null || fail "ctgen"
echo damaged >state
mkfifo slow
"$CTAGG" --snapshot --state state >slow 2>first_err &
first=$!
exec 3<slow
wait_for grep -q 'set aside' first_err
snap && fail "a second run used the file, too"
grep -q 'another ctagg' err || fail "$(cat err)"
cat <&3 >out
exec 3<&-
wait $first || fail "status of the first run"
changes=$(jq -s 'map(select(.type == "change")) | length' out)
[ "$changes" -ge 3000 ] || fail "only $changes changes"
snap || fail "status $?"
equal "all was kept" "$(jq -c 'select(.type == "window") | [.appeared, .changed, .vanished]' out)" '[0,0,0]'
[ ! -e state.new ] || fail "state.new is left"
