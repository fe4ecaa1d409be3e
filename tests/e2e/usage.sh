#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong usage: one line that names what was wrong, and the right exit status.
. "$(dirname "$0")/lib.sh"

wrong() {	# expected status, a word that the line must have, arguments
	local want=$1 name=$2
	shift 2
	"$CTAGG" "$@" >out 2>err
	status=$?
	equal "status of ctagg $*" "$status" "$want"
	equal "lines of ctagg $*" "$(wc -l <err)" 1
	grep -qF -- "$name" err || fail "ctagg $* does not name $name: $(cat err)"
	[ ! -s out ] || fail "ctagg $* writes records"
}
wrong 2 "'0'" -w 0
wrong 2 "'5x'" -w 5x
wrong 2 "'-1'" -m -1
wrong 2 "'18446744073709551616'" -c 18446744073709551616
wrong 2 "--nonsense" --nonsense
wrong 2 "-Z" -Z
wrong 2 "-w" -w
wrong 2 "more" more
wrong 2 "--no-conntrack" --no-conntrack
wrong 2 "15s is not a multiple of 10s" -w 10,15
wrong 2 "an IPv4 prefix ends at 32" --key src/33
wrong 2 "--window and --snapshot: " --snapshot --window 5
wrong 2 "--output and --check: " --check -o file
wrong 2 "'9x'" --buffer-size 9x
wrong 2 /run/work -o /run/work
wrong 1 nowhere --netns nowhere
wrong 2 /dev/null --netns /dev/null

"$CTAGG" --help >out 2>err
equal "status of --help" $? 0
grep -q '^Usage: ctagg' out || fail "--help"
"$CTAGG" -V >out
equal "status of -V" $? 0
grep -q '^ctagg [0-9]' out || fail "-V"
grep -q '^Licence GPL-2.0-or-later' out || fail "-V does not say the licence"
# what is built in: the libraries that the program asks the loader for, and their versions
libraries=$(readelf -dW "$CTAGG" | sed -n 's/.*(NEEDED).*\[lib\(.*\)\.so.*/\1/p')
bpf="not built in"
grep -qx bpf <<<"$libraries" && bpf="built in"
grep -qx "Kernel table (BPF): $bpf" out || fail "-V does not say: Kernel table (BPF): $bpf"
named=0
for library in $libraries; do
	module=lib$library
	pkg-config --exists "$module" || module=$library
	pkg-config --exists "$module" || continue	# the C library
	grep -q "^Built with .*\<$module $(pkg-config --modversion "$module")\(,\|\$\)" out ||
		fail "-V does not name $module"
	named=$((named + 1))
done
[ $named -ge 5 ] || fail "only $named libraries"
for option in --help -V; do
	"$CTAGG" $option >/dev/full 2>err
	equal "status of $option on a full disk" $? 1
	grep -qx 'ctagg: standard output: No space left on device; .*' err || fail "$option: $(cat err)"
done

# without privilege: one line, which capability is missing, status 1
: >out
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	cp "$CTAGG" /run/ctagg
	CTAGG=/run/ctagg
	setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all \
		"$CTAGG" -q --count 1 >out 2>err
	equal "status without privilege" $? 1
	equal "lines without privilege" "$(wc -l <err)" 1
	grep -q CAP_NET_ADMIN err || fail "no word of CAP_NET_ADMIN: $(cat err)"
fi

# another namespace, by name, path and process
ip netns add other
ip netns exec other sleep 60 &
sleeper=$!
for name in other /run/netns/other $sleeper; do
	: >out
	start -w 3600 --netns "$name"
	ip netns exec other "$TOOLS/ctgen" --events 20 >gen.json || fail "ctgen"
	finish
	check_output
	equal "starts in --netns $name" "$(total starts)" 10
done
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all \
		"$CTAGG" --netns "$sleeper" --count 1 >out 2>err
	equal "status in a namespace that may not be entered" $? 1
	grep -q 'CAP_SYS_ADMIN: run as root' err || fail "$(cat err)"
fi

# a hint on a terminal, after the first empty window, and only there
script -q -e -c "'$CTAGG' -w 100ms -c 2" terminal </dev/null >/dev/null
equal "hints" "$(grep -c 'nothing to count so far' terminal)" 1
"$CTAGG" -w 100ms -c 2 >out 2>err
equal "hints off a terminal" "$(grep -c 'nothing to count so far' err)" 0
